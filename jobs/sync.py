"""Fetches the register from a configured address: one JSON document, resumed where an earlier try broke off."""

from collections.abc import Mapping
from pathlib import Path

import httpx

from core.errors import AmparoError, Unavailable

VARIABLE = "AMPARO_JOBS_URL"
_PIECE = 65_536


class NoAddress(AmparoError):
    """Nobody has said where the register is."""

    def __init__(self) -> None:
        super().__init__(
            f"`amparo jobs sync` needs a network address: set {VARIABLE} to the address of a JSON document of "
            "SeasonalJobs orders. Without a network, fetch the file yourself and run `amparo jobs import FILE`."
        )


def address(env: Mapping[str, str]) -> str:
    """The configured address. Raises NoAddress."""
    value = env.get(VARIABLE, "").strip()
    if not value.startswith(("https://", "http://")):
        raise NoAddress
    return value


def fetch(url: str, folder: Path, client: httpx.Client | None = None) -> Path:
    """Download to `folder`, going on from a piece left by an earlier try. Raises Unavailable."""
    folder.mkdir(parents=True, exist_ok=True)
    part, whole = folder / "seasonaljobs.json.part", folder / "seasonaljobs.json"
    try:
        with client or httpx.Client(timeout=60, follow_redirects=True) as open_client:
            _download(open_client, url, part)
    except httpx.HTTPError as error:
        raise Unavailable(f"the register could not be fetched ({type(error).__name__}); try again later") from None
    part.replace(whole)
    return whole


def _download(client: httpx.Client, url: str, part: Path) -> None:
    have = part.stat().st_size if part.exists() else 0
    with client.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()
            raise Unavailable("the register has changed since the download began; run the same command again")
        response.raise_for_status()
        goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT
        with part.open("ab" if goes_on else "wb") as file:
            for piece in response.iter_bytes(_PIECE):
                file.write(piece)

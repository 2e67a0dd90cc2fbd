"""Items of one JSON array, read in pieces: a file of any size in constant memory, without another library."""

import json
from collections.abc import Iterator
from typing import IO, Any

_CHUNK = 262_144
_LARGEST_ITEM = 8_388_608
_decoder = json.JSONDecoder()


class BadJson(Exception):
    """The text stops being JSON here."""


def first_char(file: IO[bytes]) -> str:
    """The first character that is not white space; the file is wound back."""
    start = file.read(1_024).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    file.seek(0)
    return start[:1]


def array_items(file: IO[bytes], names: tuple[str, ...]) -> Iterator[Any]:
    """Items of a bare array, or of the first array under one of `names` in an object. Raises BadJson."""
    text = _Text(file)
    if text.peek() == "{" and not _enter(text, names):
        return
    text.expect("[")
    while text.peek() != "]":
        yield text.value()
        if text.peek() == ",":
            text.expect(",")
        elif text.peek() != "]":
            raise BadJson


def _enter(text: "_Text", names: tuple[str, ...]) -> bool:
    """Go to the array in an object; False when the object has none."""
    text.expect("{")
    while text.peek() != "}":
        name = text.value()
        text.expect(":")
        if name in names and text.peek() == "[":
            return True
        text.value()
        if text.peek() == ",":
            text.expect(",")
    return False


class _Text:
    """A window on the file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._window = ""
        self._rest = b""
        self._at = 0
        self._over = False

    def peek(self) -> str:
        """The next character that is not white space; raises BadJson at the end."""
        while True:
            while self._at < len(self._window):
                if not self._window[self._at].isspace() and self._window[self._at] != "\ufeff":
                    return self._window[self._at]
                self._at += 1
            if not self._more():
                raise BadJson

    def expect(self, character: str) -> None:
        """Step over one character. Raises BadJson when another one stands there."""
        if self.peek() != character:
            raise BadJson
        self._at += 1

    def value(self) -> Any:
        """The next JSON value."""
        self.peek()
        while True:
            try:
                value, end = _decoder.raw_decode(self._window, self._at)
            except (ValueError, RecursionError):
                if len(self._window) - self._at > _LARGEST_ITEM or not self._more():
                    raise BadJson from None
                continue
            if end < len(self._window) or not self._more():  # a number may go on in the next piece
                self._at = end
                return value

    def _more(self) -> bool:
        """Read on; what was consumed is let go. Broken bytes become replacement characters."""
        if self._over:
            return False
        chunk = self._file.read(_CHUNK)
        self._over = not chunk
        data = self._rest + chunk
        cut = len(data) if self._over else _whole(data)
        self._rest = data[cut:]
        self._window = self._window[self._at :] + data[:cut].decode("utf-8", "replace")
        self._at = 0
        return bool(chunk)


def _whole(data: bytes) -> int:
    """Length of the part that does not end inside a UTF-8 character."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            return len(data) - back if back < _size(byte) else len(data)
        if byte < 0x80:
            break
    return len(data)


def _size(lead: int) -> int:
    return 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4

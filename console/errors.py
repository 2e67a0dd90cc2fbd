"""What the console refuses, as a status, a code for the page and a sentence that says what to do next."""

from core.errors import AmparoError


class Refused(AmparoError):
    """A request that cannot be done. `say` never carries what a worker wrote."""

    def __init__(self, status: int, code: str, say: str, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.say, self.retry_after = status, code, say, retry_after


def not_found() -> Refused:
    """The answer for what is not there and for what is not yours: the same."""
    return Refused(404, "not_found", "This page or record is not here. Go back to the start page.")

"""The errors every area builds on. Messages name what to do next and never carry what a worker wrote."""


class AmparoError(Exception):
    """An expected failure; its text is safe to show to an operator."""


class Unavailable(AmparoError):
    """Something we depend on is away for now; the same call may succeed later."""


class Denied(AmparoError):
    """The caller's process or role may not do this."""

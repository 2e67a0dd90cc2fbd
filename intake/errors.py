"""What can go wrong with a report. Texts are for operators and never carry what a worker wrote."""

from core.errors import AmparoError


class NoDraft(AmparoError):
    """There is no open draft in this conversation."""


class IntakeClosed(AmparoError):
    """No active intake key: no report can be taken."""


class NoReaders(IntakeClosed):
    """Nobody who may still read this draft is left: it cannot be filed."""


class KeySwapped(AmparoError):
    """The key of a case is not the one the audit chain recorded when it was filed."""


class NotACode(AmparoError):
    """A fact of a draft must be one of the known codes; free text is sealed instead."""


class TableFault(AmparoError):
    """A table in YAML (bodies, routing, deadlines) cannot be used."""

"""What can go wrong with a report. Texts are for operators and never carry what a worker wrote."""

from core.errors import AmparoError, Denied, Unavailable


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


class NoSuchCase(Denied):
    """There is no such case, or this reader holds no wrap of it: both get the same answer."""


class CheckFirst(AmparoError):
    """A case is opened only after its party names were seen and no conflict was found."""


class LastReader(AmparoError):
    """Nobody else could read the case."""


class WroteFirst(AmparoError):
    """Somebody changed the case in the meantime: it must be read again first."""


class CannotReach(AmparoError):
    """No phone can get a reply to this case."""


class NoReplyKey(Unavailable):
    """No key for a reply is free."""


class Refused(AmparoError):
    """What was sent does not fit this case; the text says why."""


class OtherTeam(AmparoError):
    """The report must be sealed to the readers of another team, named by `team`."""

    def __init__(self, team: str) -> None:
        super().__init__(f"this report goes to the team {team}: it must be sealed to its readers")
        self.team = team

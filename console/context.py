"""What every request of the console has at hand: the application's parts, and who is asking."""

from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from core.config import Settings
from core.database import Database
from core.keys import KeyProvider
from intake.models import Role


@dataclass(frozen=True)
class Console:
    """The parts of the application."""

    settings: Settings
    db: Database
    keys: KeyProvider
    frame: str | None = None
    """Origin of the demo page that may hold the console in a frame; None outside the demo."""

    @property
    def secure(self) -> bool:
        """Is the console reached over https?"""
        return self.settings.console_url.startswith("https://")


@dataclass(frozen=True)
class Person:
    """A member of staff who is signed in with both factors."""

    staff_id: int
    reader: str
    email: str
    role: Role
    team: str


def console() -> Console:
    """The parts of the application that answers this request."""
    return cast(Console, current_app.extensions["console"])


def person() -> Person:
    """Who is asking. The rules hook has put it there: a view without a signed-in person never runs."""
    return cast(Person, g.person)

"""A kill at every failpoint during many conversations: what was lost, repeated or moved."""

from dataclasses import asdict

from tests.functional.faults import FaultyHotline, shake
from tests.functional.hotline import a_hotline

CONVERSATIONS = 1000


def run() -> dict[str, object]:
    """1,000 conversations."""
    with a_hotline(FaultyHotline) as hotline:
        hotline.add_reader()
        return asdict(shake(hotline, CONVERSATIONS))

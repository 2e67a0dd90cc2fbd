"""Every channel declares what the mailroom relies on."""

from pathlib import Path

import pytest

from channels.contract import Channel, channels, path_of
from channels.models import OutboxState
from channels.status import RANK

ALL = sorted(channels())
HERE = Path(__file__).parent
TWILIO_STATES = "accepted scheduled queued sending sent delivered undelivered failed canceled read partially_delivered"


def test_every_folder_with_a_channel_is_found() -> None:
    folders = Path(str(channels.__wrapped__.__code__.co_filename)).parent.glob("*/channel.py")
    assert {folder.parent.name for folder in folders} == set(ALL)
    assert {"twilio_sms", "twilio_whatsapp"} <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_a_channel_declares_everything(name: str) -> None:
    channel = channels()[name]
    assert isinstance(channel, Channel)
    assert channel.name == name
    assert channel.limits.max_chars <= 1600
    assert channel.limits.window_hours is None or channel.limits.window_hours > 0
    assert {"Body", "From", "To"} <= channel.redacted
    assert channel.status_path.count("/") == 2


@pytest.mark.parametrize("name", ALL)
def test_the_states_of_the_carrier_are_all_known_and_never_go_back_to_open(name: str) -> None:
    statuses = channels()[name].statuses
    assert set(TWILIO_STATES.split()) <= set(statuses)
    assert all(RANK[state] >= RANK[OutboxState.ACCEPTED] for state in statuses.values())


@pytest.mark.parametrize("name", ALL)
def test_a_channel_has_recorded_payloads(name: str) -> None:
    assert (HERE / name / "inbound.json").is_file()


def test_the_address_comes_from_the_folder() -> None:
    assert [path_of(name) for name in ALL] == ["/twilio/sms", "/twilio/whatsapp"]


def test_every_state_has_a_rank() -> None:
    assert set(RANK) == set(OutboxState)

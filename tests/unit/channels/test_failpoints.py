"""A gateway and a sender that die like in a power cut: what the carrier tries again is taken and sent exactly once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from channels.models import MessageState, OutboxState
from channels.webhooks import create_app
from core.config import Settings
from tests.unit.channels.line import Line
from tests.unit.channels.test_webhooks import FORM, signed

ROOT = Path(__file__).parents[3]
GATEWAY = """
import json, sys
from channels.webhooks import create_app
form, headers = json.loads(sys.argv[1])
create_app().test_client().post("/twilio/sms", data=form, headers=headers).close()
"""
SENDER = """
import os, sys
from channels.sender_process import open_sender
from core.config import load
open_sender(load(os.environ))[0].send_for(int(sys.argv[1]))
"""


def run_and_die(settings: Settings, failpoint: str, code: str, argument: str, api: str = "") -> int:
    """Run code in a process that dies at a failpoint; its exit code."""
    env = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "AMPARO_HOME": str(settings.home),
        "AMPARO_PUBLIC_URL": settings.public_url,
        "AMPARO_SMS_NUMBER": settings.sms_number or "",
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_AUTH_TOKEN": settings.auth_token,
        "TWILIO_API_BASE_URL": api,
        "AMPARO_FAULTS": "on",
        "AMPARO_FAILPOINT": failpoint,
    }
    return subprocess.run((sys.executable, "-c", code, argument), env=env, cwd=ROOT, check=False).returncode


@pytest.mark.parametrize("failpoint", ["accept.locked", "accept.saved", "accept.committed", "accept.answered"])
def test_a_gateway_that_dies_while_it_saves_has_the_message_once_when_it_is_sent_again(
    settings: Settings, line: Line, failpoint: str
) -> None:
    assert run_and_die(settings, failpoint, GATEWAY, json.dumps([FORM, signed(settings)])) == -9
    assert len(line.messages()) == (failpoint in ("accept.committed", "accept.answered"))
    app = create_app(settings)
    answers = [app.test_client().post("/twilio/sms", data=FORM, headers=signed(settings)) for _ in range(2)]
    app.extensions["gateway"].db.close()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [message.state for message in line.messages()] == [MessageState.NEW]


@pytest.mark.parametrize(("failpoint", "before"), [("sender.claimed", []), ("sender.called", ["one"])])
@pytest.mark.parametrize("callbacks", [True, False])
def test_a_sender_that_dies_around_its_call_sends_each_message_once_and_in_order(
    line: Line, failpoint: str, before: list[str], callbacks: bool
) -> None:
    line.exchange.reports = callbacks
    line.text("hola")
    line.say("one", ordinal=0)
    line.say("two", ordinal=1)
    assert run_and_die(line.settings, failpoint, SENDER, str(line.conversation()), line.carrier_url) == -9
    assert line.heard() == before
    if callbacks and before:
        line.eventually(lambda: line.states()[0] is OutboxState.DELIVERED)
    line.sender.recover()
    line.send()
    assert line.heard() == ["one", "two"]

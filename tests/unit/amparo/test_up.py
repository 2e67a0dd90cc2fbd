"""What `amparo up` refuses before anything starts."""

import pytest

from amparo.up import refuse_public_console, up, with_console
from core.config import ConfigError, load

ENV = {
    "AMPARO_HOME": "/srv/amparo",
    "AMPARO_SMS_NUMBER": "+15005550006",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example.org"])  # noqa: S104 - under test
def test_a_console_on_a_network_without_https_is_refused_and_says_what_to_do(host: str) -> None:
    with pytest.raises(ConfigError, match=r"AMPARO_CONSOLE_URL .*https.* proxy"):
        up(ENV, "127.0.0.1", 8080, print, host)


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", "::1"])  # noqa: S104 - under test
def test_with_https_in_front_the_console_may_listen_anywhere(host: str) -> None:
    refuse_public_console(load({**ENV, "AMPARO_CONSOLE_URL": "https://desk.example.org"}), host)


def test_plain_http_to_another_machine_is_refused_wherever_it_listens() -> None:
    with pytest.raises(ConfigError, match="https address"):
        refuse_public_console(load({**ENV, "AMPARO_CONSOLE_URL": "http://desk.example.org"}), "127.0.0.1")


def test_without_an_address_the_console_is_on_this_machine_one_port_on() -> None:
    assert with_console(ENV, 9000)["AMPARO_CONSOLE_URL"] == "http://127.0.0.1:9001"
    assert with_console({**ENV, "AMPARO_CONSOLE_URL": "https://a.b"}, 9000)["AMPARO_CONSOLE_URL"] == "https://a.b"


def test_production_lets_nobody_put_the_console_in_a_frame() -> None:
    assert "AMPARO_CONSOLE_FRAME" not in with_console({**ENV, "AMPARO_CONSOLE_FRAME": "http://127.0.0.1:1"}, 9000)

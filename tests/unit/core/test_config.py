"""The environment is read once, and every fault of it is told at once."""

from pathlib import Path

import pytest

from core.config import TWILIO_API, ConfigError, load


def test_all_faults_are_told_together() -> None:
    with pytest.raises(ConfigError) as caught:
        load(
            {
                "DATABASE_URL": "mysql://x",
                "AMPARO_PUBLIC_URL": "hotline.example.org",
                "AMPARO_SMS_NUMBER": "555",
                "TWILIO_API_KEY": "SK1",
            }
        )
    named = ("DATABASE_URL", "AMPARO_PUBLIC_URL", "AMPARO_SMS_NUMBER", "TWILIO_API_KEY", "TWILIO_ACCOUNT_SID")
    assert all(name in str(caught.value) for name in named)
    assert len(caught.value.faults) == len(named)


def test_an_empty_environment_is_a_good_one() -> None:
    settings = load({})
    assert settings.home == Path("var").absolute()
    assert settings.keys == settings.home / "keys"
    assert settings.database_url is None
    assert settings.twilio_api == TWILIO_API


@pytest.mark.parametrize("value", ["+1 500 555", "15005550006", "+123456", "+1234567890123456", "+1500555000x"])
def test_a_number_that_is_not_e164_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match=r"E\.164"):
        load({"AMPARO_SMS_NUMBER": value, "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"})


def test_settings_never_show_their_secrets() -> None:
    settings = load({"TWILIO_AUTH_TOKEN": "hush", "TWILIO_API_KEY": "SK", "TWILIO_API_SECRET": "hush2"})
    assert "hush" not in repr(settings)
    assert "hush" not in f"{settings}"


def test_addresses_lose_their_last_slash() -> None:
    assert load({"AMPARO_PUBLIC_URL": "https://hotline.example.org/"}).public_url == "https://hotline.example.org"

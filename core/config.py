"""Settings from the environment: read once, checked together, frozen."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from core import hours
from core.errors import AmparoError
from core.hours import Hours

TWILIO_API = "https://api.twilio.com"


class ConfigError(AmparoError):
    """All faults of the environment in one message."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The configuration cannot be used:\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """What the environment says. `database_url` is None for the embedded PostgreSQL."""

    home: Path
    keys: Path
    database_url: str | None
    public_url: str
    console_url: str
    sms_number: str | None
    whatsapp_number: str | None
    account_sid: str
    auth_token: str
    api_key: str | None
    api_secret: str | None
    twilio_api: str
    engine_url: str
    engine_token: str
    actions_url: str
    hours: Hours

    def __repr__(self) -> str:
        return f"Settings(home={self.home}, public_url={self.public_url})"

    @property
    def socket_dir(self) -> Path:
        """Where the embedded server listens: a Unix socket path may hold 107 bytes, so a deep home gets a short one."""
        run = self.home / "run"
        if len(bytes(run)) <= 92:
            return run
        return Path(tempfile.gettempdir()) / f"amparo-{sha256(bytes(self.home)).hexdigest()[:12]}"


def load(env: Mapping[str, str]) -> Settings:
    """Read the settings. Raises ConfigError that lists every fault, not only the first."""
    faults: list[str] = []
    home = Path(env.get("AMPARO_HOME") or "var").expanduser().absolute()
    settings = Settings(
        home=home,
        keys=Path(env.get("AMPARO_KEYS") or home / "keys").expanduser().absolute(),
        database_url=_database_url(env.get("DATABASE_URL"), faults),
        public_url=_url(env, "AMPARO_PUBLIC_URL", "http://127.0.0.1:8080", faults),
        console_url=_url(env, "AMPARO_CONSOLE_URL", "http://127.0.0.1:8081", faults),
        sms_number=_number(env, "AMPARO_SMS_NUMBER", faults),
        whatsapp_number=_number(env, "AMPARO_WHATSAPP_NUMBER", faults),
        account_sid=env.get("TWILIO_ACCOUNT_SID", ""),
        auth_token=env.get("TWILIO_AUTH_TOKEN", ""),
        api_key=env.get("TWILIO_API_KEY") or None,
        api_secret=env.get("TWILIO_API_SECRET") or None,
        twilio_api=_url(env, "TWILIO_API_BASE_URL", TWILIO_API, faults),
        engine_url=_url(env, "AMPARO_ENGINE_URL", "http://127.0.0.1:5005", faults),
        engine_token=env.get("AMPARO_ENGINE_TOKEN", ""),
        actions_url=_url(env, "AMPARO_ACTIONS_URL", "http://127.0.0.1:5055", faults),
        hours=_hours(env, faults),
    )
    faults += _twilio_faults(settings)
    if faults:
        raise ConfigError(faults)
    return settings


def _url(env: Mapping[str, str], name: str, default: str, faults: list[str]) -> str:
    value = (env.get(name) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        faults.append(f"{name} must be an http or https address, for example https://hotline.example.org")
    return value


def _database_url(value: str | None, faults: list[str]) -> str | None:
    if value and not value.startswith(("postgresql://", "postgres://")):
        faults.append("DATABASE_URL must start with postgresql:// (Amparo runs on PostgreSQL only)")
    return value or None


def _number(env: Mapping[str, str], name: str, faults: list[str]) -> str | None:
    value = env.get(name) or None
    if value and not (value.startswith("+") and value[1:].isdigit() and 7 <= len(value) - 1 <= 15):
        faults.append(f"{name} must be an E.164 number such as +15005550006")
    return value


def _hours(env: Mapping[str, str], faults: list[str]) -> Hours:
    try:
        return hours.parse(env.get("AMPARO_HOURS") or hours.DEFAULT)
    except ValueError as error:
        faults.append(f"AMPARO_HOURS must look like {hours.DEFAULT} ({error})")
        return hours.parse(hours.DEFAULT)


def _twilio_faults(settings: Settings) -> list[str]:
    faults = []
    if bool(settings.api_key) != bool(settings.api_secret):
        faults.append("TWILIO_API_KEY and TWILIO_API_SECRET belong together: set both or neither")
    if (settings.sms_number or settings.whatsapp_number) and not (settings.account_sid and settings.auth_token):
        faults.append("a sending number is set, so TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed too")
    return faults

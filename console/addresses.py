"""Where the console may be reached: this machine, or https. No library of the web is loaded for this."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from core.config import ConfigError, Settings


def frame_of(env: Mapping[str, str]) -> str | None:
    """The origin that may show the console in a frame: the demo's page on this machine, nothing else."""
    origin = env.get("AMPARO_CONSOLE_FRAME") or None
    if origin is None:
        return None
    parts = urlsplit(origin)
    if parts.scheme != "http" or parts.path not in ("", "/") or not is_loopback(parts.hostname):
        raise ConfigError(["AMPARO_CONSOLE_FRAME is for the demo: an origin on this machine, or unset"])
    return f"{parts.scheme}://{parts.netloc}"


def refuse_plain_http(settings: Settings) -> None:
    """Raise ConfigError when the console would be reached over plain http from another machine."""
    parts = urlsplit(settings.console_url)
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise ConfigError(
            ["AMPARO_CONSOLE_URL must be an https address: put the console behind a proxy with a certificate"]
        )


def is_loopback(host: str | None) -> bool:
    """Is this host this machine, whatever a resolver says?"""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False

"""What every response of the console says to the browser: a strict policy of content, no caching, no frames.

The list is ours, not a library's: it is short, and each line has a test.
"""

from flask import Response, request

from console.context import console
from console.rules import rule_of

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}
_FIXED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "microphone=(), midi=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
SIGNED_OUT = '"cache", "storage"'
"""Cookies are left out on purpose: the session's own is removed by name, the mark of a known device stays."""


def add(response: Response) -> Response:
    """Set the headers of one response."""
    here, rule = console(), rule_of(request.endpoint)
    policy = dict(_POLICY)
    if rule is not None and rule.wasm:
        policy["script-src"] += " 'wasm-unsafe-eval'"
        policy["worker-src"] = "'self'"
    if here.frame:
        policy["frame-ancestors"] = f"{here.frame} 'self'"
    else:
        response.headers["X-Frame-Options"] = "DENY"
    response.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    response.headers.update(_FIXED)
    if here.secure:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint == "security.logout" and response.status_code < 400:
        response.headers["Clear-Site-Data"] = SIGNED_OUT
    return response

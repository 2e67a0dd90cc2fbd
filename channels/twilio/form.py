"""Twilio's webhook parameters. The signature joins names and values without a mark between them, so that
`Body=hiFrom+1` signs like `Body=hi` and `From=+1`: names must be known, and what is needed must be
there once, in shape.
"""

import re

from werkzeug.datastructures import MultiDict

from channels.contract import Kind
from channels.errors import Malformed, NotAPerson

SHAPES = {
    "MessageSid": re.compile(r"(SM|MM)[0-9a-fA-F]{32}"),
    "AccountSid": re.compile(r"AC[0-9a-fA-F]{32}"),
    "From": re.compile(r"[ -~]{1,64}"),
    "To": re.compile(r"[ -~]{1,64}"),
    "NumMedia": re.compile(r"\d{1,3}"),
}
E164 = re.compile(r"\+[1-9]\d{6,14}")
_FAMILIES = (
    "Account Add Address Api Body Button Channel Content Conversation Country Error Event External Flow Forwarded "
    "Frequently From Interactive Label Latitude List Longitude Media Message Messaging Num OptIn OptOut Original "
    "Payload Profile Raw Referral Reply Sms Status To User Wa"
)
_KNOWN = re.compile(rf"({'|'.join(_FAMILIES.split())})[A-Za-z]*\d{{0,2}}")


def check(form: MultiDict[str, str]) -> None:
    """Raises Malformed unless every name is known and all that is needed is there once and in shape."""
    if not all(_KNOWN.fullmatch(name) for name in form):
        raise Malformed("an unknown parameter")
    if len(form.getlist("Body")) != 1:
        raise Malformed("no Body, or several")
    for name, shape in SHAPES.items():
        values = form.getlist(name)
        if len(values) != 1 or not shape.fullmatch(values[0]):
            raise Malformed(f"{name} is missing, repeated or out of shape")


def number(address: str, scheme: str) -> str:
    """The E.164 number in a channel address. Raises NotAPerson for short codes and names."""
    bare = address.removeprefix(scheme)
    if not address.startswith(scheme) or not E164.fullmatch(bare):
        raise NotAPerson("the address is not a telephone number of this channel")
    return bare


def kind_of(form: MultiDict[str, str]) -> Kind:
    """A text counts as text even with a picture; a location is known to be one and then dropped."""
    if form["Body"].strip():
        return "text"
    if int(form["NumMedia"]):
        return "media"
    return "location" if form.get("Latitude") else "empty"

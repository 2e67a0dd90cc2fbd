"""SMS by Twilio: billed in segments, no window."""

from channels.contract import Limits
from channels.twilio.declaration import TwilioChannel

CHANNEL = TwilioChannel("twilio_sms", scheme="", limits=Limits(max_chars=1600, window_hours=None, segmented=True))

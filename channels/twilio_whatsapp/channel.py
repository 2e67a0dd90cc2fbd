"""WhatsApp by Twilio: free text within 24 hours of the worker's last message."""

from channels.contract import Limits
from channels.twilio.declaration import TwilioChannel

CHANNEL = TwilioChannel(
    "twilio_whatsapp", scheme="whatsapp:", limits=Limits(max_chars=1600, window_hours=24, segmented=False)
)

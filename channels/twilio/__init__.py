"""What all Twilio channels share: signature, parameters, REST client. A channel of its own only declares."""

"""A carrier on this machine for the demo and for tests: Twilio's REST shapes on one side, telephones on the other.

Production never starts it. Everything lives in memory and nothing leaves loopback.
"""

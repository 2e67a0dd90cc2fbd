"""The mailroom: carriers, inbox, outbox. Knows carriers, not conversations."""

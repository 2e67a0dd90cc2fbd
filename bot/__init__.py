"""The conversation: one turn from a saved message to lines in the outbox."""

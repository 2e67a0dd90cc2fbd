"""What the dialogue does. Each action reads the turn's facts, calls one service and writes lines; it words nothing."""

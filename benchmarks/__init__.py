"""How fast a month is, against the same rules written as an ordinary Mesa model."""

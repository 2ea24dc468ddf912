"""Which assumptions a result rests on."""

"""Questions that people ask of the model, a room each: its numbers, its words and its figure."""

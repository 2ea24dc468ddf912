"""Which rows of the figure carry the difference between two scenarios."""

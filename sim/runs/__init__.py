"""Run anything once, keep it, find it again."""

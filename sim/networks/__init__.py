"""The network of institutions as data: what was recorded of it, and what it measures up to."""

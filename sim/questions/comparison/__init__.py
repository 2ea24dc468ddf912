"""Scenarios under the same luck: how they do, and what differs."""

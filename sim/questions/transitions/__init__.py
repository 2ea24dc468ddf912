"""Transitions: how governments move along the figure, read off finished replicates.

Every module here is a pure function of frames: paths first, then what can be said about them.
Definitions and known weaknesses are in `docs/transitions.md`.
"""

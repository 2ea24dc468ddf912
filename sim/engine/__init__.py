"""Columns, luck and compiled loops. Nothing in here knows what a government is."""

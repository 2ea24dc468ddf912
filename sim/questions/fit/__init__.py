"""Fit: which values of what nobody knows agree with what was observed in Europe up to a year."""

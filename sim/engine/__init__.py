"""Columns, luck and compiled loops. Nothing in here knows what a government is."""

from sim.engine.numba_start import forget_bad_threads

forget_bad_threads()

"""Plausible worlds: draws of everything that nobody can choose and nobody knows."""

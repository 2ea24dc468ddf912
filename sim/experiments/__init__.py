"""Replicates, statistics and results on disk."""

"""Figures and sentences about results."""

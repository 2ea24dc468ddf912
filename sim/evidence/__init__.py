"""What was observed, restated from published figures: tidy tables with their sources."""

"""The command line: commands, progress, exit codes. The only place that prints."""

from sim.cli.main import main

__all__ = ["main"]

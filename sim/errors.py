"""What can go wrong, as one small tree.

    GovShiftError                 anything this project reports to people
    ├── ShardFinished             the share of a shard is in (exit code 0)
    ├── StoppedEarly              stopped by Ctrl-C or SIGTERM (exit code 130)
    ├── ResultsError              results cannot be written or read (exit code 1)
    └── UserMistake               a file, an argument or a name is wrong (exit code 2)
        ├── ScenarioError         a scenario or experiment file is wrong
        └── WrongArgument         an argument of a function is wrong (also a `ValueError`)

Programmers' mistakes stay plain Python errors.
"""

from __future__ import annotations


class GovShiftError(Exception):
    """Something to tell people in one line. Raised as one of its kinds."""

    exit_code = 1


class ShardFinished(GovShiftError):
    """The share of a shard is in; what it is a share of needs the others."""

    exit_code = 0

    def __init__(self, shard: str, folder: object) -> None:
        super().__init__(
            f"Shard {shard} is finished; its runs are kept in {folder}. When all shards are, "
            "`govshift merge OUT SHARDS` puts them together."
        )


class StoppedEarly(GovShiftError):
    """Stopped by Ctrl-C or SIGTERM; says what is kept and how to go on."""

    exit_code = 130


class ResultsError(GovShiftError):
    """Results cannot be written or read: disk full, no permission, a damaged file."""


class UserMistake(GovShiftError):
    """The user's file, argument or name is wrong; nothing was run or written."""

    exit_code = 2


class ScenarioError(UserMistake):
    """A scenario file is wrong; one line each, with file, line and column where known."""


class WrongArgument(UserMistake, ValueError):
    """An argument of a public function is wrong; says what is allowed."""

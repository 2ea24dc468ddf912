"""A progress bar for runs from Python: on a terminal and in a notebook, nowhere else."""

from __future__ import annotations

import multiprocessing
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

Asked = Callable[[Any], None] | bool | None
"""What `progress=` takes: nothing for a bar where one can be seen, False for none, or one's own."""
Advance = Callable[[Any], None]


class Begin(Protocol):
    """Hears how many units there are, and how many of them were done before."""

    def __call__(self, total: int, before: int = 0, /) -> None:
        """So many."""


@contextmanager
def shown_progress(
    asked: Asked, unit: str, amount: Callable[[Any], int] | None = None
) -> Iterator[tuple[Advance | None, Begin]]:
    """A function that is told of each thing done, and one of how many there are and were before.

    `amount` says how many units a thing is, one unless given.
    """
    wanted = asked is None or asked is True
    bar = _Bar(unit, amount) if wanted and can_be_seen() else None
    if bar is None:
        yield (asked if callable(asked) else None), _say_nothing
        return
    try:
        yield bar.advance, bar.begin
    finally:
        bar.close()


@contextmanager
def counting(
    title: str, unit: str, *, shown: bool = True
) -> Iterator[tuple[Callable[[int, int], None], bool]]:
    """A function that is told how many things are done and of how many, and whether it shows."""
    if not (shown and can_be_seen()):
        yield (lambda done, total: None), False
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

    with tqdm(desc=title, unit=f" {unit}", total=0, leave=False, dynamic_ncols=True) as bar:

        def watch(done: int, total: int) -> None:
            bar.n, bar.total = done, total or None
            bar.refresh()

        yield watch, True


def note(text: str) -> None:
    """A line beside the bars, where these can be seen; worker processes say nothing."""
    if can_be_seen() and multiprocessing.parent_process() is None:
        from tqdm import tqdm

        tqdm.write(text, file=sys.stderr)


def can_be_seen() -> bool:
    """Whether standard error is a terminal, or this is a notebook."""
    if in_notebook():
        return True
    try:
        return bool(sys.stderr.isatty())
    except (AttributeError, ValueError):
        return False


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this."""
    python = sys.modules.get("IPython")
    shell = python.get_ipython() if python is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _say_nothing(total: int, before: int = 0) -> None:
    """For where no bar is shown."""


class _Bar:
    def __init__(self, unit: str, amount: Callable[[Any], int] | None) -> None:
        self._unit = unit
        self._amount = amount
        self._bar: Any = None

    def begin(self, total: int, before: int = 0) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

            self._bar = tqdm(
                total=total, initial=before, unit=f" {self._unit}", leave=False, dynamic_ncols=True
            )

    def advance(self, done: Any) -> None:
        if self._bar is not None:
            self._bar.update(1 if self._amount is None else self._amount(done))

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()

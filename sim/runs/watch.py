"""What goes on beside a long replicate: it is saved now and then, and says how far it is.

Nothing of this can change a result: a model that was saved and read again is the same to the last
bit, and so it does not matter when it was saved, or whether.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sim.model import GovernanceModel
from sim.runs.checkpoint import Checkpoint, NotRead, NotWritten
from sim.runs.heard import Going, Warned, tell

if TYPE_CHECKING:
    from sim.runs.replicate import Job

_TELL_SECONDS = 1.0
_MOST_OF_THE_TIME = 0.05
"""The largest share of the time that goes into saving."""


class Watch:
    """Looks after one replicate: where it is saved, and how often, in seconds; never if 0.

    `threads` share its citizens. `histories` is where those of other replicates lie.
    """

    _told: ClassVar[float] = -_TELL_SECONDS
    """When this process told of a replicate last."""

    def __init__(
        self,
        file: Path,
        key: str,
        seconds: float,
        threads: int = 1,
        histories: Path | None = None,
    ) -> None:
        self.threads = threads
        self.histories = histories
        self._file, self._key = file, key
        self._seconds = seconds
        self._saved = time.monotonic()
        self._pause = seconds
        self._job: Job | None = None
        self._checkpoint: Checkpoint | None = None

    def resume(self, job: Job) -> GovernanceModel | None:
        """The model of a replicate where it was saved last; None where it begins anew."""
        self._job = job
        if self._may_tell():
            self._say(0, 0)
        if not self._seconds:
            return None
        self._checkpoint = Checkpoint(self._file, self._key, job.engine)
        own = job.scenario.own_model
        try:
            model = self._checkpoint.read(GovernanceModel if own is None else own.load())
        except NotRead as error:
            tell(Warned(f"{self._file}: {error}; {job.title} begins anew"))
            return None
        if model is not None:
            self._say(model.month, model.months, resumed=True)
        return model

    def look(self, model: GovernanceModel) -> None:
        """Between two months: save what is due, and tell what is new."""
        if model.month >= model.months:
            return
        if self._may_tell():
            self._say(model.month, model.months)
        due = time.monotonic() - self._saved >= self._pause
        if due and self._checkpoint is not None:
            self._save(self._checkpoint, model)

    def _save(self, checkpoint: Checkpoint, model: GovernanceModel) -> None:
        began = time.monotonic()
        try:
            checkpoint.write(model)
        except NotWritten as error:
            self._checkpoint = None
            name = self._job.title if self._job is not None else ""
            tell(Warned(f"{error}; {name} goes on without checkpoints"))
        self._saved = time.monotonic()
        self._pause = max(self._seconds, (self._saved - began) / _MOST_OF_THE_TIME)

    def _may_tell(self) -> bool:
        """Once a second is enough, over all replicates of this process."""
        return time.monotonic() - Watch._told >= _TELL_SECONDS

    def _say(self, month: int, months: int, *, resumed: bool = False) -> None:
        if self._job is not None:
            Watch._told = time.monotonic()
            tell(Going(self._key, self._job.title, month, months, resumed))

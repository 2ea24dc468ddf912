"""Start Numba whatever its environment says about threads: no loop here is parallel by Numba.

`NUMBA_NUM_THREADS=0` ends Numba's import with a traceback, `NUMBA_NUM_THREADS=many` warns again
at every first call. Neither means anything to anyone, so such a value is taken away.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

_THREADS = "NUMBA_NUM_THREADS"


def forget_bad_threads() -> None:
    """Take a number of threads that is none out of the environment, before Numba reads it."""
    given = os.environ.get(_THREADS)
    if given is None or "numba" in sys.modules:
        return
    with suppress(ValueError):
        if int(given) > 0:
            return
    del os.environ[_THREADS]

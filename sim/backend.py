"""Import Matplotlib whatever its environment says: nothing here is drawn on a screen.

`MPLBACKEND` with a name that Matplotlib does not know ends its import with a traceback.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module

_BACKEND = "MPLBACKEND"


def import_matplotlib() -> None:
    """Import Matplotlib; a backend that it knows is in force afterwards, another is passed over."""
    if "matplotlib" in sys.modules:
        return
    given = os.environ.pop(_BACKEND, None)
    try:
        matplotlib = import_module("matplotlib")
    finally:
        if given is not None:
            os.environ[_BACKEND] = given
    if given:
        with suppress(ValueError):
            matplotlib.rcParams["backend"] = given

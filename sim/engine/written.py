"""Functions whose text follows from declarations: what would be written again for every column."""

from __future__ import annotations

import linecache
from collections.abc import Mapping
from types import FunctionType
from typing import Any


def written(home: str, text: str, names: Mapping[str, Any] = {}) -> FunctionType:
    """The function that a text defines, as one of the module `home` that finds `names`.

    Its lines are shown in tracebacks as those of a file are.
    """
    found: dict[str, Any] = {"__name__": home, **names}
    name = text.removeprefix("def ").partition("(")[0]
    file = f"<{home}.{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), found)
    function = found[name]
    assert isinstance(function, FunctionType)
    return function

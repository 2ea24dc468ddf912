"""GovShift under a name that no file of yours has: `govshift` is `sim`, the same modules.

    from govshift import Scenario, compare, run

`import govshift.model` gives the very module `sim.model`, so that classes are one. A file `sim.py`
beside a script or notebook does not get in the way: the package is found from here, and stays
`sim` in this process.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import *  # noqa: F403

_PACKAGE = Path(__file__).resolve().parents[1] / "sim"
_REAL, _ALIAS = "sim", "govshift"


class _SameModule(Loader):
    """Gives the module that is there under its real name, as it is."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(_REAL + spec.name.removeprefix(_ALIAS))
        self._own = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._own


class _Finder(MetaPathFinder):
    """Finds `govshift.anything` as `sim.anything`; what `python -m` runs, it finds as a file."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if not fullname.startswith(f"{_ALIAS}.") or fullname.endswith(".__main__"):
            return None
        return ModuleSpec(fullname, _SameModule())


def _real_package() -> ModuleType:
    """The package, which may be loaded already; raises `ImportError` if another `sim` is."""
    known = sys.modules.get(_REAL)
    if known is not None:
        if Path(getattr(known, "__file__", None) or "-").resolve().parent == _PACKAGE:
            return known
        raise ImportError(
            f"govshift: another module named sim is loaded ({getattr(known, '__file__', '?')}); "
            "import govshift before it, or give that file another name"
        )
    spec = spec_from_file_location(
        _REAL, _PACKAGE / "__init__.py", submodule_search_locations=[str(_PACKAGE)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"govshift: {_PACKAGE} is missing; install govshift again")
    module = module_from_spec(spec)
    sys.modules[_REAL] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[_REAL]
        raise
    return module


sys.meta_path.insert(0, _Finder())
sys.modules[_ALIAS] = _real_package()

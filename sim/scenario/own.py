"""Which model class a scenario is run under: its name and a digest of all that it says.

The digest is one over source text: the class, its bases outside this package, and what they reach
by name in their modules; modules that those import count whole, unless they are installed. Plain
values are taken as they are now, and functions must be those of the file. So a class that was
changed at run time, or whose file was, is not taken for what the file says.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from sim.errors import UserMistake, WrongArgument

if TYPE_CHECKING:
    from sim.model import GovernanceModel

_OURS = ("sim", "govshift")
_MAIN = ("__main__", "__mp_main__")
_INSTALLED = tuple(
    Path(path).resolve() for name, path in sysconfig.get_paths().items() if name.endswith("lib")
)
_PACKAGE = Path(__file__).resolve().parents[1]
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_MOVE = "put it at the left edge of a file of its own and import it from there"


@dataclass(frozen=True)
class OwnModel:
    """A model class by its full name, with the digest of what it says.

    `kind` is the class; None where results of another time only tell of it.
    """

    name: str
    digest: str
    kind: type[GovernanceModel] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.name}@{self.digest}"

    def load(self) -> type[GovernanceModel]:
        """The class, if it still is what it was; raises `UserMistake` if not."""
        if self.kind is None:
            home = self.name.rpartition(".")[0]
            raise UserMistake(f"{self}: import {home} and use scenario.under to run this again")
        if own_model(self.kind) != self:
            raise UserMistake(
                f"{self.name}: is not what it was when scenario.under took it (changed at run "
                "time, or another file in this process); change the file and start again"
            )
        return self.kind


def own_model(kind: type[GovernanceModel]) -> OwnModel | None:
    """What a scenario has to know of a model class; None for the shipped one.

    Raises `WrongArgument` for what is no model class, `UserMistake` for one that a worker process
    could not import, or whose source cannot be found.
    """
    from sim.model import GovernanceModel

    if not isinstance(kind, type) or not issubclass(kind, GovernanceModel):
        raise WrongArgument(f"under: a subclass of GovernanceModel, not {kind!r}")
    if kind is GovernanceModel:
        return None
    module = _home(kind)
    digest = hashlib.sha256("\n".join(_said(kind)).encode()).hexdigest()[:16]
    return OwnModel(f"{_module_name(module)}.{kind.__qualname__}", digest, kind)


def reopened(identity: str) -> OwnModel:
    """The model class of results, by its name and digest; its class if it is imported here."""
    name, _, digest = identity.rpartition("@")
    home, _, inner = name.rpartition(".")
    kind = getattr(sys.modules.get(home), inner, None)
    if isinstance(kind, type):
        try:
            own = own_model(kind)
        except UserMistake:
            own = None
        if own is not None and own.digest == digest:
            return own
    return OwnModel(name, digest)


def _home(kind: type) -> ModuleType:
    """The module of a class that other processes can import."""
    name = kind.__qualname__
    module = sys.modules.get(kind.__module__)
    if "<locals>" in name:
        raise UserMistake(
            f"{name}: is defined inside a function, where worker processes cannot find it; {_MOVE}"
        )
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if module is None or found is not kind:
        raise UserMistake(
            f"{name}: is not what {kind.__module__}.{name} is now, and so not what worker "
            f"processes would import; {_MOVE}"
        )
    if _file(module) is None:
        raise UserMistake(
            f"{name}: is defined in no file (a notebook, or typed in), and worker processes need "
            f"one; {_MOVE}"
        )
    return module


def _module_name(module: ModuleType) -> str:
    """The name under which others import a module; of a script, that of its file."""
    if module.__name__ not in _MAIN:
        return module.__name__
    spec = getattr(module, "__spec__", None)
    if spec is not None and spec.name not in _MAIN:
        return str(spec.name)
    return Path(str(module.__file__)).stem


def _file(module: ModuleType) -> Path | None:
    name = getattr(module, "__file__", None)
    path = Path(name) if name else None
    return path if path is not None and path.suffix == ".py" and path.is_file() else None


def _said(kind: type) -> Iterator[str]:
    """All that decides what a class does, piece by piece, in a fixed order."""
    homes: dict[str, set[str]] = {}
    for one in kind.__mro__:
        top = one.__module__.partition(".")[0]
        if top not in (*_OURS, "mesa", "builtins", "typing"):
            homes.setdefault(one.__module__, set()).add(one.__qualname__.partition(".")[0])
            yield from _values(vars(one), f"{one.__qualname__}.")
    whole: dict[str, ModuleType] = {}
    for home, names in sorted(homes.items()):
        module = sys.modules[home]
        text, bindings = _read(module)
        reached = _reached(names, bindings)
        yield _module_name(module)
        for name in sorted(reached):
            yield from (_lines(text, node) for node in bindings[name])
            whole |= {m.__name__: m for node in bindings[name] for m in _imported(node, module)}
        yield from _values({name: vars(module).get(name) for name in sorted(reached)}, "")
        _refuse_replaced(module, reached, _with_imports(whole).values())
    for name, module in sorted(_with_imports(whole).items()):
        if name not in homes:
            yield name
            yield _read(module)[0]


def _values(members: Any, prefix: str) -> Iterator[str]:
    """Plain values as they are now: what a run changed counts as another class."""
    for name, value in sorted(members.items()):
        if not name.startswith("__") and _is_plain(value):
            yield f"{prefix}{name} = {value!r}"


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_is_plain, value))
    return type(value) in _PLAIN


def _read(module: ModuleType) -> tuple[str, dict[str, list[ast.stmt]]]:
    """The text of a module, and the statements at its left edge by the names that they bind."""
    path = _file(module)
    if path is None:
        raise UserMistake(f"{module.__name__}: its source cannot be found")
    status = path.stat()
    return _parsed(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _parsed(path: Path, changed: int, size: int) -> tuple[str, dict[str, list[ast.stmt]]]:
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    bindings: dict[str, list[ast.stmt]] = {}
    for statement in ast.parse(text).body:
        for name in dict.fromkeys(_bound(statement)):
            bindings.setdefault(name, []).append(statement)
    return text, bindings


@lru_cache(maxsize=64)
def _codes(text: str, path: str) -> tuple[CodeType, ...]:
    """The code of every function in a text."""
    found: list[CodeType] = []
    waiting = [compile(text, path, "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop()
        found.append(code)
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return tuple(found)


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            yield from (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _reached(names: set[str], bindings: dict[str, list[ast.stmt]]) -> set[str]:
    """Names of a module that some of its names reach, themselves among them."""
    seen: set[str] = set()
    waiting = [*names, "*"]
    while waiting:
        name = waiting.pop()
        if name in bindings and name not in seen:
            seen.add(name)
            for node in bindings[name]:
                waiting += [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return seen


def _lines(text: str, node: ast.stmt) -> str:
    """A statement as it is written, decorators included."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return "\n".join(text.split("\n")[first - 1 : node.end_lineno])


def _imported(node: ast.AST, module: ModuleType) -> Iterator[ModuleType]:
    """Modules that a statement imports and that are neither ours nor installed."""
    names: list[str] = []
    for item in ast.walk(node):
        if isinstance(item, ast.Import):
            names += [alias.name for alias in item.names]
        elif isinstance(item, ast.ImportFrom):
            relative = "." * item.level + (item.module or "")
            home = importlib.util.resolve_name(relative, module.__package__) if item.level else ""
            home = home or item.module or ""
            names += [home, *(f"{home}.{alias.name}" for alias in item.names)]
    top = module.__name__.partition(".")[0]
    for name in names:
        found = sys.modules.get(name)
        path = _file(found) if found is not None else None
        if found is not None and path is not None and (_is_users(path, name) or _in(name, top)):
            yield found


def _in(name: str, top: str) -> bool:
    return name.partition(".")[0] == top


def _is_users(path: Path, name: str) -> bool:
    if name.partition(".")[0] in (*_OURS, *sys.stdlib_module_names):
        return False
    return not any(path.resolve().is_relative_to(folder) for folder in _INSTALLED)


def _with_imports(modules: dict[str, ModuleType]) -> dict[str, ModuleType]:
    """Modules, and those that they import, and so on."""
    found: dict[str, ModuleType] = {}
    waiting = list(modules.values())
    while waiting:
        module = waiting.pop()
        if module.__name__ not in found:
            found[module.__name__] = module
            tree = ast.parse(_read(module)[0])
            waiting += list(_imported(tree, module))
    return found


def _refuse_replaced(module: ModuleType, names: set[str], others: Iterable[ModuleType]) -> None:
    """Raises `UserMistake` where a function is not one that the files have now."""
    files = [module, *others]
    codes = [code for file in files for code in _codes(_read(file)[0], str(file.__file__))]
    for name in sorted(names):
        thing = vars(module).get(name)
        if getattr(thing, "__module__", None) != module.__name__:
            continue
        members = vars(thing).items() if isinstance(thing, type) else [("", thing)]
        for inner, member in members:
            function = _function(member)
            if function is None or function.__code__ in codes or _is_made(inner, function):
                continue
            shown = f"{name}.{inner}" if inner else name
            raise UserMistake(
                f"{_module_name(module)}.{shown}: is not what {Path(str(module.__file__)).name} "
                "says now (replaced at run time, or the file was changed after it was imported); "
                "change the file and start again"
            )


def _is_made(name: str, function: FunctionType) -> bool:
    """Whether Python or a library made a function, as those of named tuples and data classes."""
    file = function.__code__.co_filename
    if file.startswith("<"):
        return name.startswith("_")
    path = Path(file).resolve()
    return path.is_relative_to(_PACKAGE) or any(path.is_relative_to(f) for f in _INSTALLED)


def _function(member: Any) -> FunctionType | None:
    """The function behind a method, a property, or what Numba compiled."""
    for inner in ("fget", "__func__", "py_func", "func"):
        member = getattr(member, inner, member)
    if callable(member):
        member = inspect.unwrap(member)
    return member if isinstance(member, FunctionType) else None

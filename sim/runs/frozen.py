"""A model as bytes, and back: few bytes of structure, and its arrays as they lie in memory.

Arrays travel outside the structure (pickle, protocol 5), so that nothing is copied. Those that
share memory share it afterwards. Structure is made of the model's own classes, of a few of NumPy
and Mesa, and of those of the package that the model's class is from. Anything else is refused both
ways: what lies in a folder of results may come from others, and must not run what they please.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable
from types import FunctionType
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.model import GovernanceModel

_OURS = (
    "agents", "batch", "engine", "extensible", "model", "networks", "own", "paradigms",
    "parameters", "processes", "record", "scenario", "society", "state", "state_on_card",
)  # fmt: skip
_PACKAGE = __name__.partition(".")[0]
_PLAIN = {
    "builtins": {"bytearray", "complex", "frozenset", "object", "range", "set", "slice"},
    "collections": {"Counter", "OrderedDict", "defaultdict", "deque"},
    "copyreg": {"_reconstructor"},
    "datetime": {"date", "datetime", "timedelta"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.numeric": {"_frombuffer"},
    "numpy.random._pickle": {"__bit_generator_ctor", "__generator_ctor"},
    "numpy.random._pcg64": {"PCG64"},
    "numpy.random.bit_generator": {"SeedSequence", "__pyx_unpickle_SeedSequence"},
    "random": {"Random"},
}
"""Names that make plain things and do nothing else."""
_KNOWN = {_PACKAGE, "mesa"} | {module.partition(".")[0] for module in _PLAIN}
_Array = NDArray[Any]


class Unkeepable(Exception):
    """A model holds, or bytes ask for, what is not made again; says what."""


def freeze(model: GovernanceModel) -> tuple[bytes, list[memoryview]]:
    """A model's structure, and the memory of its arrays, which is not copied.

    Raises `Unkeepable` for a model of somebody's own that holds what cannot be kept.
    """
    buffers: list[pickle.PickleBuffer] = []
    stream = io.BytesIO()
    try:
        _Pickler(stream, type(model), buffers).dump(model)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise Unkeepable(" ".join(str(error).split())) from None
    return stream.getvalue(), [buffer.raw() for buffer in buffers]


def thaw(
    structure: bytes, buffers: Iterable[_Array], kind: type[GovernanceModel]
) -> GovernanceModel:
    """The model again, on top of the memory that is given. Raises `Unkeepable` if there is none."""
    try:
        model = _Unpickler(io.BytesIO(structure), kind, buffers).load()
    except Exception as error:
        raise Unkeepable(" ".join(f"{type(error).__name__}: {error}".split())) from None
    if type(model) is not kind:
        raise Unkeepable(f"a {type(model).__name__} is no {kind.__name__}")
    return model


class _Pickler(pickle.Pickler):
    def __init__(
        self,
        stream: io.BytesIO,
        kind: type[GovernanceModel],
        buffers: list[pickle.PickleBuffer],
    ) -> None:
        super().__init__(stream, protocol=5, buffer_callback=buffers.append)
        self._own = _packages_of(kind)

    def reducer_override(self, thing: Any) -> Any:
        """Parts of arrays by what they are part of; names only of what may be made again."""
        if isinstance(thing, type | FunctionType):
            _refuse_strange(thing.__module__, thing.__qualname__, thing, self._own)
        elif type(thing) is np.ndarray:
            whole = _whole_of(thing)
            if whole is not thing and whole.flags.forc and not whole.dtype.hasobject:
                offset = thing.ctypes.data - whole.ctypes.data
                writeable = bool(thing.flags.writeable)
                return _part_of, (whole, thing.dtype, offset, thing.shape, thing.strides, writeable)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(
        self, stream: io.BytesIO, kind: type[GovernanceModel], buffers: Iterable[_Array]
    ) -> None:
        super().__init__(stream, buffers=buffers)
        self._own = _packages_of(kind)

    def find_class(self, module: str, name: str) -> Any:
        """What a name stands for; raises `Unkeepable` unless it may be made again."""
        if (module, name) == ("builtins", "getattr"):
            return _method_of
        if module.partition(".")[0] not in {*_KNOWN, *self._own}:
            raise Unkeepable(f"{module}.{name}")
        thing = super().find_class(module, name)
        _refuse_strange(module, name, thing, self._own)
        return thing


def _refuse_strange(module: str, name: str, thing: Any, own: set[str]) -> None:
    """Raises `Unkeepable` for what is not of the model, nor of the user's own package."""
    home = getattr(thing, "__module__", None) or module
    package, _, inside = home.partition(".")
    if name in _PLAIN.get(module, ()) or thing is _part_of:
        return
    if isinstance(thing, type):
        ours = package == _PACKAGE and inside.partition(".")[0] in _OURS
        if ours or package in own | {"mesa"} or issubclass(thing, np.generic):
            return
    if isinstance(thing, FunctionType) and package in own:
        return
    raise Unkeepable(f"{module}.{name}")


def _packages_of(kind: type[GovernanceModel]) -> set[str]:
    """The packages that a model class is from, beside those that the shipped one is from."""
    usual = {base.__module__ for base in GovernanceModel.__mro__}
    homes = {base.__module__ for base in kind.__mro__} - usual
    return {home.partition(".")[0] for home in homes} - {_PACKAGE}


def _whole_of(array: _Array) -> _Array:
    """The array that owns the memory of another, or of itself."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _part_of(
    whole: _Array,
    dtype: np.dtype[Any],
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    writeable: bool,
) -> _Array:
    """A part of an array, as `freeze` found it."""
    flat = whole.reshape(-1, order="A").view(np.uint8)
    part: _Array = np.ndarray(shape, dtype, flat, offset, strides)
    part.flags.writeable = writeable and part.flags.writeable
    return part


def _method_of(owner: Any, name: str) -> Any:
    """A method of the model or of an agent, as Mesa keeps its step; nothing else."""
    if isinstance(owner, mesa.Model | mesa.Agent) and not name.startswith("__"):
        return getattr(owner, name)
    raise Unkeepable(f"{type(owner).__name__}.{name}")

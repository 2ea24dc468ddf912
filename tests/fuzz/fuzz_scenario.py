"""Coverage-guided fuzzing of the scenario loader with atheris (libFuzzer).

atheris is no dependency of the project; it lives in an environment of its own:

    python3.11 -m venv /tmp/fuzz
    /tmp/fuzz/bin/pip install atheris pyyaml pydantic numpy numba
    PYTHONPATH=. /tmp/fuzz/bin/python tests/fuzz/fuzz_scenario.py -runs=200000

Options are libFuzzer's, such as `-max_total_time=600`. The shipped scenarios and `tests/broken` are
the seeds; what is found on the way is kept in a temporary folder, or in the one that is named.

Text in memory is parsed and validated as a scenario (no file is opened; `extends` is taken out).
Nothing but a `ScenarioError` may come of it, each of its lines printable, within `SLOWEST` seconds,
and the process stays under `LARGEST` megabytes. What breaks one of these ends the run, and its
input is written to `crash-*`: make it a file in `tests/broken`.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import atheris

from sim.errors import ScenarioError
from sim.paradigms import FIGURE
from sim.processes.declared import PARAMETERS
from sim.processes.shocks import SHOCKS

with atheris.instrument_imports(include=["sim.scenario", "sim.text"]):
    from sim.scenario.files import spread_rows
    from sim.scenario.scenario import Scenario, _validated
    from sim.scenario.source import parse

ROOT = Path(__file__).resolve().parents[2]
SLOWEST = 1.0
LARGEST = 500
EVERY = 10_000


class Watch:
    """How many inputs ran, how many were valid, and which was the slowest."""

    inputs = 0
    valid = 0
    slowest = 0.0
    at = b""

    def tell(self) -> None:
        sys.stderr.write(
            f"{self.inputs} inputs, {self.valid} valid scenarios; slowest {self.slowest:.3f} s "
            f"({len(self.at)} bytes); peak memory {megabytes():.0f} MB\n"
        )


WATCH = Watch()


def megabytes() -> float:
    """Peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def load(text: str) -> Scenario | None:
    """The scenario of a text; None if its mistakes were told as they should be."""
    try:
        source = parse(text, "fuzz.yaml")
        spread_rows(source)
        source.data.pop("extends", None)
        source.data.setdefault("name", "fuzz")
        return _validated(source)
    except ScenarioError as error:
        lines = str(error).split("\n")
        assert all(line.isprintable() and line for line in lines), lines
        return None


def one_input(raw: bytes) -> None:
    """What atheris calls."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    started = time.perf_counter()
    scenario = load(text)
    took = time.perf_counter() - started
    WATCH.inputs += 1
    if scenario is not None:
        WATCH.valid += 1
        again = Scenario.model_validate(scenario.resolved())
        assert again.resolved() == scenario.resolved()
    if took > WATCH.slowest:
        WATCH.slowest, WATCH.at = took, raw
    if took > SLOWEST:
        raise TimeoutError(f"{took:.2f} s for {len(raw)} bytes")
    if WATCH.inputs % EVERY == 0:
        WATCH.tell()
        if megabytes() > LARGEST:
            raise MemoryError(f"{megabytes():.0f} MB")


def words(folder: Path) -> Path:
    """A dictionary of the words of scenario files, for libFuzzer."""
    known = [
        *Scenario.model_fields, "extends", "place", "citizens", "entrepreneurs", "mode", "moves",
        "month", "date", "over", "to", "rows", "who", "why", "set", "kind", "months", "size",
        *FIGURE.row_ids, *FIGURE.paradigm_ids, *(cell.name for cell in FIGURE.cells),
        *PARAMETERS, *SHOCKS, "all", "local", "central", "Seoul", "korea", "europe:EST",
        "synthetic", "scheduled", "fixed", "endogenous", "1995-01", ": ", "- ", "{", "}", "[", "]",
        ", ", "'", "!!", "&a", "*a", "<<", "---", "...", "|", ">", "? ", "# ", "~", "null", "true",
        "1e999", "0x1f", "-1", "0.5",
    ]  # fmt: skip
    file = folder / "words"
    lines = [f'"{word}"' for word in known]
    file.write_text("\n".join([*lines, '"\\x0a"', '"\\x0a  "', '"\\x09"', '"\\x22"']) + "\n")
    return file


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    kept = folder / "kept"
    kept.mkdir()
    named = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
    seeds = [str(ROOT / "scenarios"), str(ROOT / "tests" / "broken")]
    atheris.Setup(
        [sys.argv[0], f"-dict={words(folder)}", "-timeout=30", "-max_len=8000", *options,
         *(named or [str(kept)]), *seeds],
        one_input,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""What `bench` leaves: a table and a figure."""

from __future__ import annotations

from pathlib import Path

from sim.bench.figure import draw_bench
from sim.bench.measured import Findings
from sim.drawing.files import write_drawings
from sim.errors import ResultsError, UserMistake
from sim.runs.csv_files import write_csv
from sim.runs.files import whole

TABLE = "bench.csv"


def make_folder(folder: Path) -> None:
    """The folder for results, before anything is measured.

    Raises `UserMistake` if there is a file of that name, `ResultsError` if it cannot be made.
    """
    if folder.exists() and not folder.is_dir():
        raise UserMistake(f"--out {folder}: is a file; name a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except NotADirectoryError:
        raise UserMistake(f"--out {folder}: lies below a file; name another folder") from None
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be made: {error.strerror or error}") from None


def publish(found: Findings, folder: Path) -> None:
    """Write `bench.csv`, `bench.png`, `bench.svg` and `captions.md`."""
    with whole(folder / TABLE) as path:
        write_csv(found.table(), path)
    write_drawings([lambda: draw_bench(found)], folder)

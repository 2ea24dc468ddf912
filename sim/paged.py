"""Every results folder gets its page, whoever wrote the results.

Pages are written by `sim.report`, which knows all questions; questions know no page. This is the
one door between them, opened when results are finished and never at import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

PAGE, CODEBOOK = "report.html", "codebook.csv"
"""What follows from the other files of a folder."""

if TYPE_CHECKING:
    from sim.questions.comparison.study import Runs
    from sim.runs.folder import Folder


def page_of_results(folder: Folder, *, anew: bool = False) -> None:
    """Write `codebook.csv` and `report.html` of finished results of any other kind."""
    from sim.report.codebooks import keep_codebook
    from sim.report.page.results import results_page
    from sim.report.page.write import keep_page

    keep_codebook(folder)
    keep_page(folder, lambda: results_page(folder), anew=anew)


def page_of_study(folder: Folder, runs: Runs, *, anew: bool = False) -> None:
    """Write `report.html` of a finished study unless it is there and up to date, or `anew`."""
    from sim.report.page.study import study_page
    from sim.report.page.write import keep_page

    if CODEBOOK not in folder.manifest.get("files", {}):
        # Stopped between the codebook and the manifest that vouches for it: both are written again.
        folder.attach({})
    keep_page(folder, lambda: study_page(folder, runs), anew=anew)

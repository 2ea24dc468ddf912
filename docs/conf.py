"""How the documents are built: Sphinx, MyST for Markdown, the theme furo; warnings are errors.

Sphinx rather than MkDocs: it is maintained and released, checks every link and anchor between pages
itself, and MkDocs' usual theme (Material) is in maintenance mode.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from pygments.lexers.special import TextLexer  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402

from sim import __version__  # noqa: E402
from sim.odd import write_odd  # noqa: E402

project = "GovShift"
author = "GovShift contributors"
copyright = "GovShift contributors"
version = release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
html_theme = "furo"
html_title = f"GovShift {__version__}"
html_show_sphinx = False
highlight_language = "none"
nitpicky = True

write_odd(HERE / "odd.md")


def setup(app: Sphinx) -> None:
    """Tables as text have no colours of their own."""
    app.add_lexer("csv", TextLexer)

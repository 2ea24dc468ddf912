"""What all figures share: pages, looks, fonts, words, and how they are written.

Each figure is written as PNG and SVG, with a caption and with alternative text that gives the
numbers. The same results give the same bytes. Nothing here touches pyplot or leaves a global
setting changed.
"""

import sim.backend  # noqa: F401  first of all: imports Matplotlib whatever MPLBACKEND says

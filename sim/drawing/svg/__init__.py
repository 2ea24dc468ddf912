"""Vector pictures written by Python alone, for pages: no chart library, no script, no raster.

Each function takes plain numbers and gives the text of one `<svg>`, the same for the same numbers.
Text is escaped; a title and a description are inside for readers that do not see the picture.
"""

"""`report.html`: one page about a folder of results that needs nothing but itself.

Python draws every picture as vectors, Jinja puts the page together, and a few lines of script show
numbers beside the pointer and move maps through the years. Without the script everything that the
page says is still there. The same results give the same bytes.
"""

"""What the page on lessons takes from the lessons themselves: the table of those that ship.

`python -m sim.pages.lessons docs/lessons.md` writes it between its marks.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sim.lessons.files import lesson_names, load_lesson
from sim.lessons.measuring import measured

_BEGIN, _END = "<!-- lessons -->\n", "<!-- end of lessons -->\n"
_HEAD = """| lesson | question | governments | asked, voted | answer key (worlds of 30) |
|---|---|---|---|---|
"""


def table() -> str:
    """A row for each shipped lesson."""
    return _HEAD + "".join(_row(name) for name in lesson_names())


def _row(name: str) -> str:
    lesson, found = load_lesson(name), measured()
    labels = "; ".join(one.label.en for one in lesson.governments)
    claims = "; ".join(
        f"{claim.text.en.rstrip('.')} (*{claim.how_sure}*, {found[name, claim.id].holds})"
        for claim in lesson.answer_key.claims
    )
    asked = f"{len(lesson.predictions)}, {len(lesson.votes)}"
    title = f"`{name}`: {lesson.title.en} ({lesson.title.ko})"
    return f"| {title} | {lesson.question.en} | {labels} | {asked} | {claims} |\n"


def with_table(text: str) -> str:
    """The page with the table as it is now between its marks."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{table()}{_END}{after}"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")

"""What a YAML library complains about, in words for people who do not know YAML's grammar."""

from __future__ import annotations

import re
from typing import Any

from yaml import MarkedYAMLError

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_TAB_IN_INDENT = re.compile(r"[ -]*\t")
_PROBLEMS = {
    "found another document": "a second document (---); a file holds one scenario or experiment",
    "did not find expected key": (
        "a new `key: value` line was expected here; check the indentation, commas, brackets and "
        "quotes here and above"
    ),
    "did not find expected '-'": "indentation: the next item of the list (- ) was expected here",
    "did not find expected ','": "a comma or a closing bracket was expected here",
    "expected ',' or": "a comma or a closing bracket was expected here",
    "did not find expected node content": (
        "a value was expected here; is a bracket or a quote left open or closed twice?"
    ),
    "could not find expected ':'": "expected `key: value`, with a colon and a space",
    "block sequence entries are not allowed": (
        "a list begins on the line below its key; put text that begins with `- ` in quotes"
    ),
    "found incompatible YAML document": "leave out the line that begins with %",
    "directive": "a line cannot begin with %",
    "expected <document start>": (
        "this does not belong to what stands above it; check indentation and brackets"
    ),
    "unknown escape character": "in double quotes \\ begins a special character; use single quotes",
    "expected hexdecimal number": (
        "in double quotes \\ begins a special character; use single quotes"
    ),
    "invalid Unicode character escape": (
        "in double quotes \\ begins a special character; use single quotes"
    ),
    "expected alphabetic or numeric": "text that begins with * or & must be in quotes",
    "tag": "text that begins with ! must be in quotes",
    "expected comment or line break": "after | or > the text begins on the next line",
}
_BEGINNINGS = "text that begins with %, @ or ` must be in quotes"


def lines_before(text: str) -> tuple[int, int]:
    """Line and column, counted from 1, of what follows after a text."""
    ends = [found.end() for found in _BREAK.finditer(text)]
    return len(ends) + 1, len(text) - (ends[-1] if ends else 0) + 1


def explain_problem(error: MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Line and column, counted from 1, and what is wrong there."""
    problem = " ".join((error.problem or "not valid YAML").split())
    lines = _BREAK.split(text)
    opened, found = error.context_mark, error.problem_mark
    line, column = (found.line, found.column) if found else (0, 0)
    shown = lines[line] if line < len(lines) else ""
    if _TAB_IN_INDENT.match(shown):
        return line + 1, column + 1, "a tab; lines are indented with spaces"
    if "mapping values are not allowed" in problem:
        return line + 1, column + 1, _second_colon(shown, column)
    if opened is not None and _is_left_open(error, line):
        return opened.line + 1, opened.column + 1, _left_open(lines, opened)
    if "could not find expected ':'" in problem and opened is not None:
        line, column = opened.line, opened.column
    last = max((n for n, written in enumerate(lines) if written.strip()), default=0)
    if line > last:
        line, column = last, len(lines[last])
    return line + 1, column + 1, _in_words(problem, shown[column : column + 1])


def _in_words(problem: str, character: str) -> str:
    if "cannot start any token" in problem:
        tab = "a tab; lines are indented with spaces"
        return tab if character == "\t" else _BEGINNINGS
    for found, words in _PROBLEMS.items():
        if found in problem:
            return words
    return problem


def _second_colon(line: str, column: int) -> str:
    """A colon that cannot be there: the second of its line, or one on a wrongly indented line."""
    if re.search(r":(\s|$)", line[:column]):
        return "a second `: ` in one value; put the text in quotes"
    return (
        "this line is taken as part of the line above; check its indentation, and that the line "
        "above has its `: `"
    )


def _is_left_open(error: Any, line: int) -> bool:
    """Whether a quote or bracket was opened on an earlier line, or the text ended in it."""
    context, problem = error.context or "", error.problem or ""
    if "quoted scalar" in context:
        return "end of stream" in problem or "document indicator" in problem
    is_flow = "flow mapping" in context or "flow sequence" in context
    return is_flow and error.context_mark.line < line


def _left_open(lines: list[str], opened: Any) -> str:
    line = lines[opened.line] if opened.line < len(lines) else ""
    mark = line[opened.column : opened.column + 1]
    closing = {"{": "}", "[": "]"}.get(mark)
    if closing is None:
        return "the quote that opens here is not closed"
    return f"the {mark} that opens here is not closed by {closing}, or a comma is missing after it"

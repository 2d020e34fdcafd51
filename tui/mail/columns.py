"""Tables as aligned columns in whatever room there is: cells are wrapped, or stand below each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tui.mail.breaking import Measure, broken
from tui.model.content import Line, Span

GAP = "  "
_NARROWEST = 8
"""Columns that a cell keeps before a table is taken apart."""


def runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines one by one, and the rows of a table together."""
    for columns, rows in groupby(lines, key=lambda line: (len(line.cells), line.quote)):
        if columns[0]:
            yield list(rows)
        else:
            yield from ([line] for line in rows)


def aligned(rows: Sequence[Line], room: int, measure: Measure) -> list[Line]:
    """The rows of one table in `room` columns."""
    widths = [max(measure(_text(row.cells[x])) for row in rows) for x in range(len(rows[0].cells))]
    space = room - len(GAP) * (len(widths) - 1)
    if sum(widths) > space:
        if sum(min(width, _NARROWEST) for width in widths) > space:
            return [line for row in rows for line in _stacked(row, room, measure)]
        widths = _shrunk(widths, space)
    return [line for row in rows for line in _laid_out(row, widths, measure)]


def _shrunk(widths: Sequence[int], space: int) -> list[int]:
    """The widest columns made as narrow as it takes for all to fit, none below the narrowest."""
    most = max(widths)
    while sum(min(width, most) for width in widths) > space:
        most -= 1
    return [min(width, most) for width in widths]


def _laid_out(row: Line, widths: Sequence[int], measure: Measure) -> Iterator[Line]:
    columns = [
        broken(Line(cell), max(width, 1), measure) if cell else [Line()]
        for cell, width in zip(row.cells, widths, strict=True)
    ]
    for number in range(max(map(len, columns))):
        spans: list[Span] = []
        missing = 0
        for lines, width in zip(columns, widths, strict=True):
            line = lines[number] if number < len(lines) else Line()
            if line.spans:
                spans += [Span(" " * missing)] if missing else []
                spans += line.spans
                missing = 0
            missing += width - measure(line.text) + len(GAP)
        yield Line(tuple(spans), row.quote)


def _stacked(row: Line, room: int, measure: Measure) -> Iterator[Line]:
    """A row's cells below each other, all but the first one indented."""
    first = True
    for cell in row.cells:
        if not cell:
            continue
        for line in broken(Line(cell), room if first else room - len(GAP), measure):
            yield Line(line.spans if first else (Span(GAP), *line.spans), row.quote)
        first = False


def _text(cell: Sequence[Span]) -> str:
    return "".join(span.text for span in cell)

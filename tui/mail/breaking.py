"""Breaking one line of styled text into as many as its room takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tui.model.content import Line, Span

Measure = Callable[[str], int]
"""From a text to the columns it takes on a terminal."""

_HANGING = re.compile(r"\s*(?:(?:[•*+–-]|\d{1,3}[.)])\s+)?")


def broken(line: Line, room: int, measure: Measure) -> list[Line]:
    """The lines that one becomes in `room` columns: at blanks, inside words only where they must; list items
    hang."""
    text = line.text
    if len(text) <= room // 2 or measure(text) <= room:
        return [line]
    hanging = _HANGING.match(text)
    indent = " " * min(measure(hanging[0]) if hanging else 0, room // 3)
    cuts: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        space = room - (len(indent) if cuts else 0)
        stop = _fitting(text, start, space, measure)
        if stop < len(text):
            blank = text.rfind(" ", start + 1, stop + 1)
            if blank > start and text[start:blank].strip():
                stop = blank
        cuts.append((start, stop))
        start = stop
        while start < len(text) and text[start] == " ":
            start += 1
    pieces = _slices(line.spans, cuts)
    hung = [Span(indent)] if indent else []
    return [Line((*(hung if index else ()), *piece), line.quote) for index, piece in enumerate(pieces)]


def _fitting(text: str, start: int, room: int, measure: Measure) -> int:
    """The end of the longest run from `start` that fits; at least one character with its marks."""
    stop = min(start + room, len(text))
    if measure(text[start:stop]) > room:
        used, stop = 0, start
        while stop < len(text) and (used := used + measure(text[stop])) <= room:
            stop += 1
    stop = max(stop, start + 1)
    while stop < len(text) and not text[stop].isascii() and measure(text[stop]) == 0:
        stop += 1
    return stop


def _slices(spans: Sequence[Span], cuts: Sequence[tuple[int, int]]) -> list[list[Span]]:
    """The spans between each pair of offsets; the pairs ascend."""
    out: list[list[Span]] = []
    index, begin = 0, 0
    for first, last in cuts:
        piece: list[Span] = []
        while index < len(spans):
            span = spans[index]
            end = begin + len(span.text)
            if end > first:
                run = span.text[max(first - begin, 0) : last - begin]
                if run:
                    piece.append(Span(run, span.style, span.link))
            if end > last:
                break
            index, begin = index + 1, end
        out.append(piece)
    return out

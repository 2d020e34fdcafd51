"""Plain text as lines: quotation, format=flowed, links; wrapping to a width; lines back to text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tui.mail import links
from tui.mail.breaking import broken
from tui.mail.columns import aligned, runs
from tui.model.cells import cells
from tui.model.content import Line, Link, Span, Style
from tui.model.safe_text import clean, is_right_to_left, isolated

QUOTE_CELLS = 2
MOST_BARS = 5
_DEEPEST = 20
_LONGEST = 4_000_000
_MOST_LINES = 50_000
_MOST_LINKS = 5_000
_QUOTE = re.compile(r"(?:> ?)+")
_FLOWED_QUOTE = re.compile(r">+")
_URL = re.compile(
    r"\b(?:https?://|www\.|mailto:)[^\s<>\"\u00a0]{2,2000}|<(?:https?://|mailto:)[^\s<>]{2,2000}>",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'\"»”’*_"


def paragraphs(
    text: str, *, flowed: bool = False, delsp: bool = False, before: int = 0
) -> tuple[tuple[Line, ...], tuple[Link, ...]]:
    """Unwrapped lines of safe text, with the depth of quotation taken off and told apart, and the links in
    them.

    `flowed` and `delsp` are the parameters of RFC 3676; `before` is the number of links that come earlier.
    """
    cleaned = clean(text[:_LONGEST]).replace("\t", "        " if flowed else "\t")
    rows = _flowed(cleaned, delsp) if flowed else _fixed(cleaned)
    lines: list[Line] = []
    found: list[Link] = []
    signature = False
    for depth, row in rows[:_MOST_LINES]:
        if not depth and row.rstrip() == "--":
            signature = True
        style = Style.DIM if signature and not depth else Style(0)
        lines.append(Line(_spans(row, style, found, before), depth))
    while lines and not lines[-1].text.strip():
        lines.pop()
    if len(rows) > _MOST_LINES or len(text) > _LONGEST:
        lines.append(
            Line((Span("… the rest of this text is left out here; its source has it all.", Style.DIM),))
        )
    return tuple(lines), tuple(found)


def _fixed(text: str) -> list[tuple[int, str]]:
    rows: list[tuple[int, str]] = []
    for line in text.split("\n", _MOST_LINES + 1):
        quote = _QUOTE.match(line) if line.startswith(">") else None
        if quote is None:
            rows.append((0, line.expandtabs(8) if "\t" in line else line))
        else:
            rows.append((min(quote[0].count(">"), _DEEPEST), line[quote.end() :].expandtabs(8)))
    return rows


def unflowed(text: str, delsp: bool = False) -> str:
    """format=flowed text with its soft breaks joined and its stuffing taken off, quotes marked `> ` (RFC
    3676).
    """
    return "\n".join(f"{'>' * depth}{' ' if depth else ''}{row}" for depth, row in _flowed(text, delsp))


def _flowed(text: str, delsp: bool) -> list[tuple[int, str]]:
    rows: list[tuple[int, str]] = []
    pieces: list[str] = []
    depth = 0

    def flush() -> None:
        if pieces:
            rows.append((min(depth, _DEEPEST), "".join(pieces)))
            pieces.clear()

    for line in text.split("\n", _MOST_LINES * 4):
        quote = _FLOWED_QUOTE.match(line)
        level = quote.end() if quote else 0
        content = line[level:].removeprefix(" ")  # space-stuffing
        if pieces and (level != depth or content == "-- "):
            flush()
        depth = level
        if content.endswith(" ") and content != "-- ":
            pieces.append(content[:-1] if delsp else content)
        else:
            pieces.append(content)
            flush()
    flush()
    return rows


def _spans(row: str, style: Style, found: list[Link], before: int) -> tuple[Span, ...]:
    if not row:
        return ()
    if "://" not in row and "www." not in row and "mailto:" not in row:
        return (Span(row, style),)
    spans: list[Span] = []
    position = 0
    for match in _URL.finditer(row):
        url, start = _trimmed(match)
        if len(found) >= _MOST_LINKS:
            break
        link = links.make(url, url if ":" in url[:8] else f"http://{url}")
        if link is None:
            continue
        found.append(link)
        if start > position:
            spans.append(Span(row[position:start], style))
        spans.append(Span(url, style, before + len(found)))
        position = start + len(url)
    if position < len(row):
        spans.append(Span(row[position:], style))
    return tuple(spans)


def _trimmed(match: re.Match[str]) -> tuple[str, int]:
    """The address without brackets around it and without the punctuation of the sentence it stands in."""
    url, start = match[0], match.start()
    if url.startswith("<"):
        return url[1:-1], start + 1
    url = url.rstrip(_TRAILING)
    while url.endswith(")") and url.count("(") < url.count(")"):
        url = url[:-1].rstrip(_TRAILING)
    return url, start


def wrap(
    lines: Sequence[Line], width: int, measure: Callable[[str], int] = cells, *, isolate: bool = True
) -> tuple[Line, ...]:
    """Lines that fit `width` columns, of which quoted lines leave 2 for each of up to 5 bars.

    Breaks at blanks, inside words only where they must; list items hang; the cells of a table are wrapped
    each in its own column. Lines with right-to-left letters are isolated by FSI … PDI, balanced on each line,
    unless the text goes into a mail (`isolate` false).
    """
    wrapped: list[Line] = []
    for rows in runs(lines):
        room = max(width - QUOTE_CELLS * min(rows[0].quote, MOST_BARS), 10)
        pieces = aligned(rows, room, measure) if rows[0].cells else broken(rows[0], room, measure)
        wrapped += map(_isolated, pieces) if isolate else pieces
    return tuple(wrapped)


def relinked(line: Line, by: int) -> Line:
    """A line whose links are counted on from `by`."""
    if not any(span.link for span in line.spans):
        return line

    def moved(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(Span(span.text, span.style, span.link + by if span.link else 0) for span in spans)

    return Line(moved(line.spans), line.quote, tuple(map(moved, line.cells)))


def _isolated(line: Line) -> Line:
    text = line.text
    if text.isascii() or not is_right_to_left(text):
        return line
    around = isolated(text)
    return Line((Span(around[0]), *line.spans, Span(around[-1])), line.quote)


def plain(lines: Sequence[Line], mark: str = "> ") -> str:
    """Lines as text, each level of quotation marked as mail does it."""
    return "\n".join((mark * line.quote + line.text).rstrip() if line.quote else line.text for line in lines)


def quotes(lines: Sequence[Line], least: int = 4) -> tuple[tuple[int, int], ...]:
    """Runs of at least `least` quoted lines, as (first, one past the last): what a screen may fold."""
    runs: list[tuple[int, int]] = []
    start = -1
    for index, line in enumerate([*lines, Line()]):
        inside = bool(line.quote) or (start >= 0 and not line.text.strip() and index < len(lines))
        if inside and start < 0:
            start = index
        elif not inside and start >= 0:
            end = index
            while end > start and not lines[end - 1].quote:
                end -= 1
            if end - start >= least:
                runs.append((start, end))
            start = -1
    return tuple(runs)

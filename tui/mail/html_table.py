"""The page that HTML is written on, line by line, and the tables on it."""

from __future__ import annotations

from collections.abc import Sequence

from tui.mail.columns import GAP, aligned
from tui.model.cells import cells
from tui.model.content import Line, Span, Style

_WIDEST = 110
_MOST_COLUMNS = 12
_MOST_ROWS = 1_000
_WIDEST_CELL = 48
_STYLES = tuple(map(Style, range(sum(Style) + 1)))
"""Every style by its number: looking one up is quicker than making it."""


class Page:
    """Lines being written. `mark` (a bullet or number) stands before the next text, `indent` before each
    further line of the same item. Two pages' lines can be moved into one another, which is what table cells
    do.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.mark = ""
        self.indent = ""
        self.written = 0
        self._spans: list[Span] = []
        self._pieces: list[str] = []
        self._spanned = 0
        self._style = 0
        self._link = 0
        self._quote = 0
        self._blank_wanted = False
        self.at_blank = True
        """Whether another blank would not be seen here."""

    def write(self, text: str, style: int, link: int, quote: int) -> None:
        """Text in which runs of blanks are already one; a blank at the start of a line is dropped."""
        if self.at_blank:
            text = text.removeprefix(" ")
            if not text:
                return
        self.write_raw(text, style, link, quote)

    def write_raw(self, text: str, style: int, link: int, quote: int) -> None:
        """Text as it is."""
        if not self._pieces:
            self._quote = quote
            before = self.mark or self.indent
            self.mark = ""
            if before:
                self._pieces.append(before)
                self._end_run()
            self._style, self._link = style, link
        elif style != self._style or link != self._link:
            self._end_run()
            self._style, self._link = style, link
        self._pieces.append(text)
        self.at_blank = text.endswith(" ")

    def _end_run(self) -> None:
        """Make a span of the pieces since the last one."""
        run = "".join(self._pieces[self._spanned :])
        if run:
            self._spans.append(Span(run, _STYLES[self._style], self._link))
        self._spanned = len(self._pieces)

    def end_line(self, keep: bool = False) -> None:
        """End the line; an empty one is only kept when asked for, and never two in a row."""
        if self._pieces:
            self._pieces[-1] = self._pieces[-1].rstrip(" ")
            self._end_run()
            if self._blank_wanted:
                self._put_blank()
            self.lines.append(Line(tuple(self._spans), self._quote))
            self.written += 1
            self._spans, self._pieces, self._spanned = [], [], 0
            self._style, self._link, self.at_blank = 0, 0, True
        elif keep:
            self._blank_wanted = bool(self.lines)

    def blank(self) -> None:
        """Ask for an empty line before the next text."""
        self._blank_wanted = bool(self.lines)

    def _put_blank(self) -> None:
        self._blank_wanted = False
        if self.lines and self.lines[-1].spans:
            quote = min(self.lines[-1].quote, self._quote)
            self.lines.append(Line((), quote))

    def take_since(self, start: int) -> list[Line]:
        """Remove and answer the lines from number `start` on, without empty ones at either end."""
        taken = self.lines[start:]
        del self.lines[start:]
        self._blank_wanted = False
        while taken and not taken[-1].spans:
            taken.pop()
        return taken

    def no_blank(self) -> None:
        """Forget a wanted empty line: what comes next is the beginning of something of its own."""
        self._blank_wanted = False

    def put(self, lines: list[Line]) -> None:
        """Add whole lines."""
        if lines and self._blank_wanted:
            self._quote = lines[0].quote
            self._put_blank()
        self.lines.extend(lines)

    def finish(self) -> list[Line]:
        """All lines, without empty ones at the end."""
        self.end_line()
        while self.lines and not self.lines[-1].spans:
            self.lines.pop()
        return self.lines


class Table:
    """A table being read: small ones with one line a cell become aligned columns, all others run on row by
    row, because most tables of mails only place things."""

    def __init__(self, page: Page, level: int) -> None:
        self.level = level
        self._page = page
        self._rows: list[list[list[Line]]] = []
        self._row: list[list[Line]] = []
        self._cell: int | None = None

    def begin_cell(self) -> None:
        """A cell begins; what stood between the cells stays where it is."""
        self.end_cell()
        self._page.no_blank()
        self._cell = len(self._page.lines)

    def end_cell(self) -> None:
        """The cell's lines are taken off the page."""
        if self._cell is not None:
            self._page.end_line()
            self._row.append(self._page.take_since(self._cell))
            self._cell = None

    def end_row(self) -> None:
        """The row is complete."""
        self.end_cell()
        if any(self._row):
            self._rows.append(self._row)
        self._row = []

    def finish(self) -> None:
        """Put the table on the page."""
        self.end_row()
        self._page.blank()
        self._page.put(_columns(self._rows) or [line for row in self._rows for line in _run_on(row)])


def _columns(rows: list[list[list[Line]]]) -> list[Line] | None:
    """Aligned columns, or None when the table is not of that kind."""
    width = max((len(row) for row in rows), default=0)
    if not (2 <= len(rows) <= _MOST_ROWS and 2 <= width <= _MOST_COLUMNS):
        return None
    if sum(sum(map(bool, row)) > 1 for row in rows) < 2:
        return None
    if any(len(cell) > 1 for row in rows for cell in row):
        return None
    used = [column for column in range(width) if any(column < len(row) and row[column] for row in rows)]
    table = [
        Line((), _quote(row), tuple(row[x][0].spans if x < len(row) and row[x] else () for x in used))
        for row in rows
    ]
    widths = [max(cells(_text(line.cells[column])) for line in table) for column in range(len(used))]
    total = sum(widths) + len(GAP) * (len(used) - 1)
    if total > (_WIDEST if max(widths) > _WIDEST_CELL else 2 * _WIDEST):
        return None
    laid_out = aligned(table, total, cells)
    return [Line(line.spans, row.quote, row.cells) for row, line in zip(table, laid_out, strict=True)]


def _quote(row: list[list[Line]]) -> int:
    return next(cell[0].quote for cell in row if cell)


def _text(cell: Sequence[Span]) -> str:
    return "".join(span.text for span in cell)


def _run_on(row: list[list[Line]]) -> list[Line]:
    """A row's cells beside each other where they are short, else below each other."""
    full = [cell for cell in row if cell]
    single = all(len(cell) == 1 for cell in full)
    if single and len(full) > 1 and sum(cells(cell[0].text) + 2 for cell in full) <= _WIDEST:
        spans: list[Span] = []
        for cell in full:
            spans += [*([Span(GAP)] if spans else []), *cell[0].spans]
        return [Line(tuple(spans), full[0][0].quote)]
    lines: list[Line] = []
    for cell in full:
        lines += cell
    return lines

"""What a command prints: JSON Lines for programs, aligned text for people, everything safe for a terminal."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import TextIOWrapper
from typing import Any, TextIO

from tui.model.cells import cells, fit
from tui.model.error import CannotCreate, MailError, StoreBroken
from tui.model.safe_text import safe_line, safe_text


class Ink(StrEnum):
    """How a piece of text stands out on a terminal (ECMA-48 SGR parameters)."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    GOOD = "32"
    BAD = "31"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: any text, made safe when it is printed."""

    text: str
    ink: Ink = Ink.PLAIN
    right: bool = False


_ESCAPED = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
GAP = "  "


def json_line(record: Mapping[str, Any], encoding: str = "utf-8") -> str:
    """`record` as one line of JSON (RFC 8259).

    Letters stay readable; whatever a terminal would obey, reorder or hide is escaped, as is everything
    that `encoding` may not have.
    """
    if "utf" not in encoding.lower():
        return json.dumps(record)
    text = json.dumps(record, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: json.dumps(found.group())[1:-1], text)


def _colourful(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


class Output:
    """The two streams of a command. `json` decides what goes to standard output."""

    def __init__(self, as_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.json = as_json
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        if isinstance(self._out, TextIOWrapper):
            self._out.reconfigure(errors="replace")  # letters that the locale lacks are no fault
        self._colour = _colourful(self._out)
        self._progress = 0

    @property
    def width(self) -> int | None:
        """Columns of the terminal, None where standard output is none."""
        if not self._out.isatty():
            return None
        try:
            return os.get_terminal_size(self._out.fileno()).columns
        except OSError:
            return None

    def record(self, record: Mapping[str, Any], text: str) -> None:
        """One answer: the object for programs, the text (of one or several lines) for people."""
        self._write(json_line(record, self._out.encoding or "utf-8") if self.json else safe_text(text))
        self._flush()

    def table(self, rows: Iterable[tuple[Mapping[str, Any], Sequence[Cell]]]) -> None:
        """A list: one object a line for programs, aligned columns for people."""
        if self.json:
            encoding = self._out.encoding or "utf-8"
            for record, _ in rows:
                self._write(json_line(record, encoding))
            return
        self._aligned([[self._safe(cell) for cell in row] for _, row in rows])

    def _safe(self, cell: Cell) -> Cell:
        return Cell(safe_line(cell.text), cell.ink, cell.right)

    def _aligned(self, rows: list[list[Cell]]) -> None:
        columns = max((len(row) for row in rows), default=0)
        widths = [
            max((cells(row[at].text) for row in rows if at < len(row)), default=0) for at in range(columns)
        ]
        limit = self.width
        if limit is not None and widths:
            others = sum(widths[:-1]) + len(GAP) * (columns - 1)
            widths[-1] = min(widths[-1], max(limit - others, 10))
        for row in rows:
            last = len(row) - 1
            line = GAP.join(self._cell(cell, widths[at], at == last) for at, cell in enumerate(row))
            self._write(line.rstrip())

    def _cell(self, cell: Cell, width: int, last: bool) -> str:
        text = fit(cell.text, width)
        space = "" if last and not cell.right else " " * (width - cells(text))
        painted = self._paint(text, cell.ink)
        return space + painted if cell.right else painted + space

    def _paint(self, text: str, ink: Ink) -> str:
        return f"\x1b[{ink}m{text}\x1b[0m" if self._colour and ink and text else text

    def text(self, text: str) -> None:
        """Text for people on standard output, made safe."""
        self._write(safe_text(text))

    def raw(self, data: bytes) -> None:
        """Bytes exactly as they are, on standard output."""
        self._flush()
        with _writing():
            self._out.buffer.write(data)
            self._out.buffer.flush()

    def verbatim(self, text: str) -> None:
        """Text of our own, such as a script, as it is."""
        self._write(text)

    def note(self, text: str) -> None:
        """A sentence for people, on standard error."""
        self._clear_progress()
        print(safe_text(text), file=self._err, flush=True)

    def error(self, error: MailError) -> None:
        """What happened and what to do: two lines on standard error."""
        self.note(error.what)
        if error.hint:
            self.note(error.hint)

    def progress(self, text: str) -> None:
        """A line that the next one replaces, on a terminal only."""
        if self.json or not self._err.isatty():
            return
        line = fit(safe_line(text), 78)
        print("\r" + line + " " * max(0, self._progress - cells(line)), end="", file=self._err, flush=True)
        self._progress = cells(line)

    def _clear_progress(self) -> None:
        if self._progress:
            print("\r" + " " * self._progress + "\r", end="", file=self._err, flush=True)
            self._progress = 0

    def _write(self, text: str) -> None:
        self._clear_progress()
        with _writing():
            self._out.write(text + "\n")

    def _flush(self) -> None:
        with _writing():
            self._out.flush()


@contextmanager
def _writing() -> Iterator[None]:
    """What stands in the way of standard output, as a MailError; a reader that has left stays what it is."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise cannot_print(error) from error


def cannot_print(error: OSError) -> MailError:
    """The MailError for an output that cannot be written."""
    what = f"The output could not be written: {error.strerror}."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreBroken(what, "Free some space and try again.")
    return CannotCreate(what, "Send it to another place.")

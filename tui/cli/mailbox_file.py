"""An mbox file, in the mboxrd form: whatever looks like a From line gets one more `>`.

Nothing is lost by that: taking one `>` from every line that matches `^>+From ` gives the bytes back (RFC 4155
names the older forms, which cannot be undone). Line ends inside a message stay as received; the From line and
the empty line behind each message end in LF.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

from tui.cli.files import create
from tui.model.error import CannotCreate, StoreBroken
from tui.model.message import Row

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


def quoted(raw: bytes) -> bytes:
    """The bytes of a message as they stand in an mboxrd file, with a line end behind the last line."""
    text = _FROM.sub(rb">\1", raw)
    return text if text.endswith(b"\n") else text + b"\n"


def from_line(row: Row) -> bytes:
    """The line that begins a message: its sender and, in UTC, when it was received (asctime, RFC 4155)."""
    sender = row.envelope.sender[0].address if row.envelope.sender else ""
    plain = re.sub(r"[^!-~]", "", sender) or "MAILER-DAEMON"
    return f"From {plain} {time.asctime(time.gmtime(row.received))}\n".encode("ascii")


class Mbox:
    """A new mbox file. Raises CannotCreate when something of that name is there."""

    def __init__(self, path: Path) -> None:
        if not create(path, b""):
            raise CannotCreate(f"{path} is there already.", "Choose another name: nothing is written over.")
        self._path = path
        self._file = path.open("ab")

    def add(self, row: Row, raw: bytes) -> bool:
        """One message behind the others."""
        try:
            self._file.write(from_line(row) + quoted(raw) + b"\n")
        except OSError as error:
            raise _failed(self._path, error) from error
        return True

    def close(self) -> None:
        """Write what is still in memory."""
        try:
            self._file.close()
        except OSError as error:
            raise _failed(self._path, error) from error


def _failed(path: Path, error: OSError) -> StoreBroken:
    return StoreBroken(f"{path} could not be written: {error.strerror}.", "Free some space and try again.")

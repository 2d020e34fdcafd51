"""Mail in files: single messages, mbox files, Maildirs, and folders of all of them, read piece by piece.

Of a file however large no more than one message is held at a time. Below the folder that was named only real
files and folders are looked at: a link may lead anywhere, and a pipe or a device need never end.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tui.cli.mailbox_names import Levels, maildir_levels
from tui.mail.dates import parse as parse_date
from tui.mail.header import skip_envelope_line
from tui.mail.mailbox_text import flags_of, is_mail, unquoted
from tui.model.error import NotFound
from tui.model.message import NO_FLAGS, Flag, KeptMessage

LARGEST = 150_000_000
DEEPEST = 60
"""Folders inside folders; no mail program makes as many."""
_PIECE = 1 << 16
_LONGEST_FROM = 400
"""Octets of a `From ` line that are looked at: an address of 320 and a date."""
_DATED = re.compile(rb"From \S.*\d{1,2}:\d\d.*\d{4}|From .*\d{4}.*\d{1,2}:\d\d")
_INFO = re.compile(r"[:;!]2,([A-Za-z]*)\Z")
_STAMP = re.compile(r"(\d{9,10})\.")
_MAILDIR_FLAGS = {
    "D": Flag.DRAFT,
    "F": Flag.FLAGGED,
    "P": Flag.FORWARDED,
    "R": Flag.ANSWERED,
    "S": Flag.SEEN,
    "T": Flag.DELETED,
}
_INDEXES = frozenset({".msf", ".dat", ".cmeta"})


@dataclass(frozen=True, slots=True)
class Found:
    """A message in a file, or a place where none could be read and why.

    `levels` is its folder below the one that was asked for. Of `message` and `problem` one is there; neither
    for a message that its program has removed and not yet cleared away.
    """

    where: str
    levels: Levels = ()
    message: KeptMessage | None = None
    problem: str = ""


def messages(path: Path) -> Iterator[Found]:
    """Everything below `path`, folder by folder. Raises NotFound when nothing is there."""
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises where nobody may look
        raise NotFound(f"{path} is not there.", "Check the name.")
    return _folder(path, ()) if path.is_dir() else _file(path, ())


def _folder(path: Path, levels: Levels, depth: int = 0) -> Iterator[Found]:
    try:
        folders, files = _entries(path)
    except OSError as error:
        yield Found(str(path), problem=_reason(error))
        return
    is_maildir = not {"cur", "new"}.isdisjoint(folders)
    if is_maildir:
        yield from _maildir(path, levels)
    if depth == DEEPEST and folders:
        yield Found(str(path), problem="too many folders inside one another")
        return
    for name in sorted(folders + files):
        entry = path / name
        if name in folders:
            below = () if is_maildir and name in ("cur", "new", "tmp") else _levels(entry, is_maildir)
            if below:
                yield from _folder(entry, levels + below, depth + 1)
        elif not is_maildir and not name.startswith(".") and entry.suffix.lower() not in _INDEXES:
            yield from _file(entry, levels, inside=True)


def _entries(path: Path) -> tuple[list[str], list[str]]:
    """The names of the folders and of all else in a folder, without links. Raises OSError."""
    folders, files = list[str](), list[str]()
    with os.scandir(path) as entries:
        for entry in entries:
            if not entry.is_symlink():
                (folders if entry.is_dir(follow_symlinks=False) else files).append(entry.name)
    return folders, files


def _opened(path: Path) -> BinaryIO:
    """A file to be read, and nothing that only looks like one. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a file")
    return os.fdopen(descriptor, "rb")


def _levels(entry: Path, in_maildir: bool) -> Levels:
    """What a folder of the disk adds to the name of a mail folder; nothing for one that holds no mail."""
    if in_maildir and entry.name.startswith("."):
        return maildir_levels(entry.name)
    if entry.name.startswith("."):
        return ()
    return (entry.name.removesuffix(".sbd"),)


def _file(path: Path, levels: Levels, *, inside: bool = False) -> Iterator[Found]:
    """A message or an mbox file; one that stands inside a folder is a folder of that name itself."""
    try:
        with _opened(path) as file:
            if path.suffix.lower() != ".eml" and file.read(5) == b"From ":
                file.seek(0)
                yield from _mbox(file, path, (*levels, path.name.removesuffix(".mbox")) if inside else levels)
                return
            file.seek(0)
            if path.suffix.lower() in (".mbox", ".mbx", "") and not file.read(1):
                return  # an mbox file without any message
            file.seek(0)
            yield _single(file.read(LARGEST + 1), path, levels, Flag.SEEN, 0)
    except OSError as error:
        yield Found(str(path), problem=_reason(error))


def _single(raw: bytes, path: Path, levels: Levels, flags: Flag, received: int) -> Found:
    if len(raw) > LARGEST:
        return Found(str(path), problem="larger than any mail")
    raw = raw[skip_envelope_line(raw) :]
    if not is_mail(raw):
        return Found(str(path), problem="not a mail message")
    return Found(str(path), levels, KeptMessage(raw, flags, received))


# Maildir


def _maildir(path: Path, levels: Levels) -> Iterator[Found]:
    for part in ("new", "cur"):
        try:
            names = sorted(name for name in _entries(path / part)[1] if not name.startswith("."))
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Found(str(path / part), problem=_reason(error))
            continue
        for name in names:
            yield _maildir_file(path / part / name, levels)


def _maildir_file(path: Path, levels: Levels) -> Found:
    flags = NO_FLAGS
    if info := _INFO.search(path.name):
        for letter in info[1]:
            flags |= _MAILDIR_FLAGS.get(letter, NO_FLAGS)
    stamp = _STAMP.match(path.name)
    try:
        with _opened(path) as file:
            received = int(stamp[1]) if stamp else int(os.fstat(file.fileno()).st_mtime)
            return _single(file.read(LARGEST + 1), path, levels, flags, received)
    except OSError as error:
        return Found(str(path), problem=_reason(error))


# mbox


def _mbox(file: BinaryIO, path: Path, levels: Levels) -> Iterator[Found]:
    """The messages of an mbox file, which all begin with a `From ` line (RFC 4155)."""
    for number, (line, text) in enumerate(_split(file), 1):
        where = f"{path}, message {number}"
        if text is None:
            yield Found(where, problem="larger than any mail")
            continue
        raw = unquoted(text)
        if not is_mail(raw):
            yield Found(where, problem="not a mail message")
            continue
        flags = flags_of(raw)
        moment = parse_date(line[5:300].decode("ascii", "replace"))
        kept = None if flags is None else KeptMessage(raw, flags, max(0, moment[0]) if moment else 0)
        yield Found(where, levels, kept)


def _split(file: BinaryIO) -> Iterator[tuple[bytes, bytes | None]]:
    """Each `From ` line and the text below it up to the next, None for too long a text. Where the first one
    names a time, only one that does so too begins a message: text may begin a line with "From", too."""
    opening = file.readline(_PIECE)
    dated = _is_dated(opening)
    text, size, blank = bytearray(), 0, b""
    at_start, after_blank = opening.endswith(b"\n"), False
    while piece := file.readline(_PIECE):
        begins = at_start and after_blank and piece.startswith(b"From ")
        if begins and (not dated or _is_dated(piece)):
            yield opening, _whole(text, size, blank)
            opening, text, size, blank = piece, bytearray(), 0, b""
        else:
            size += len(piece)
            if size <= LARGEST:
                text += piece
            blank = piece if at_start and size > len(piece) and piece in (b"\n", b"\r\n") else b""
        after_blank = at_start and piece in (b"\n", b"\r\n")
        at_start = piece.endswith(b"\n")
    yield opening, _whole(text, size, blank)


def _is_dated(line: bytes) -> bool:
    return _DATED.match(line[:_LONGEST_FROM]) is not None


def _whole(text: bytearray, size: int, blank: bytes) -> bytes | None:
    """The text without the empty line that ends a message in an mbox file."""
    if size > LARGEST:
        return None
    del text[len(text) - len(blank) :]
    return bytes(text)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__

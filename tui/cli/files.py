"""Files that a command makes and reads: never over another one, never readable by others."""

from __future__ import annotations

import errno
import os
import sys
from itertools import count
from pathlib import Path

from tui.model.error import CannotCreate, MailError, NotFound, StoreBroken

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def make_folder(path: Path) -> None:
    """Make a folder (0700) with those above it, if it is not there. Raises CannotCreate."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_create(path, error) from error


def create(path: Path, data: bytes) -> bool:
    """Write a new file (0600); False when something of that name is there.

    Raises CannotCreate, StoreBroken when the disk is full.
    """
    try:
        descriptor = os.open(path, NEW, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise _cannot_create(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _cannot_create(path, error) from error
    return True


def create_beside(folder: Path, name: str, data: bytes) -> tuple[Path, bool]:
    """Write `data` as `name`, or `name-1` and so on where another file has that name.

    Answers the path and True; False when a file of that name with the same bytes was there already.
    """
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    for number in count():
        path = folder / (f"{stem}-{number}{dot}{suffix}" if number else name)
        if create(path, data):
            return path, True
        if _same(path, data):
            return path, False
    raise AssertionError("count() does not end")


def _same(path: Path, data: bytes) -> bool:
    try:
        return not path.is_symlink() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _cannot_create(path: Path, error: OSError) -> MailError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreBroken(f"The disk is full: {path} was not written.", "Free some space and try again.")
    return CannotCreate(
        f"{path} cannot be written: {error.strerror}.",
        "Choose another place, or change its rights.",
        detail=str(error),
    )


def read_input(name: str) -> bytes:
    """The bytes of a file, of standard input for `-`. Raises NotFound."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise NotFound(
            f"{name} cannot be read: {error.strerror}.", "Check the name and its rights."
        ) from error

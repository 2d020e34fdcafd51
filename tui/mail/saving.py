"""Attachments onto the disk: only inside the chosen folder, never over a file, never through a link."""

from __future__ import annotations

import os
from pathlib import Path

from tui.model.error import CannotCreate, StoreBroken
from tui.model.safe_text import safe_filename, safe_line

_MOST_TRIES = 1000
_NO_SPACE = frozenset({28, 122})  # ENOSPC, EDQUOT


def save(folder: Path, filename: str, data: bytes) -> Path:
    """Write `data` into `folder` under a safe form of `filename`, or `name (2).ext` where that is taken.

    The file is new, for its owner alone (0600). Answers its path. Raises CannotCreate, StoreBroken when the
    disk is full; nothing half is left behind.
    """
    name = safe_filename(filename)
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    for number in range(1, _MOST_TRIES):
        path = folder / (name if number == 1 else f"{stem} ({number}){dot}{extension}")
        try:
            handle = os.open(path, flags, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise _failed(path, error) from error
        _write(handle, path, data)
        return path
    raise CannotCreate(
        f"There are too many files named {safe_line(name, 80)} in {folder}.", "Choose another folder."
    )


def _write(handle: int, path: Path, data: bytes) -> None:
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o600) if hasattr(os, "fchmod") else None
            file.write(data)
            file.flush()
            os.fsync(handle)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _failed(path, error) from error


def _failed(path: Path, error: OSError) -> CannotCreate | StoreBroken:
    if error.errno in _NO_SPACE:
        return StoreBroken(
            f"The disk is full: {path.name} was not saved.", "Free some space and save it again."
        )
    return CannotCreate(
        f"{path.name} cannot be saved in {path.parent}: {error.strerror or 'not allowed'}.",
        "Choose another folder.",
    )

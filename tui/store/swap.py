"""A rebuilt store takes the place of the damaged one, which is kept under a name with the date.

The steps are renames, each of which is done or not: the new store is named as finished; the old one goes out
of the way, its log after it; the new one takes its name. Between them there is a moment without a store of
the usual name, and never one in which a log lies beside a store that it does not belong to. Whoever opens the
store then takes the steps that are left (`finish`); only afterwards is a new one ever made.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui.model.error import Busy

LOG_ENDS = ("-wal", "-shm")
_BUILT, _DAMAGED = "-rebuilt-", "-damaged-"
# The bytes of a store's file that every connection locks as long as it is open in WAL mode:
# https://sqlite.org/src/file/src/os.h, SHARED_FIRST and SHARED_SIZE.
_LOCKED_FROM, _LOCKED = 0x40000002, 510
_ELSEWHERE = "Another program has the mail store open: {path}."


def put_in_place(built: Path, path: Path) -> None:
    """Make `built`, a whole store in one file, the store at `path`. Whoever calls it is `alone`."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    number = 1
    while _names(path, _DAMAGED + stamp):
        number += 1
        stamp = f"{stamp[:15]}-{number}"
    with built.open("r+b") as file:
        os.fsync(file.fileno())
    built.rename(path.with_name(f"{path.name}{_BUILT}{stamp}"))
    _sync(path.parent)
    _step_aside(path, stamp)
    finish(path)


def finish(path: Path) -> bool:
    """Take the last steps of a repair that was ended among them; whether there were any."""
    if path.exists() or not _names(path, _BUILT):
        return False
    with _one_at_a_time(path.parent):
        names = _names(path, _BUILT)
        if path.exists() or not names:
            return False
        stamp = names[-1].name[len(path.name + _BUILT) :]
        for end in LOG_ENDS:
            with suppress(FileNotFoundError):
                path.with_name(path.name + end).rename(path.with_name(f"{path.name}{_DAMAGED}{stamp}{end}"))
        names[-1].rename(path)
        _sync(path.parent)
    return True


def _step_aside(path: Path, stamp: str) -> None:
    path.rename(path.with_name(f"{path.name}{_DAMAGED}{stamp}"))


def put_aside(path: Path) -> list[Path]:
    """The files of damaged stores that repairs have kept, the newest last."""
    return _names(path, _DAMAGED)


def leftovers(path: Path) -> list[Path]:
    """New stores that were never put in place, since the old one was never put aside."""
    return _names(path, _BUILT) if path.exists() else []


def _names(path: Path, middle: str) -> list[Path]:
    return sorted(one for one in path.parent.glob(f"{path.name}{middle}*") if one.is_file())


def _sync(folder: Path) -> None:
    """Make renames durable; Windows knows no such call for folders."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


if sys.platform == "win32":

    @contextmanager
    def alone(path: Path) -> Iterator[None]:
        """Nothing to be done: Windows renames no file that somebody has open."""
        yield

    @contextmanager
    def _one_at_a_time(folder: Path) -> Iterator[None]:
        """The same."""
        yield

else:
    import fcntl

    @contextmanager
    def alone(path: Path) -> Iterator[None]:
        """Keep the store from being opened by another process. Raises Busy where one has it open.

        This process must not have it open either: its own locks would go with ours
        (https://sqlite.org/howtocorrupt.html 2.2).
        """
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCKED, _LOCKED_FROM)
            except (BlockingIOError, PermissionError) as cause:
                raise Busy(
                    _ELSEWHERE.format(path=path), "Close every outlook-tui, then repair it again."
                ) from cause
            yield
        finally:
            os.close(file)

    @contextmanager
    def _one_at_a_time(folder: Path) -> Iterator[None]:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

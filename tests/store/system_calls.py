"""What SQLite asks of the system: counted, made to fail, or made the last thing that the process does.

SQLite's VFS for Unix lets each of its system calls be replaced (xSetSystemCall in
https://sqlite.org/c3ref/vfs.html; its own tests do the same), and its table of file methods be copied. So no
root, no compiler and no special disk is needed. fsync is no such call: its method is replaced instead.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_INT, _SIZE, _OFFSET, _ADDRESS, _TEXT = (
    ctypes.c_int, ctypes.c_ssize_t, ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p,
)  # fmt: skip
_SHAPES: dict[str, tuple[Any, ...]] = {
    "open": (_INT, _TEXT, _INT, _INT),
    "write": (_SIZE, _INT, _ADDRESS, ctypes.c_size_t),
    "pwrite": (_SIZE, _INT, _ADDRESS, ctypes.c_size_t, _OFFSET),
    "pwrite64": (_SIZE, _INT, _ADDRESS, ctypes.c_size_t, _OFFSET),
    "ftruncate": (_INT, _INT, _OFFSET),
    "unlink": (_INT, _TEXT),
}
_OPEN = ctypes.CFUNCTYPE(_INT, _ADDRESS, _ADDRESS, _ADDRESS, _INT, _ADDRESS)
_SYNC = ctypes.CFUNCTYPE(_INT, _ADDRESS, _INT)
_SET = ctypes.CFUNCTYPE(_INT, _ADDRESS, _TEXT, _ADDRESS)
_GET = ctypes.CFUNCTYPE(_ADDRESS, _ADDRESS, _TEXT)
# In words from the start of struct sqlite3_vfs, and of struct sqlite3_io_methods (version 3).
_AT_OPEN, _AT_SET, _AT_GET, _AT_SYNC, _METHODS = 5, 18, 19, 5, 19
_IOERR_FSYNC = 1034


@dataclass(slots=True)
class Disk:
    """Every call that changes the disk, in order. `fails(n)` is asked before the n-th (from 1): 0, or the
    errno with which it is to fail. With `dies` the n-th is begun and never ended."""

    fails: Callable[[int], int] = lambda number: 0
    dies: int = 0
    made: int = 0
    synced: Callable[[str], None] = lambda path: None
    _kept: list[Any] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _tables: dict[int, Any] = field(default_factory=dict)

    def reset(self, fails: Callable[[int], int] = lambda number: 0, dies: int = 0) -> None:
        """Count from the beginning again."""
        self.fails, self.dies, self.made = fails, dies, 0

    def asked(self) -> int:
        """One more call; the errno with which it fails, 0 when it shall be made."""
        self.made += 1
        return self.fails(self.made)

    def dying(self) -> bool:
        """Whether the call asked for last is the one in which the process ends."""
        return self.made == self.dies


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _call(disk: Disk, name: str, shape: tuple[Any, ...], real: Any) -> Any:
    """What is called in place of the system's `name`."""

    def called(*words: Any) -> int:
        if name == "open" and not words[1] & os.O_CREAT:
            return _through(real, words)
        if failure := disk.asked():
            ctypes.set_errno(failure)
            return -1
        if disk.dying():
            if name in ("write", "pwrite", "pwrite64"):  # half of it reaches the disk
                real(words[0], words[1], words[2] // 2, *words[3:])
            _die()
        return _through(real, words)

    return ctypes.CFUNCTYPE(*shape, use_errno=True)(called)


def _through(real: Any, words: tuple[Any, ...]) -> int:
    found: int = real(*words)
    return found


def _sync(disk: Disk, real: Any) -> Any:
    def called(file: int, flags: int) -> int:
        if disk.asked():
            return _IOERR_FSYNC
        if disk.dying():
            _die()
        found: int = real(file, flags)
        disk.synced(disk._names.get(file, ""))
        return found

    return _SYNC(called)


def _opener(disk: Disk, real: Any) -> Any:
    """What is called in place of the VFS's xOpen: gives each file a table of methods with our sync.

    The name is passed on as an address: SQLite goes on using the memory behind it.
    """

    def called(vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        found: int = real(vfs, name, file, flags, out)
        place = ctypes.cast(file, ctypes.POINTER(_ADDRESS))
        if found == 0 and place[0]:
            methods = place[0]
            if methods not in disk._tables:
                table = (_ADDRESS * _METHODS)(*ctypes.cast(methods, ctypes.POINTER(_ADDRESS * _METHODS))[0])
                sync = _sync(disk, _SYNC(table[_AT_SYNC] or 0))
                table[_AT_SYNC] = ctypes.cast(sync, _ADDRESS)
                disk._kept.append(sync)
                disk._tables[methods] = table
            place[0] = ctypes.addressof(disk._tables[methods])
            disk._names[file] = os.fsdecode(ctypes.string_at(name)) if name else ""
        return found

    return _OPEN(called)


@contextmanager
def watched() -> Iterator[Disk]:
    """SQLite's way to the disk of this process, laid through a Disk. Connections are opened and closed
    within."""
    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    library.sqlite3_vfs_find.restype = _ADDRESS
    vfs: int = library.sqlite3_vfs_find(None)
    words = ctypes.cast(vfs, ctypes.POINTER(_ADDRESS * 20))[0]
    setting, getting = _SET(words[_AT_SET]), _GET(words[_AT_GET])
    disk = Disk()
    before: dict[bytes, int] = {}
    opener = words[_AT_OPEN] or 0
    replaced = _opener(disk, _OPEN(opener))
    try:
        words[_AT_OPEN] = ctypes.cast(replaced, _ADDRESS)
        for name, shape in _SHAPES.items():
            if address := getting(vfs, name.encode()):
                before[name.encode()] = address
                call = _call(disk, name, shape, ctypes.CFUNCTYPE(*shape, use_errno=True)(address))
                disk._kept.append(call)
                assert setting(vfs, name.encode(), ctypes.cast(call, _ADDRESS)) == 0
        yield disk
    finally:
        words[_AT_OPEN] = opener
        for called, address in before.items():
            setting(vfs, called, address)
    disk._kept.append(replaced)


def for_ever(number: int, failure: int) -> Callable[[int], int]:
    """From that call on nothing can be written."""
    return lambda asked: failure if asked >= number else 0


def once(number: int, failure: int) -> Callable[[int], int]:
    """That call fails, those after it do not."""
    return lambda asked: failure if asked == number else 0


FULL, BROKEN, READ_ONLY = errno.ENOSPC, errno.EIO, errno.EROFS


def snapshot(folder: Path) -> dict[str, bytes]:
    """What is in the files of a folder, by path; not the shared memory, which outlives no crash."""
    return {str(path): path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}

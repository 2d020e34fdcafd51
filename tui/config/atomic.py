"""Writing a small file so that it is at every moment either the old one or the new one, and private."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from tui.model.error import CannotCreate


def write(path: Path, text: str) -> None:
    """Replace the file by `text` (UTF-8, mode 0600): written beside it, forced to disk, renamed.

    A symbolic link stays one; its target is replaced. Raises CannotCreate: then it is the old file still, or
    the new one, which a loss of power may yet take back.
    """
    target = path.resolve()
    try:
        # mkstemp gives 0600 whatever the umask.
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        _sync_folder(target.parent)
    except OSError as cause:
        raise CannotCreate(
            f"{target} cannot be written: {cause.strerror or cause}.",
            "Check free space and the rights of the file and its folder.",
        ) from cause


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; Windows knows no such call for folders."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

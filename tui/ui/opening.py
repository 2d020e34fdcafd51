"""Handing a link or a saved file to the desktop; only after the person said so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import PurePath

_HARMLESS = frozenset(
    {
        "pdf", "txt", "csv", "md", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic",
        "mp3", "m4a", "ogg", "flac", "wav", "mp4", "mov", "webm", "mkv", "docx", "xlsx", "pptx", "odt", "ods",
        "odp", "rtf", "ics", "vcf",
    }
)  # fmt: skip
"""File name endings whose usual programs show but do not run what is in them. All else is only saved."""

_SCHEMES = ("https://", "http://", "file://")


def may_open(filename: str) -> bool:
    """Whether a file of that name may be opened from here: decided by its true last ending alone."""
    return PurePath(filename.strip()).suffix.lower().removeprefix(".") in _HARMLESS


def opener() -> list[str]:
    """The command that opens an address with the desktop's own program; empty where there is no desktop."""
    if sys.platform == "darwin":
        return ["open"]
    desktop = (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("WSL_DISTRO_NAME")
    )
    for command in ("wslview", "xdg-open") if desktop else ():
        if found := shutil.which(command):
            return [found]
    return []


def open_outside(address: str) -> bool:
    """Open a web or file address with the desktop's own program. False where that is not possible.

    No shell is involved, and what the program prints never reaches our screen.
    """
    command = opener()
    if not command or not address.lower().startswith(_SCHEMES):
        return False
    try:
        subprocess.Popen(
            [*command, address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True

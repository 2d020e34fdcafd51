"""Handing a web page or a saved file to the desktop, and which way of signing in suits this computer.

What is opened from here must never draw on this terminal, and must never be started on a computer that nobody
sits at: over SSH without a display that goes out on the person's own screen, a code or a pasted address is
the way to sign in, and a link is copied.
"""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

from tui.model.issuer import Issuer
from tui.model.sign_in import Way

log = logging.getLogger(__name__)

_SSH = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY")
_IN_TERMINAL = frozenset(
    {
        "www-browser", "lynx", "links", "links2", "elinks", "felinks", "w3m", "browsh", "carbonyl", "chawan",
        "cha", "netsurf-fb", "retawq", "edbrowse", "vim", "nvim", "emacs",
    }
)  # fmt: skip
_GRAPHICAL = (
    "x-www-browser", "firefox", "chromium", "chromium-browser", "google-chrome", "epiphany", "konqueror",
)  # fmt: skip
_STARTS = 1.5
"""Seconds in which a command that cannot open a page says so by its exit status."""
_HARMLESS = frozenset(
    {
        "pdf", "txt", "csv", "md", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic",
        "mp3", "m4a", "ogg", "flac", "wav", "mp4", "mov", "webm", "mkv", "docx", "xlsx", "pptx", "odt", "ods",
        "odp", "rtf", "ics", "vcf",
    }
)  # fmt: skip
"""File name endings whose usual programs show but do not run what is in them. All else is only saved."""


def way_here(issuer: Issuer, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Way:
    """The way of signing in that suits this computer: its browser, else a code, else a pasted address.

    The browser comes first also because many organisations forbid codes.
    """
    if next(commands(environ, platform), None):
        return Way.BROWSER
    return Way.DEVICE if issuer.device_code else Way.PASTE


def open_url(url: str, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Open a web address in a graphical browser of this computer; False where none could be started.

    No shell is involved. The browser gets no terminal of ours: neither to write on nor to ask at. It may take
    seconds.
    """
    if not url.lower().startswith(("https://", "http://")) or " " in url or not url.isprintable():
        return False
    return any(_started(command, url, environ) for command in commands(environ, platform))


def open_file(file: Path, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Open a file with the desktop's usual program for it, as `open_url` does; only one that `may_open`."""
    address = file.absolute().as_uri()
    found = _found(_openers(environ, platform), environ)
    return any(_started(command, address, environ) for command in found)


def may_open(filename: str) -> bool:
    """Whether a file of that name may be opened from here: decided by its true last ending alone."""
    return PurePath(filename.strip()).suffix.lower().removeprefix(".") in _HARMLESS


def commands(environ: Mapping[str, str], platform: str) -> Iterator[list[str]]:
    """The commands for a web address, best first; "%s" in them stands for the address, which else comes last.

    $BROWSER may name several, as `webbrowser` and xdg-open know it, but none that draws on a terminal.
    """
    if openers := _openers(environ, platform):
        own = environ.get("BROWSER", "").split(os.pathsep)
        yield from _found((*own, *openers, *(_GRAPHICAL if _display(environ) else ())), environ)


def _openers(environ: Mapping[str, str], platform: str) -> tuple[str, ...]:
    """What opens anything with its usual program, best first; () where nobody sits at a desktop of ours."""
    display = _display(environ)
    if any(environ.get(name) for name in _SSH) and not (display and platform == "linux"):
        return ()
    if platform.startswith("win"):
        return ("rundll32.exe url.dll,FileProtocolHandler",)
    if platform == "darwin":
        return ("open",)
    windows_below = bool(environ.get("WSL_DISTRO_NAME"))
    return (*(("wslview",) * windows_below), "xdg-open") if display or windows_below else ()


def _display(environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in _DISPLAY)


def _found(names: Iterable[str], environ: Mapping[str, str]) -> Iterator[list[str]]:
    return filter(None, (_command(name, environ.get("PATH")) for name in names))


def _command(text: str, path: str | None) -> list[str] | None:
    """The words of a command whose program is on `path` and draws on no terminal, else None."""
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    program = shutil.which(words[0], path=path) if words else None
    if program is None:
        return None
    names = {PurePath(one).name for one in (words[0], program, os.path.realpath(program))}
    return None if names & _IN_TERMINAL else [program, *words[1:]]


def _started(command: list[str], url: str, environ: Mapping[str, str]) -> bool:
    words = [word.replace("%s", url) for word in command]
    if words == command:
        words.append(url)
    graphical_only = {**environ, "BROWSER": os.pathsep.join(_GRAPHICAL)}  # xdg-open would fall back to lynx
    try:
        process = subprocess.Popen(
            words,
            env=graphical_only,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        log.info("%s cannot be started: %s", words[0], error)
        return False
    try:
        status = process.wait(_STARTS)
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, name="opened", daemon=True).start()
        return True
    log.info("%s ended with %d", words[0], status)
    return status == 0

"""Opening a browser for a sign-in, and which way of signing in suits this computer.

A browser opened from here must never be one that draws on this terminal, and must never be started on a
computer that nobody sits at: over SSH without a display that goes out on the person's own screen, a code or
a pasted address is the way.
"""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import PurePath

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


def way_here(issuer: Issuer, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Way:
    """The way of signing in that suits this computer: its browser, else a code, else a pasted address.

    The browser comes first also because many organisations forbid codes.
    """
    if next(commands(environ, platform), None):
        return Way.BROWSER
    return Way.DEVICE if issuer.device_code else Way.PASTE


def open_url(url: str, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Open a web address in a graphical browser of this computer; False where none could be started.

    No shell is involved. The browser gets no terminal of ours: neither to write on nor to ask at.
    """
    if not url.startswith(("https://", "http://")) or any(not "!" <= sign <= "~" for sign in url):
        return False
    return any(_started(command, url, environ) for command in commands(environ, platform))


def commands(environ: Mapping[str, str], platform: str) -> Iterator[list[str]]:
    """The commands to try, best first; "%s" in them stands for the address, which else comes last.

    $BROWSER may name several, as `webbrowser` and xdg-open know it, but none that draws on a terminal.
    """
    display = any(environ.get(name) for name in _DISPLAY)
    if any(environ.get(name) for name in _SSH) and not (display and platform == "linux"):
        return
    windows_below = bool(environ.get("WSL_DISTRO_NAME"))
    if platform.startswith("win"):
        yield ["rundll32.exe", "url.dll,FileProtocolHandler"]
    elif platform == "darwin" or display or windows_below:
        names = environ.get("BROWSER", "").split(os.pathsep)
        path = environ.get("PATH")
        usual = ("open",) if platform == "darwin" else (*(("wslview",) * windows_below), "xdg-open")
        for name in (*names, *usual, *(_GRAPHICAL if display else ())):
            if command := _command(name, path):
                yield command


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
        threading.Thread(target=process.wait, name="browser", daemon=True).start()
        return True
    log.info("%s ended with %d", words[0], status)
    return status == 0

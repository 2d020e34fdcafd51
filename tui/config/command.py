"""A secret from a command of the person's own: a password manager or a token broker."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import threading

from tui.model.error import SignInNeeded
from tui.model.secret import Secret

_LONGEST = 65_536


def from_command(command: str, limit: float = 30.0) -> Secret:
    """Run `command` (split as a shell does, without a shell) and take the first line it prints as the secret.

    It gets no terminal and `limit` seconds. Raises SignInNeeded, which never names the command's words or
    output: either may hold a secret.
    """
    try:
        argv = shlex.split(command)
    except ValueError:
        argv = []
    if not argv:
        raise _failed("cannot be split into words", "Check its quotes.")
    line = _first_line(argv, limit)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise _failed("printed something that is not UTF-8 text") from None
    if not text:
        raise _failed("printed nothing")
    return Secret(text)


def _first_line(argv: list[str], limit: float) -> bytes:
    try:
        # A session of its own: no terminal to ask on, and its children can be ended with it.
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as cause:
        reason = getattr(cause, "strerror", None) or "its words cannot be used"
        raise _failed(f"could not be started: {reason}", "Check its spelling and where it is.") from None
    late = threading.Event()
    timer = threading.Timer(limit, _end, (process, late))
    timer.daemon = True
    timer.start()
    try:
        assert process.stdout is not None
        with process.stdout as output:
            line = output.readline(_LONGEST + 1)
            # Read on to the end, so that a command that prints more does not die of a closed pipe.
            while output.read(_LONGEST):
                pass
        status = process.wait()
    finally:
        timer.cancel()
    if late.is_set():
        raise _failed(f"was not done after {limit:.0f} seconds")
    if status != 0:
        raise _failed(f"ended with status {status}")
    if len(line) > _LONGEST:
        raise _failed("printed a line that is too long for a secret")
    return line.rstrip(b"\r\n")


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _failed(what: str, hint: str = "") -> SignInNeeded:
    return SignInNeeded(
        f"The password or token command {what}.",
        f"{hint} Run it in a terminal: its first line must be the secret.".strip(),
    )

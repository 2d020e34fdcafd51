"""A process that sends what is due, to be killed by the tests: `sending.py HOME [MOMENT]`.

At that MOMENT of its work, counted from 1, it kills itself: before or after one of its commits to the outbox
or one of its words to the server.
"""

from __future__ import annotations

import functools
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.config.settings import load
from tui.model.command import SendNow
from tui.model.secret import Secret
from tui.net.smtp import SmtpConnection
from tui.store.writer import Writer
from tui.sync.engine import Engine

ACTS: tuple[tuple[type, str], ...] = (
    (Writer, "outbox_state"),
    (Writer, "outbox_recipients"),
    (Writer, "sent"),
    (SmtpConnection, "connect"),
    (SmtpConnection, "begin"),
    (SmtpConnection, "body"),
    (SmtpConnection, "dot"),
)


def mortal(act: Callable[..., Any], moments: Iterator[int], last: int) -> Callable[..., Any]:
    """The same act, with the end of the process before or after it when that moment has come."""

    @functools.wraps(act)
    def acting(*given: Any, **named: Any) -> Any:
        _perhaps_die(moments, last)
        done = act(*given, **named)
        _perhaps_die(moments, last)
        return done

    return acting


def _perhaps_die(moments: Iterator[int], last: int) -> None:
    if next(moments) == last:
        os.kill(os.getpid(), signal.SIGKILL)


def main(home: str, moment: str = "0") -> int:
    """Send once."""
    moments = itertools.count(1)
    for kind, name in ACTS if int(moment) else ():
        setattr(kind, name, mortal(getattr(kind, name), moments, int(moment)))
    paths = find(home)
    settings, secrets = load(paths.config_file), Secrets()
    for account in settings.accounts:
        secrets.remember(account.address, "incoming", Secret("word"))
    with Engine(paths, settings, secrets) as engine:
        engine.start()
        print("started", flush=True)
        engine.post(SendNow()).result()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

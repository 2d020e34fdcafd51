"""A process that fetches and sends from servers that never end: `bombed.py HOME SECONDS`.

Prints one line of JSON: whether the work ended by itself within so many seconds; how long it then took to
stop, and to quit; the most memory the process ever had, in MB; in what phase the account is; and for how long
at most the main thread, which would have a screen to draw, was kept waiting.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.config.settings import load
from tui.model.command import Fetch, SendNow, Stop
from tui.model.secret import Secret
from tui.sync.engine import Engine

TICK = 0.005


def waited(futures: list[Future[Any]], seconds: float) -> tuple[bool, float]:
    """Whether these ended within so many seconds, and how much longer than asked for this thread slept."""
    ends, lag = time.monotonic() + seconds, 0.0
    while (now := time.monotonic()) < ends:
        if all(one.done() for one in futures):
            return True, lag
        time.sleep(TICK)
        lag = max(lag, time.monotonic() - now - TICK)
    return False, lag


def most_memory() -> float:
    """The most memory that this process ever had, in MB; getrusage counts that of its parent, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peak) / 1024


def main(home: str, seconds: str) -> int:
    """Fetch and send, and stop."""
    paths = find(home)
    settings, secrets = load(paths.config_file), Secrets()
    (account,) = settings.accounts
    secrets.remember(account.address, "incoming", Secret("word"))
    engine = Engine(paths, settings, secrets)
    engine.start()
    fetching, sending = engine.post(Fetch()), engine.post(SendNow())
    ended, lag = waited([fetching, sending], float(seconds))
    began = time.monotonic()
    engine.post(Stop())
    wait([fetching], 10.0)
    stopped = time.monotonic()
    phase = engine.status(account.address).phase
    closed = engine.close(5.0)
    told = {
        "ended": ended,
        "stop": stopped - began,
        "close": time.monotonic() - stopped if closed else None,
        "megabytes": most_memory(),
        "phase": phase,
        "lag": lag,
    }
    print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""A process that fetches and sends from servers that never end: `bombed.py HOME SECONDS`.

Prints one line of JSON: whether the work ended by itself within so many seconds; how long it then took to
stop, and to quit; the most memory the process ever had, in MB; and in what phase the account is.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from concurrent.futures import wait

from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.config.settings import load
from tui.model.command import Fetch, SendNow, Stop
from tui.model.secret import Secret
from tui.sync.engine import Engine


def main(home: str, seconds: str) -> int:
    """Fetch and send, and stop."""
    paths = find(home)
    settings, secrets = load(paths.config_file), Secrets()
    (account,) = settings.accounts
    secrets.remember(account.address, "incoming", Secret("word"))
    engine = Engine(paths, settings, secrets)
    engine.start()
    fetching, sending = engine.post(Fetch()), engine.post(SendNow())
    ended = not wait([fetching, sending], float(seconds)).not_done
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
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "phase": phase,
    }
    print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

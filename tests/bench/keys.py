"""What a key costs in a list of many messages, beside neomutt on the same mail.

    .venv/bin/python -m tests.bench.keys /tmp/outlook-tui-bench [--count 100000] [--presses 40]

In a pseudo-terminal of 120 × 36 each key is pressed alone, with what follows it (ours then shows the message
in the reading pane), and held down, repeating 30 times a second. Printed are milliseconds of CPU a press, of
the thread that draws.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.bench.process import PROGRAM
from tests.bench.start import neomutt, newest_subject
from tests.bench.stored import home, maildir
from tests.bench.terminal import Terminal

QUIET = 0.2
REPEAT = 1 / 30
KEYS = {"Down": "\x1b[B", "PgDn": "\x1b[6~", "PgUp": "\x1b[5~", "End": "\x1b[F", "Home": "\x1b[H"}
OF_NEOMUTT = KEYS | {"End": "*", "Home": "="}
HELD = ("Down", "PgDn")


def measure(command: Sequence[str], ready: str, keys: Mapping[str, str], presses: int) -> list[str]:
    """A line of figures for every key."""
    with Terminal(command) as terminal:
        terminal.wait_for(ready)
        terminal.settle(3.0)
        return [figures(terminal, name, keys, presses) for name in keys]


def figures(terminal: Terminal, name: str, keys: Mapping[str, str], presses: int) -> str:
    """Press one key often; what it cost, in words."""
    back = {"End": keys["Home"], "Home": keys["End"]}.get(
        name, ""
    )  # so that it has something to do each time
    cost(terminal, keys[name], 1.0)
    alone = []
    for _ in range(presses):
        if back:
            cost(terminal, back, QUIET)
        alone.append(cost(terminal, keys[name], QUIET))
    line = f"{name:<5} alone: median {median(alone):5.1f}, most {max(alone):5.1f}"
    if name in HELD:
        held = sum(cost(terminal, keys[name], REPEAT) for _ in range(presses)) / presses
        line += f"   held: {held:5.1f}"
    return line


def cost(terminal: Terminal, typed: str, seconds: float) -> float:
    """Milliseconds of CPU in the time after a press."""
    before = terminal.cpu_drawing()
    terminal.press(typed)
    terminal.settle(seconds)
    return (terminal.cpu_drawing() - before) * 1000


def main() -> None:
    """Measure both programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--presses", type=int, default=40)
    given = parser.parse_args()
    paths = home(given.directory, given.count)
    ours = [PROGRAM, "--home", str(paths.data.parent), "--offline"]
    print(f"{given.count} messages, {given.presses} presses; ms of CPU")
    for line in measure(ours, newest_subject(paths), KEYS, given.presses):
        print("outlook-tui ", line)
    if shutil.which("neomutt"):
        command = neomutt(given.directory, maildir(given.directory, given.count))
        for line in measure(command, f"Msgs:{given.count}", OF_NEOMUTT, given.presses):
            print("neomutt     ", line)


if __name__ == "__main__":
    main()

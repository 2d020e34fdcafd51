"""Quick commands of the shell with a large store, whole processes, beside `neomutt -v`.

.venv/bin/python -m tests.bench.commands /tmp/outlook-tui-bench [--count 100000] [--runs 11]
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from tests.bench.process import PROGRAM, middle, run
from tests.bench.stored import home

ASKED = (["--version"], ["list"], ["list", "--json"], ["folders"], ["search", "invoice"])


def main() -> None:
    """Run each often and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=11)
    given = parser.parse_args()
    root = str(home(given.directory, given.count).data.parent)
    commands = {
        " ".join(words): [PROGRAM, *words, *(["--home", root] * (words != ["--version"]))] for words in ASKED
    }
    if shutil.which("neomutt"):
        commands["neomutt -v"] = ["neomutt", "-v"]
    for name, command in commands.items():
        cost = middle([run(command) for _ in range(given.runs)])
        print(f"{name:<16} wall {cost.wall * 1000:5.0f} ms   CPU {cost.cpu * 1000:5.0f} ms")


if __name__ == "__main__":
    main()

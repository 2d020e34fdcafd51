"""From the command to the first message on the screen, with a large store, beside neomutt on the same mail.

    .venv/bin/python -m tests.bench.start /tmp/outlook-tui-bench [--count 100000] [--runs 7]

Both run in a pseudo-terminal of 120 × 36, in turn, after one run that warms the caches; neomutt reads a
Maildir through its header cache. The memory is the most each has had two seconds later.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.process import PROGRAM
from tests.bench.stored import home, maildir
from tests.bench.terminal import Terminal
from tui.config.paths import Paths
from tui.model.folder import Role
from tui.store.reader import Reader

SETTLED = 2.0


@dataclass
class Figures:
    """Of each run: seconds on the clock and of CPU until the text stood there, and MB afterwards."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def line(self, name: str) -> str:
        """The medians in words."""
        wall, cpu, memory = (statistics.median(one) for one in (self.wall, self.cpu, self.memory))
        return (
            f"{name:<12} wall {wall * 1000:6.0f} ms ({min(self.wall) * 1000:.0f}-{max(self.wall) * 1000:.0f})"
            f"   CPU {cpu * 1000:6.0f} ms   memory {memory:5.0f} MB"
        )


def measure(figures: Figures, command: Sequence[str], text: str, environment: Mapping[str, str]) -> None:
    """One run of `command` until `text` is on its screen."""
    with Terminal(command, environment) as terminal:
        figures.wall.append(terminal.wait_for(text))
        figures.cpu.append(terminal.cpu())
        terminal.settle(SETTLED)
        figures.memory.append(terminal.memory())


def newest_subject(paths: Paths) -> str:
    """The beginning of the subject of the first row."""
    with Reader(paths.database) as reader:
        (inbox,) = (folder for folder in reader.folders() if folder.role is Role.INBOX)
        (row,) = reader.rows(list(reader.ids(inbox.id, limit=1)))
    return row.envelope.subject[:18].rstrip()


def neomutt(directory: Path, mail: Path) -> list[str]:
    """neomutt on a Maildir, newest first, with a header cache."""
    settings = directory / "neomuttrc"
    cache = directory / "header-cache"
    cache.mkdir(exist_ok=True)
    settings.write_text(
        f"set mbox_type=Maildir folder={directory} spoolfile={mail} header_cache={cache}\n"
        "set sort=reverse-date-received sleep_time=0 mail_check=0 status_on_top=no\n"
    )
    return ["neomutt", "-n", "-F", str(settings), "-f", str(mail)]


def main() -> None:
    """Measure both in turn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    paths = home(given.directory, given.count)
    ours = [PROGRAM, "--home", str(paths.data.parent)]
    commands = {"outlook-tui": (ours, newest_subject(paths))}
    if shutil.which("neomutt"):
        mail = maildir(given.directory, given.count)
        commands["neomutt"] = (neomutt(given.directory, mail), f"Msgs:{given.count}")
    figures = {name: Figures() for name in commands}
    for number in range(given.runs + 1):
        for name, (command, text) in commands.items():
            measure(figures[name] if number else Figures(), command, text, {})
    print(f"{given.count} messages, {given.runs} runs")
    for name, found in figures.items():
        print(found.line(name))


if __name__ == "__main__":
    main()

"""How long Down waits for its row: at rest, and while another account is downloaded at full speed.

    .venv/bin/python -m tests.bench.latency /tmp/outlook-tui-bench [--count 100000] [--presses 60] [--runs 2]

Printed are milliseconds on the clock from the press until the row is written, and of CPU of the thread that
draws. The list is another account's, so that only the download makes the difference. The server of the test
runs on the same computer and takes its share of both cores.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from statistics import median

from tests.bench import stored
from tests.bench.download import fill
from tests.bench.process import PROGRAM
from tests.bench.terminal import Terminal
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.mailbox import OWN
from tui.config.paths import Paths, find
from tui.config.settings import save_account
from tui.model.account import Account, Login, Protocol, SecretSource
from tui.model.folder import Role
from tui.store.reader import Reader

LISTED = 20_000
DOWN = "\x1b[B"
SETTLES = 4.0
BETWEEN = 0.12
LONGEST = 3.0


def home(directory: Path, server: Dovecot | None) -> Paths:
    """A new home with a mailbox in the list, and an account on the server, of which nothing is here yet."""
    made = directory / "latency"
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(stored.home(directory, LISTED).data.parent, made)
    paths = find(str(made))
    if server:
        login = Login("bench", source=SecretSource.COMMAND, command=f"echo {PASSWORD}")
        account = Account(
            address="bench@localhost.example",
            incoming=Protocol.IMAP,
            imap=server.server("imaps"),
            login=login,
            ca_file=server.ca_file,
        )
        save_account(paths.config_file, account)
    return paths


def subjects(paths: Paths, number: int) -> list[str]:
    """How the subjects of the newest rows begin."""
    with Reader(paths.database) as reader:
        inbox = reader.folder_role(OWN, Role.INBOX)
        assert inbox is not None
        rows = reader.rows(list(reader.ids(inbox.id, limit=number)))
    return [row.envelope.subject[:16].rstrip() for row in rows]


def measure(paths: Paths, presses: int, *words: str) -> str:
    """Press Down so often; what it took, in words."""
    rows = subjects(paths, presses + 1)
    waited, drawing = [], []
    with Terminal([PROGRAM, "--home", str(paths.data.parent), *words]) as terminal:
        terminal.wait_for(rows[0])
        terminal.settle(SETTLES)
        for row in rows[1:]:
            before = terminal.cpu_drawing()
            terminal.press(DOWN)
            try:
                waited.append(terminal.wait_for(row, LONGEST) * 1000)
            except TimeoutError:  # drawn otherwise, as a subject that is too wide
                continue
            terminal.settle(BETWEEN)
            drawing.append((terminal.cpu_drawing() - before) * 1000)
        memory = terminal.memory()
    most = sorted(waited)[int(len(waited) * 0.9)]
    times = f"median {median(waited):5.1f}  of ten the slowest {most:5.1f}"
    return f"{times}  CPU {median(drawing):5.1f}  {memory:4.0f} MB"


def fetched(paths: Paths) -> int:
    """How many messages had come meanwhile."""
    with Reader(paths.database) as reader:
        return sum(folder.total for folder in reader.folders("bench@localhost.example"))


def main() -> None:
    """Measure in turn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--presses", type=int, default=60)
    parser.add_argument("--runs", type=int, default=2)
    given = parser.parse_args()
    server = Dovecot()
    try:
        server.start()
        fill(server, given.count, "small")
        for _ in range(given.runs):
            print(f"at rest      {measure(home(given.directory, None), given.presses, '--offline')}")
            paths = home(given.directory, server)
            line = measure(paths, given.presses)
            print(f"downloading  {line}  {fetched(paths)} messages  load {os.getloadavg()[0]:.1f}")
    finally:
        server.remove()


if __name__ == "__main__":
    main()

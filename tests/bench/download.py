"""A whole mailbox into the store, beside mbsync and mpop on the same loopback Dovecot (TLS).

    .venv/bin/python -m tests.bench.download imap --kind real --count 10000 [--runs 3]

Whole processes are measured: `outlook-tui sync` into a new home, the peers into an empty Maildir, in turn,
after one run of each peer that warms the server's caches. Then the same once more with nothing new. The
search index follows the download; what it costs is measured by a first search, which waits for it.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.bench import bench_net
from tests.bench.process import PROGRAM, Cost, middle, run
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.mailbox import Kind, messages
from tui.config.paths import find
from tui.config.settings import save_account
from tui.model.account import Account, Login, Protocol, SecretSource
from tui.model.message import Flag

LETTERS = {Flag.FLAGGED: "F", Flag.ANSWERED: "R", Flag.SEEN: "S"}


def fill(server: Dovecot, count: int, kind: Kind) -> int:
    """Deliver the messages; answers their octets."""
    octets = 0
    for sample in messages(count, kind):
        flags = "".join(letter for flag, letter in LETTERS.items() if flag in sample.flags)
        server.deliver(bench_net.USER, sample.raw, flags=flags, received=sample.received)
        octets += len(sample.raw)
    return octets


def sync(server: Dovecot, home: Path, protocol: Protocol) -> list[str]:
    """The command of `outlook-tui sync` with an account on the server."""
    account = Account(
        address=f"{bench_net.USER}@localhost.example",
        incoming=protocol,
        imap=server.server("imaps"),
        pop3=server.server("pop3s"),
        login=Login(bench_net.USER, source=SecretSource.COMMAND, command=f"echo {PASSWORD}"),
        ca_file=server.ca_file,
    )
    save_account(find(str(home)).config_file, account)
    return [PROGRAM, "--home", str(home), "sync"]


def both_times(command: list[str]) -> tuple[Cost, Cost]:
    """Everything, then nothing new."""
    return run(command), run(command)


def measure(server: Dovecot, folder: Path, protocol: Protocol, runs: int) -> None:
    """Run ours and the peer in turn, and print the medians."""
    peer = bench_net.mbsync if protocol is Protocol.IMAP else bench_net.mpop
    name = peer.__name__
    found: dict[str, list[tuple[Cost, Cost]]] = {"outlook-tui": []}
    indexing: list[Cost] = []
    if shutil.which(name):
        found[name] = []
        run(peer(server, folder))
    for number in range(runs):
        if name in found:
            found[name].append(both_times(peer(server, folder)))
        home = folder / f"home-{number}"
        found["outlook-tui"].append(both_times(sync(server, home, protocol)))
        indexing.append(run([PROGRAM, "--home", str(home), "search", "nowhere"]))
        shutil.rmtree(home)
    for program, costs in found.items():
        print(f"{program:<12} everything   {middle([first for first, _ in costs])}")
        print(f"{program:<12} nothing new  {middle([again for _, again in costs])}")
    print(f"outlook-tui  index        {middle(indexing)}")


def main() -> None:
    """Fill a server and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("protocol", choices=("imap", "pop3"))
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--kind", choices=("small", "real"), default="real")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="outlook-tui-bench-"))
    server = Dovecot()
    try:
        server.start()
        octets = fill(server, given.count, given.kind)
        print(
            f"{given.protocol}: {given.count} {given.kind} messages, {octets / 1e6:.0f} MB, {given.runs} runs"
        )
        measure(server, folder, Protocol(given.protocol), given.runs)
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

"""Downloading beside mbsync and mpop, on the same loopback Dovecot over TLS in the same run.

    .venv/bin/python -m tests.bench.bench_net [--count 10000] [--mean 28000]

Ours is measured on the wire alone: headers and bodies of every message, not stored. Each program runs three
times after one run that warms the caches; the fastest counts.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.servers.dovecot import PASSWORD, Dovecot
from tui.model.account import Login
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.pop3 import Pop3Connection

USER = "bench"


def fill(server: Dovecot, count: int, mean: int) -> None:
    """Deliver `count` messages of about `mean` octets, sizes spread as in a real mailbox."""
    random.seed(11)
    line = "".join(random.choices("abcdefghijklmnopqrstuvwxyz      ", k=70)) + "\r\n"
    for n in range(count):
        lines = max(1, int(random.lognormvariate(0, 1) * mean / 1.65 / len(line)))
        head = (
            f"Received: from mx.example by mail.example; Mon, 23 Nov 2026 10:00:00 +0000\r\n"
            f"Message-ID: <{n}@bench.example>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
            f"From: Newsletter <news@contoso.example>\r\nTo: you@example.org\r\nSubject: number {n}\r\n\r\n"
        )
        server.deliver(USER, (head + line * lines).encode(), flags="S")


def imap(server: Dovecot) -> tuple[float, float]:
    """Seconds for the list (flags and headers) and for everything with bodies."""
    connection = ImapConnection(server.server("imaps"), server.ca_file)
    started = time.perf_counter()
    connection.connect()
    connection.sign_in(Login(USER), Secret(PASSWORD))
    connection.select("INBOX")
    uids = sorted(connection.uids_and_flags().flags, reverse=True)
    sizes = {each.uid: each.size for batch in connection.headers(uids) for each in batch}
    listed = time.perf_counter() - started
    octets = sum(len(raw) for _, raw in connection.bodies(uids, sizes))
    assert octets == sum(sizes.values())
    everything = time.perf_counter() - started
    connection.close()
    return listed, everything


def pop3(server: Dovecot) -> float:
    """Seconds for all messages by POP3."""
    connection = Pop3Connection(server.server("pop3s"), server.ca_file)
    started = time.perf_counter()
    connection.connect()
    connection.sign_in(Login(USER), Secret(PASSWORD))
    numbers = [number for number, _ in connection.uidl()]
    connection.sizes()
    assert sum(1 for _ in connection.retrieve_each(numbers)) == len(numbers)
    took = time.perf_counter() - started
    connection.quit()
    return took


def mbsync(server: Dovecot, folder: Path) -> list[str]:
    """The command of one complete mbsync into a Maildir that is empty now."""
    mail = folder / "mbsync"
    shutil.rmtree(mail, ignore_errors=True)
    mail.mkdir()
    config = folder / "mbsyncrc"
    config.write_text(
        f"FSync no\n\nIMAPAccount a\nHost localhost\nPort {server.imaps}\nUser {USER}\nPass {PASSWORD}\n"
        f"SSLType IMAPS\nSystemCertificates no\nCertificateFile {server.ca_file}\nPipelineDepth 50\n\n"
        f"IMAPStore far\nAccount a\n\nMaildirStore near\nPath {mail}/\nInbox {mail}/INBOX\n\n"
        "Channel c\nFar :far:\nNear :near:\nPattern INBOX\nCreate Near\nSync Pull\nSyncState *\n"
    )
    return ["mbsync", "-q", "-c", str(config), "c"]


def mpop(server: Dovecot, folder: Path) -> list[str]:
    """The command of one complete mpop into a Maildir that is empty now."""
    mail = folder / "mpop"
    shutil.rmtree(mail, ignore_errors=True)
    for part in ("cur", "new", "tmp"):
        (mail / part).mkdir(parents=True)
    config = folder / "mpoprc"
    config.write_text(
        f"account default\nhost localhost\nport {server.pop3s}\ntls on\ntls_starttls off\n"
        f"tls_trust_file {server.ca_file}\nuser {USER}\npasswordeval echo {PASSWORD}\nkeep on\n"
        f"delivery maildir {mail}\nuidls_file {folder}/uidls\n"
    )
    config.chmod(0o600)
    (folder / "uidls").unlink(missing_ok=True)
    return ["mpop", "-Q", "-C", str(config)]


def timed(command: list[str]) -> float:
    """Seconds that a command takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def best(act: Callable[[], float], runs: int) -> float:
    """The fastest of some runs."""
    return min(act() for _ in range(runs))


def main() -> None:
    """Fill a server and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--mean", type=int, default=28_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="outlook-tui-bench-"))
    server = Dovecot()
    try:
        server.start()
        fill(server, options.count, options.mean)
        imap(server)
        cpu = time.process_time()
        listed, everything = min((imap(server) for _ in range(options.runs)), key=lambda pair: pair[1])
        cpu = (time.process_time() - cpu) / options.runs
        print(f"{options.count} messages, mean {options.mean} octets")
        print(f"imap list  {listed:6.2f} s")
        print(f"imap all   {everything:6.2f} s  ({cpu:.2f} s CPU)")
        if shutil.which("mbsync"):
            print(f"mbsync     {best(lambda: timed(mbsync(server, folder)), options.runs):6.2f} s")
        print(f"pop3 all   {best(lambda: pop3(server), options.runs):6.2f} s")
        if shutil.which("mpop"):
            print(f"mpop       {best(lambda: timed(mpop(server, folder)), options.runs):6.2f} s")
        print(f"peak RSS   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

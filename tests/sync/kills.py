"""`kill -9` at random moments of fetches and sends; every message is counted after each."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.rig import account_on, settings_of
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.servers.smtp_sink import SmtpSink
from tests.sync.cuts import IMAP_FOLDERS, change_here, change_there, checked, engine_for
from tests.sync.ledger import Figures, Ledger, bodies_in
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.model.account import Account, Keep, Login, Protocol, SecretSource
from tui.model.command import QueueMessage, RetrySend, SendNow
from tui.model.draft import SendState
from tui.store.database import Database
from tui.store.reader import Reader

LONGEST = 0.5
LONGEST_SEND = 0.15
BODY = "All work and no play makes a dull mail.\n" * 500


def killed(module: str, words: list[str], chance: random.Random, longest: float = LONGEST) -> bool:
    """Run a process of the tests and kill it somewhere; True when it got to its end."""
    command = [sys.executable, "-m", f"tests.sync.{module}", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert process.stdout.readline() == b"started\n"
        time.sleep(chance.random() * longest)
        process.kill()
        return process.wait() == 0


def _prepared(home: Path, account: Account) -> None:
    paths = find(str(home))
    Database.open(paths.database)
    settings_of(paths, account)


def pop3(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> Figures:
    """`count` fetches with deletion, each killed somewhere."""
    ledger = Ledger(dovecot, f"kill-pop-{chance.getrandbits(32)}")
    account = account_on(dovecot, ledger.user, incoming=Protocol.POP3, keep=Keep("delete"))
    _prepared(home, account)
    for turn in range(count):
        for _ in range(chance.randint(1, 12) if turn % 3 == 0 else 0):
            ledger.deliver(letter(len(ledger.sent), body=BODY))
        killed("fetching", [str(home), PASSWORD], chance)
        here = bodies_in(home)
        assert max(here.values(), default=1) == 1, f"turn {turn}: doubled"
        ledger.check_lost(here, f"turn {turn}")
    with engine_for(home, account) as rig:
        return ledger.check_pop3_end(rig)


def imap(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> Figures:
    """`count` fetches with changes on both sides, each killed somewhere; afterwards both are the same."""
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=dovecot.as_offered)
        return _imap(dovecot, home, count, chance, proxy)


def _imap(dovecot: Dovecot, home: Path, count: int, chance: random.Random, proxy: Proxy) -> Figures:
    ledger = Ledger(dovecot, f"kill-imap-{chance.getrandbits(32)}")
    account = account_on(dovecot, ledger.user, imap=proxy.server(), ca_file="")
    _prepared(home, account)
    for turn in range(count):
        for _ in range(chance.randint(1, 6) if turn % 3 == 0 else 0):
            ledger.deliver(letter(len(ledger.sent), body=BODY))
        if turn % 5 == 4:
            change_there(ledger, chance)
        with engine_for(home, account, offline=True) as rig:
            change_here(rig, ledger, chance)
        killed("fetching", [str(home), PASSWORD], chance)
        ledger.check_lost(bodies_in(home), f"turn {turn}", IMAP_FOLDERS)
    with engine_for(home, account) as rig:
        return ledger.check_imap_end(rig)


def smtp(sink: SmtpSink, home: Path, count: int, chance: random.Random) -> tuple[int, int]:
    """`count` sends, each killed somewhere; nobody retries an unsure mail. Answers how many were sent, and
    how many are unsure."""
    address = "you@localhost.example"
    account = Account(
        address, incoming=Protocol.NONE, smtp=sink.server, login=Login("", source=SecretSource.SESSION)
    )
    numbers: dict[int, bytes] = {}
    _prepared(home, account)
    for turn in range(count):
        raw = letter(turn, body=BODY)
        with engine_for(home, account, offline=True) as rig:
            number = int(rig.ask(QueueMessage(address, address, ("first@contoso.example",), raw)))
        numbers[number] = raw
        killed("sending", [str(home)], chance, LONGEST_SEND)
    with engine_for(home, account) as rig:
        with Reader(rig.paths.database) as reader:
            waiting = [one.id for one in reader.outbox() if one.state in (SendState.QUEUED, SendState.FAILED)]
        for one in waiting:
            rig.ask(RetrySend(one))
            rig.ask(SendNow((one,)))
        return checked(rig, sink, numbers, finished=True)

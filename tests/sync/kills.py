"""`kill -9` at random moments of fetches; every message is counted after each."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rig import account_on, settings_of
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.sync.cuts import IMAP_FOLDERS, change_here, change_there, engine_for
from tests.sync.ledger import Figures, Ledger, bodies_in
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.config.settings import load
from tui.model.account import Account, Keep, Protocol
from tui.model.command import Archive, SetFlags, SwitchProtocol
from tui.model.message import Flag
from tui.store.database import Database

LONGEST = 0.5
ENOUGH = 60.0
MOMENTS = 60
"""About how many commits a fetch makes, twice: it can be killed before and after each."""
BODY = "All work and no play makes a dull mail.\n" * 500


def killed(home: Path, chance: random.Random, protocol: str = "") -> bool:
    """Fetch in a process and kill it somewhere, or have it kill itself at a moment of its work. True when it
    was at work still."""
    if chance.random() < 0.5:
        return killed_at(home, chance.randint(1, MOMENTS), protocol)
    with _fetching(home, 0, protocol) as process:
        time.sleep(chance.random() * LONGEST)
        process.kill()
        return process.wait() != 0


def killed_at(home: Path, moment: int, protocol: str = "") -> bool:
    """The same, at that moment; False when there is none so late."""
    with _fetching(home, moment, protocol) as process:
        return process.wait(ENOUGH) == -signal.SIGKILL


@contextmanager
def _fetching(home: Path, moment: int, protocol: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.sync.fetching", str(home), PASSWORD, str(moment), protocol]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert process.stdout.readline() in (b"started\n", b"")  # at some moments it dies before
        yield process


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
        ledger.hit += killed(home, chance)
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
        ledger.hit += killed(home, chance)
        ledger.check_lost(bodies_in(home), f"turn {turn}", IMAP_FOLDERS)
    with engine_for(home, account) as rig:
        return ledger.check_imap_end(rig)


def switch(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> Figures:
    """`count` changes between IMAP and POP3, each killed somewhere, or in the fetch that follows."""
    ledger = Ledger(dovecot, f"kill-switch-{chance.getrandbits(32)}")
    account = account_on(dovecot, ledger.user)
    _prepared(home, account)
    for turn in range(count):
        for _ in range(chance.randint(0, 4)):
            ledger.deliver(letter(len(ledger.sent), body=BODY))
        with engine_for(home, _as_configured(home), offline=True) as rig:
            rows = [row.id for row in rig.rows()]
            if len(rows) > 2:
                rig.ask(SetFlags((rows[0],), add=Flag.SEEN))
                rig.ask(Archive((rows[1],)))
        protocol = Protocol.IMAP if turn % 2 else Protocol.POP3
        ledger.hit += killed(home, chance, protocol.value)
        ledger.check_lost(bodies_in(home), f"turn {turn}", IMAP_FOLDERS)
    with engine_for(home, _as_configured(home)) as rig:
        rig.ask(SwitchProtocol(account.address, Protocol.IMAP))
        return ledger.check_imap_end(rig)


def _as_configured(home: Path) -> Account:
    """The account as a killed process left it."""
    (account,) = load(find(str(home)).config_file).accounts
    return account

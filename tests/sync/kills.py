"""`kill -9` at random moments of fetches; every message is counted after each."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.rig import account_on, settings_of
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.sync.cuts import IMAP_FOLDERS, change_here, change_there, engine_for
from tests.sync.ledger import Figures, Ledger, bodies_in
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.model.account import Account, Keep, Protocol
from tui.store.database import Database

LONGEST = 0.5
BODY = "All work and no play makes a dull mail.\n" * 500


def killed(module: str, words: list[str], chance: random.Random) -> bool:
    """Run a process of the tests and kill it somewhere; True when it got to its end."""
    command = [sys.executable, "-m", f"tests.sync.{module}", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert process.stdout.readline() == b"started\n"
        time.sleep(chance.random() * LONGEST)
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

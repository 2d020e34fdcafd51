"""`kill -9` at random moments of a fetch: afterwards every message is here or there, and none twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.rig import Rig, RigMaker, account_on
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.imap_client import client
from tests.sync.ledger import bodies, sound
from tests.sync.letters_in import letter
from tui.model.account import Account, Keep, Protocol
from tui.model.command import Archive, Delete, SetFlags
from tui.model.folder import Role
from tui.model.message import Flag
from tui.store.reader import Reader

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]

MESSAGES = 150
KILLS = 8


def fetch_and_kill(rig: Rig, chance: random.Random) -> bool:
    """Run a fetch in a process of its own and kill it somewhere; True when it got to its end."""
    command = [sys.executable, "-m", "tests.sync.fetching", str(rig.paths.data.parent), PASSWORD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert process.stdout.readline() == b"started\n"
        time.sleep(chance.random() * 0.5)
        process.kill()
        return process.wait() == 0


def test_pop3_with_deletion_loses_and_doubles_nothing(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    sent = [letter(number, body=f"{number} " * 2_000) for number in range(MESSAGES)]
    for raw in sent:
        dovecot.deliver(user, raw)
    account = account_on(dovecot, user, incoming=Protocol.POP3, keep=Keep("delete"))
    rig = make_rig(account, start=False)
    chance = random.Random(20261123)
    for _ in range(KILLS):
        fetch_and_kill(rig, chance)
        sound(rig)
        assert max(bodies(rig).values(), default=1) == 1
    rig.engine.start()
    assert rig.fetch().problems == ()
    assert bodies(rig) == Counter(sent)
    with client(dovecot, user) as other:
        assert other.select_folder("INBOX", readonly=True)[b"EXISTS"] == 0


def test_imap_with_changes_on_both_sides_reaches_the_same_end(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    sent = [letter(number, body=f"{number} " * 2_000) for number in range(MESSAGES)]
    for raw in sent[: MESSAGES // 2]:
        dovecot.deliver(user, raw)
    rig = make_rig(account)
    rig.fetch()
    rows = rig.rows()
    rig.engine.close()
    rig = make_rig(account, start=False)
    rig.engine.start(offline=True)  # nothing is pushed before the kills begin
    rig.ask(SetFlags(tuple(row.id for row in rows[:10]), add=Flag.FLAGGED))
    rig.ask(Archive(tuple(row.id for row in rows[10:20])))
    rig.ask(Delete(tuple(row.id for row in rows[20:25])))
    with Reader(rig.paths.database) as reader:
        assert len(reader.pending()) == 25
    rig.engine.close()
    for raw in sent[MESSAGES // 2 :]:
        dovecot.deliver(user, raw)
    chance = random.Random(11)
    for _ in range(KILLS):
        fetch_and_kill(rig, chance)
        sound(rig)
    again = make_rig(account)
    again.fetch()
    assert again.fetch().problems == ()
    assert bodies(again) == Counter(sent)
    assert len(again.role(Role.ARCHIVE)) == 10
    assert len(again.role(Role.TRASH)) == 5
    assert all(row.uid and row.on_server for row in again.all_rows())
    with client(dovecot, user) as other:
        counts = {
            folder: int(other.select_folder(folder, readonly=True)[b"EXISTS"])
            for folder in ("INBOX", "Archive", "Trash")
        }
        other.select_folder("INBOX", readonly=True)
        flagged = len(other.search("FLAGGED"))
    assert counts == {"INBOX": MESSAGES - 15, "Archive": 10, "Trash": 5}
    assert flagged == 10

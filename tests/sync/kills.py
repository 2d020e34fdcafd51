"""`kill -9` at random moments of fetches and sends; every message is counted after each."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.rig import account_on, settings_of
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.sync.cuts import (
    bodies,
    change_here,
    change_there,
    checked,
    engine_for,
    on_server,
    same_on_both_sides,
    sound,
)
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.model.account import Account, Keep, Login, Protocol, SecretSource
from tui.model.command import QueueMessage, RetrySend, SendNow
from tui.model.draft import SendState
from tui.model.folder import Role
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


def pop3(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> int:
    """`count` fetches with deletion, each killed somewhere. Answers how many messages were looked after."""
    user = f"kill-pop-{chance.getrandbits(32)}"
    account = account_on(dovecot, user, incoming=Protocol.POP3, keep=Keep("delete"))
    _prepared(home, account)
    sent: list[bytes] = []
    for turn in range(count):
        for _ in range(chance.randint(1, 12) if turn % 3 == 0 else 0):
            sent.append(letter(len(sent), body=BODY))
            dovecot.deliver(user, sent[-1])
        killed("fetching", [str(home), PASSWORD], chance)
        here = _here(home)
        assert max(here.values(), default=1) == 1, f"turn {turn}: doubled"
        missing = Counter(sent) - here - on_server(dovecot, user, "INBOX")
        assert not missing, f"turn {turn}: {len(missing)} lost"
    with engine_for(home, account) as rig:
        assert rig.fetch().problems == ()
        assert bodies(rig) == Counter(sent)
        sound(rig)
    assert not on_server(dovecot, user, "INBOX")
    return len(sent)


def _here(home: Path) -> Counter[bytes]:
    """The whole messages of a store whose program has just been killed; it must open and be sound."""
    with Reader(find(str(home)).database) as reader:
        assert reader.check() == []
        numbers = [number for folder in reader.folders() for number in reader.ids(folder.id)]
        return Counter(raw for number in numbers if (raw := reader.raw(number)))


def imap(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> int:
    """`count` fetches with changes on both sides, each killed somewhere; afterwards both are the same."""
    user = f"kill-imap-{chance.getrandbits(32)}"
    account = account_on(dovecot, user)
    sent: list[bytes] = []
    copies = 0
    _prepared(home, account)
    for turn in range(count):
        for _ in range(chance.randint(1, 6) if turn % 3 == 0 else 0):
            sent.append(letter(len(sent), body=BODY))
            dovecot.deliver(user, sent[-1])
        if turn % 5 == 4:
            change_there(dovecot, user, chance)
        with engine_for(home, account, offline=True) as rig:
            copies += change_here(rig, chance)
        killed("fetching", [str(home), PASSWORD], chance)
        seen = _here(home) | on_server(dovecot, user, "INBOX")
        seen |= on_server(dovecot, user, "Archive") | on_server(dovecot, user, "Trash")
        assert not Counter(sent) - seen, f"turn {turn}: lost"
    with engine_for(home, account) as rig:
        for _ in range(3):
            rig.fetch()
        assert rig.fetch().problems == ()
        sound(rig)
        for name, role in (("INBOX", Role.INBOX), ("Archive", Role.ARCHIVE), ("Trash", Role.TRASH)):
            same_on_both_sides(rig, dovecot, user, name, role)
        assert set(bodies(rig)) == set(sent)
        # A copy that meets its original, moved into the same folder there, is one with it.
        assert sum(bodies(rig).values()) <= len(sent) + copies, "doubled"
    return len(sent)


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

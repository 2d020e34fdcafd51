"""A fetch or a send broken off at each step of its dialogue in turn, once before the server hears the words
of the client and once before the client hears the answer. Begun again, each must reach the same end.

This is how mbsync is tested (its `run-tests.pl` interrupts each case at every entry of its journal).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from tests.rig import Rig, account_on, settings_of
from tests.servers.dovecot import Dovecot
from tests.servers.imap_client import client
from tests.servers.proxy import Fault, Proxy
from tests.servers.smtp_sink import SmtpSink
from tests.sync.cuts import checked, engine_for
from tests.sync.kills import killed_at
from tests.sync.ledger import bodies, on_server, sound
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.model.account import Account, Keep, Login, Protocol, SecretSource
from tui.model.command import Archive, Copy, Delete, Move, QueueMessage, RetrySend, SendNow, SetFlags
from tui.model.draft import SendState
from tui.model.folder import Role
from tui.model.folder_command import CreateFolder, DeleteFolder, RenameFolder
from tui.model.message import Flag
from tui.store.reader import Reader

MESSAGES = 6
FOLDERS = ("INBOX", "Archive", "Trash", "Kept", "Work")
Break = Fault | int
"""Where a fetch is broken off: the line by a fault, or the process, killed at a moment of its work."""
Scenario = Callable[[Break, str, Path], bool]
"""Runs once broken off, as a user of that name and at home there; False where there is no step so late."""


def each_step(scenario: Scenario, home: Path, every: int = 1) -> int:
    """Run a scenario broken off at every step (or each so many) until there is no further one. Answers how
    many steps were survived."""
    survived = 0
    for heard in (False, True):
        for turn in count(1, every):
            name = f"step-{random.getrandbits(40):x}"
            if not scenario(Fault(turn=turn, heard=heard), name, home / name):
                break
            survived += 1
    return survived


def each_moment(scenario: Scenario, home: Path, every: int = 1) -> int:
    """The same with the process killed before and after each (or each so many) of its commits and of its
    changes to the server. Answers how many kills were survived."""
    survived = 0
    for moment in count(1, every):
        name = f"moment-{random.getrandbits(40):x}"
        if not scenario(moment, name, home / name):
            break
        survived += 1
    return survived


def _broken(where: Break, home: Path, account: Account, proxy: Proxy) -> bool:
    """Fetch, broken off there; False where there was no such step."""
    if isinstance(where, int):
        return killed_at(home, where)
    unharmed = proxy.fault
    proxy.fault = replace(where, rewrite=unharmed.rewrite)
    with engine_for(home, account) as rig:
        rig.fetch()
    proxy.fault = unharmed
    return proxy.cuts > 0


def imap(dovecot: Dovecot) -> Scenario:
    """New mail, flags, a move, a copy, a deletion and folders made, renamed and deleted: here and there."""

    def scenario(where: Break, user: str, home: Path) -> bool:
        sent = [letter(number) for number in range(MESSAGES + 2)]
        for folder in ("Old", "Spare"):
            dovecot.folder(user, folder)
        for raw in sent[:MESSAGES]:
            dovecot.deliver(user, raw)
        with Proxy(dovecot.imap) as proxy:
            proxy.fault = Fault(rewrite=dovecot.as_offered)
            account = account_on(dovecot, user, imap=proxy.server(), ca_file="")
            settings_of(find(str(home)), account)
            with engine_for(home, account) as rig:
                rig.fetch()
            with engine_for(home, account, offline=True) as rig:
                _change_here(rig)
            _change_there(dovecot, user, sent[MESSAGES:])
            broken = _broken(where, home, account, proxy)
            with engine_for(home, account) as rig:
                for _ in range(3):
                    rig.fetch()
                assert rig.fetch().problems == (), f"{where}: not settled"
                _same_end(rig, dovecot, user, sent, str(where))
        return broken

    return scenario


def _change_here(rig: Rig) -> None:
    rows = [row.id for row in rig.rows()]
    account = rig.account.address
    rig.ask(SetFlags(tuple(rows[:2]), add=Flag.FLAGGED))
    rig.ask(Copy((rows[1],), "Archive"))  # in the target the copy must not be taken for the one moved
    rig.ask(Archive((rows[1],)))
    rig.ask(Delete((rows[2],)))
    rig.ask(CreateFolder(account, "Kept"))
    rig.ask(Copy((rows[0],), "Kept"))
    rig.ask(Move((rows[3],), "Old"))
    rig.ask(RenameFolder(account, "Old", "Work"))
    rig.ask(DeleteFolder(account, "Spare"))


def _change_there(dovecot: Dovecot, user: str, new: list[bytes]) -> None:
    for raw in new:
        dovecot.deliver(user, raw)
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        found = other.search("ALL")
        other.add_flags([found[1]], ["\\Answered"])
        other.copy([found[0]], "Archive")
        other.delete_messages([found[0]])
        other.expunge()


def _same_end(rig: Rig, dovecot: Dovecot, user: str, sent: list[bytes], what: str) -> None:
    wanted = {"INBOX": 4, "Archive": 3, "Trash": 1, "Kept": 1, "Work": 1}
    for name in FOLDERS:
        here = Counter(rig.raw(row.id) for row in rig.rows(name))
        assert here == on_server(dovecot, user, name), f"{what}: {name} differs"
        assert sum(here.values()) == wanted[name], f"{what}: {name} has {sum(here.values())}"
    assert set(bodies(rig)) == set(sent), f"{what}: lost"
    with client(dovecot, user) as other:
        names = {name for _, _, name in other.list_folders()}
        assert not names & {"Old", "Spare"}, f"{what}: {names}"
        other.select_folder("INBOX", readonly=True)
        assert [len(other.search(f"UNDELETED {one}")) for one in ("FLAGGED", "ANSWERED")] == [1, 1], what
    sound(rig)


def pop3(dovecot: Dovecot) -> Scenario:
    """Mail fetched and deleted on the server."""

    def scenario(where: Break, user: str, home: Path) -> bool:
        sent = [letter(number) for number in range(MESSAGES)]
        for raw in sent:
            dovecot.deliver(user, raw)
        with Proxy(dovecot.pop3) as proxy:
            account = account_on(
                dovecot, user, incoming=Protocol.POP3, pop3=proxy.server(), keep=Keep("delete"), ca_file=""
            )
            settings_of(find(str(home)), account)
            broken = _broken(where, home, account, proxy)
            with engine_for(home, account, offline=True) as rig:
                assert not Counter(sent) - bodies(rig) - on_server(dovecot, user, "INBOX"), f"{where}: lost"
            with engine_for(home, account) as rig:
                assert rig.fetch().problems == ()
                assert bodies(rig) == Counter(sent), f"{where}: lost or doubled"
                sound(rig)
        assert not on_server(dovecot, user, "INBOX")
        return broken

    return scenario


def smtp(sink: SmtpSink) -> Scenario:
    """A mail to two; the person sends again whatever is known not to have left."""

    def scenario(fault: Break, user: str, home: Path) -> bool:
        assert isinstance(fault, Fault)
        address = f"{user}@localhost.example"
        raw = letter(1, subject=user)
        with Proxy(sink.port) as proxy:
            login = Login("", source=SecretSource.SESSION)
            account = Account(address, incoming=Protocol.NONE, smtp=proxy.server(), login=login)
            proxy.fault = fault
            to = ("first@contoso.example", "second@contoso.example")
            with engine_for(home, account) as rig:
                number = int(rig.ask(QueueMessage(address, address, to, raw)))
                rig.ask(SendNow((number,)))
                checked(rig, sink, {number: raw})
            proxy.fault = Fault()
            cuts = proxy.cuts
            with engine_for(home, account) as rig:
                with Reader(rig.paths.database) as reader:
                    found = reader.outgoing(number)
                if found and found.state in (SendState.QUEUED, SendState.FAILED):
                    rig.ask(RetrySend(number))
                    rig.ask(SendNow((number,)))
                checked(rig, sink, {number: raw}, finished=True)
                assert len(rig.role(Role.SENT)) <= 1, f"{fault}: two copies"
        return cuts > 0

    return scenario

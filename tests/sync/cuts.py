"""The line cut at random octets of fetches and sends; every message is counted afterwards.

`ledger.py` knows what was put in. A mail is sent twice when the server accepted it twice.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.rig import Rig, account_on, settings_of
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.imap_client import client
from tests.servers.proxy import Fault, Proxy
from tests.servers.smtp_sink import SmtpSink
from tests.sync.ledger import FOLDERS, Figures, Ledger, bodies
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.model.account import Account, Keep, Login, Protocol, SecretSource
from tui.model.command import Archive, Copy, Delete, Move, QueueMessage, RetrySend, SendNow, SetFlags, Undo
from tui.model.draft import SendState
from tui.model.folder import Role
from tui.model.message import Flag
from tui.model.secret import Secret
from tui.store.database import Database
from tui.store.reader import Reader
from tui.sync.engine import Engine

IMAP_FOLDERS = tuple(name for name, _ in FOLDERS)


@contextmanager
def engine_for(home: Path, account: Account, *, offline: bool = False) -> Iterator[Rig]:
    """An engine over the store in `home`, begun anew: as after quitting and starting the program."""
    paths = find(str(home))
    Database.open(paths.database)
    secrets = Secrets()
    secrets.remember(account.address, "incoming", Secret(PASSWORD))
    with Engine(paths, settings_of(paths, account), secrets) as engine:
        rig = Rig(paths, account, engine)
        engine.listen(rig.events.append)
        engine.start(offline=offline)
        yield rig


def _text(chance: random.Random, longest: int) -> str:
    return "All work and no play makes a dull mail.\n" * (chance.choice((40, 3_000, longest)) // 40)


def pop3(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> Figures:
    """`count` fetches with deletion, each cut somewhere."""
    ledger = Ledger(dovecot, f"cut-pop-{chance.getrandbits(32)}")
    with Proxy(dovecot.pop3) as proxy:
        account = account_on(
            dovecot, ledger.user, incoming=Protocol.POP3, pop3=proxy.server(), keep=Keep("delete"), ca_file=""
        )
        for turn in range(count):
            for _ in range(chance.randint(0, 3)):
                ledger.deliver(letter(len(ledger.sent), body=_text(chance, 40_000)))
            proxy.fault = (
                Fault(down=chance.randint(1, 60_000)) if turn % 2 else Fault(up=chance.randint(1, 400))
            )
            with engine_for(home, account) as rig:
                rig.fetch()
                here = bodies(rig)
                assert max(here.values(), default=1) == 1, f"turn {turn}: doubled"
                ledger.check_lost(here, f"turn {turn}")
        proxy.fault = Fault()
        with engine_for(home, account) as rig:
            return ledger.check_pop3_end(rig)


def imap(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> Figures:
    """`count` fetches with changes on both sides, each cut somewhere; afterwards both sides are the same."""
    ledger = Ledger(dovecot, f"cut-imap-{chance.getrandbits(32)}")
    with Proxy(dovecot.imap) as proxy:
        account = account_on(dovecot, ledger.user, imap=proxy.server(), ca_file="")
        for turn in range(count):
            for _ in range(chance.randint(0, 3)):
                ledger.deliver(letter(len(ledger.sent), body=_text(chance, 40_000)))
            if turn % 5 == 4:
                change_there(ledger, chance)
            fault = Fault(down=chance.randint(1, 30_000)) if turn % 2 else Fault(up=chance.randint(1, 1_500))
            proxy.fault = replace(fault, rewrite=dovecot.as_offered)
            with engine_for(home, account) as rig:
                change_here(rig, ledger, chance)
                rig.fetch()
                ledger.check_lost(bodies(rig), f"turn {turn}", IMAP_FOLDERS)
        proxy.fault = Fault(rewrite=dovecot.as_offered)
        with engine_for(home, account) as rig:
            return ledger.check_imap_end(rig)


def change_here(rig: Rig, ledger: Ledger, chance: random.Random) -> None:
    """A few acts of a person."""
    rows = [row.id for row in rig.rows()]
    if len(rows) < 4:
        return
    picked = chance.sample(rows, 3)
    rig.ask(SetFlags((picked[0],), add=Flag.FLAGGED | Flag.SEEN))
    match chance.randrange(7):
        case 0:
            rig.ask(Archive((picked[1],)))
        case 1:
            rig.ask(Delete((picked[1],)))
        case 2:
            _copy(rig, ledger, picked[2])
        case 3:
            _copy(rig, ledger, picked[2])
            rig.ask(Archive((picked[2],)))
        case 4:
            rig.ask(Archive((picked[1], picked[2])))
            rig.ask(Undo())
        case 5:
            archived = [row.id for row in rig.role(Role.ARCHIVE)]
            rig.ask(Move(tuple(archived[:1]), "INBOX"))


def _copy(rig: Rig, ledger: Ledger, message: int) -> None:
    raw = rig.raw(message)
    with Reader(rig.paths.database) as reader:
        archive = reader.folder_role(rig.account.address, Role.ARCHIVE)
    if raw is not None and archive:
        ledger.copies[raw] += len(rig.ask(Copy((message,), archive.name)))


def change_there(ledger: Ledger, chance: random.Random) -> None:
    """Another program moves a message and flags one."""
    with client(ledger.dovecot, ledger.user) as other:
        other.select_folder("INBOX")
        found = other.search("UNDELETED")
        if len(found) > 2:
            (shown,) = other.fetch([found[0]], ["BODY.PEEK[]"]).values()
            ledger.moved_there.add(shown[b"BODY[]"])
            other.copy([found[0]], chance.choice(("Archive", "Trash")))
            other.delete_messages([found[0]])
            other.expunge()
            other.add_flags([found[-1]], ["\\Answered"])


def smtp(sink: SmtpSink, home: Path, count: int, chance: random.Random) -> tuple[int, int]:
    """`count` mails sent over lines that are cut; the person never retries an unsure one. Answers how many
    were accepted at once or later, and how many stayed unsure."""
    address = "you@localhost.example"
    numbers: dict[int, bytes] = {}
    with Proxy(sink.port) as proxy:
        account = Account(
            address, incoming=Protocol.NONE, smtp=proxy.server(), login=Login("", source=SecretSource.SESSION)
        )
        for turn in range(count):
            raw = letter(turn, body=_text(chance, 100_000))
            # Half of the cuts fall where they hurt: around the end of the mail.
            size = len(raw) + 200
            way = chance.randrange(3)
            proxy.fault = (
                Fault(down=chance.randint(1, 400)),
                Fault(up=chance.randint(1, size)),
                Fault(up=chance.randint(size - 120, size + 20)),
            )[way]
            with engine_for(home, account) as rig:
                number = int(rig.ask(QueueMessage(address, address, ("first@contoso.example",), raw)))
                numbers[number] = raw
                rig.ask(SendNow((number,)))
                checked(rig, sink, numbers)
        proxy.fault = Fault()
        with engine_for(home, account) as rig:
            with Reader(rig.paths.database) as reader:
                waiting = [
                    one for one in reader.outbox() if one.state in (SendState.QUEUED, SendState.FAILED)
                ]
            for one in waiting:
                rig.ask(RetrySend(one.id))
                rig.ask(SendNow((one.id,)))
            return checked(rig, sink, numbers, finished=True)


def checked(
    rig: Rig, sink: SmtpSink, numbers: dict[int, bytes], *, finished: bool = False
) -> tuple[int, int]:
    """Compare what the outbox says of each mail with what the server has accepted."""
    accepted = Counter(mail.raw for mail in sink.received)
    sent = unsure = 0
    with Reader(rig.paths.database) as reader:
        for number, raw in numbers.items():
            one = reader.outgoing(number)
            assert one is not None and reader.outgoing_raw(number) == raw, "the mail itself is lost"
            assert accepted[raw] <= 1, f"sent {accepted[raw]} times"
            if one.state is SendState.SENT:
                assert accepted[raw] == 1, "said to be sent, and was not"
                sent += 1
            elif one.state is SendState.UNSURE:
                unsure += 1
            else:
                assert not accepted[raw], f"sent, and said to be {one.state}"
                assert not finished, f"{one.state} at the end: {one.last_error}"
    return sent, unsure

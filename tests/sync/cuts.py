"""The line cut at random octets of fetches and sends; every message is counted afterwards.

Who checks knows what was put in: each message is told by its bytes. A message is lost when it is neither here
nor on the server, doubled when it is twice in one place, sent twice when the server accepted it twice.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rig import Rig, account_on, settings_of
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.servers.smtp_sink import SmtpSink
from tests.sync.letters_in import letter
from tests.sync.test_imap import client
from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.model.account import Account, Keep, Login, Protocol, SecretSource
from tui.model.command import Archive, Copy, Delete, QueueMessage, RetrySend, SendNow, SetFlags
from tui.model.draft import SendState
from tui.model.folder import Role
from tui.model.message import Flag
from tui.model.secret import Secret
from tui.store.database import Database
from tui.store.reader import Reader
from tui.sync.engine import Engine


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


def bodies(rig: Rig) -> Counter[bytes]:
    """The messages here that are whole."""
    return Counter(raw for row in rig.all_rows() if (raw := rig.raw(row.id)))


def on_server(dovecot: Dovecot, user: str, folder: str) -> Counter[bytes]:
    """The messages of a folder of the server."""
    with client(dovecot, user) as other:
        if not other.folder_exists(folder):
            return Counter()
        other.select_folder(folder, readonly=True)
        found = other.search("UNDELETED")
        return (
            Counter(one[b"BODY[]"] for one in other.fetch(found, ["BODY.PEEK[]"]).values())
            if found
            else Counter()
        )


def same_on_both_sides(rig: Rig, dovecot: Dovecot, user: str, name: str, role: Role) -> None:
    """A folder holds the same messages here and on the server; else says which ones differ."""
    rows = rig.role(role)
    here = Counter(raw for row in rows if (raw := rig.raw(row.id)) is not None)
    there = on_server(dovecot, user, name)
    odd = [(row.id, row.uid, row.on_server, row.envelope.subject) for row in rows if not row.uid]
    wrong = [text[:150] for text in (here - there) + (there - here)]
    assert here == there, f"{name} differs: {wrong}, without a place: {odd}"


def sound(rig: Rig) -> None:
    """The store is whole."""
    with Reader(rig.paths.database) as reader:
        assert reader.check() == []


def _text(chance: random.Random, longest: int) -> str:
    return "All work and no play makes a dull mail.\n" * (chance.choice((40, 3_000, longest)) // 40)


def pop3(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> int:
    """`count` fetches with deletion, each cut somewhere. Answers how many messages were looked after."""
    user = f"cut-pop-{chance.getrandbits(32)}"
    sent: list[bytes] = []
    with Proxy(dovecot.pop3) as proxy:
        account = account_on(
            dovecot, user, incoming=Protocol.POP3, pop3=proxy.server(), keep=Keep("delete"), ca_file=""
        )
        for turn in range(count):
            for _ in range(chance.randint(0, 3)):
                sent.append(letter(len(sent), body=_text(chance, 40_000)))
                dovecot.deliver(user, sent[-1])
            proxy.fault = (
                Fault(down=chance.randint(1, 60_000)) if turn % 2 else Fault(up=chance.randint(1, 400))
            )
            with engine_for(home, account) as rig:
                rig.fetch()
                here = bodies(rig)
                assert max(here.values(), default=1) == 1, f"turn {turn}: doubled"
                missing = Counter(sent) - here - on_server(dovecot, user, "INBOX")
                assert not missing, f"turn {turn}: {len(missing)} lost"
        proxy.fault = Fault()
        with engine_for(home, account) as rig:
            assert rig.fetch().problems == ()
            assert bodies(rig) == Counter(sent)
            sound(rig)
    assert not on_server(dovecot, user, "INBOX")
    return len(sent)


def imap(dovecot: Dovecot, home: Path, count: int, chance: random.Random) -> int:
    """`count` fetches with changes on both sides, each cut somewhere; afterwards both sides are the same."""
    user = f"cut-imap-{chance.getrandbits(32)}"
    sent: list[bytes] = []
    copies = 0
    with Proxy(dovecot.imap) as proxy:
        account = account_on(dovecot, user, imap=proxy.server(), ca_file="")
        for turn in range(count):
            for _ in range(chance.randint(0, 3)):
                sent.append(letter(len(sent), body=_text(chance, 40_000)))
                dovecot.deliver(user, sent[-1])
            if turn % 5 == 4:
                change_there(dovecot, user, chance)
            proxy.fault = (
                Fault(down=chance.randint(1, 30_000)) if turn % 2 else Fault(up=chance.randint(1, 1_500))
            )
            with engine_for(home, account) as rig:
                copies += change_here(rig, chance)
                rig.fetch()
                seen = bodies(rig) | on_server(dovecot, user, "INBOX")
                seen |= on_server(dovecot, user, "Archive") | on_server(dovecot, user, "Trash")
                assert not Counter(sent) - seen, f"turn {turn}: lost"
        proxy.fault = Fault()
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


def change_here(rig: Rig, chance: random.Random) -> int:
    """A few acts of a person; answers how many copies were made."""
    rows = [row.id for row in rig.rows()]
    if len(rows) < 4:
        return 0
    picked = chance.sample(rows, 3)
    rig.ask(SetFlags((picked[0],), add=Flag.FLAGGED | Flag.SEEN))
    match chance.randrange(4):
        case 0:
            rig.ask(Archive((picked[1],)))
        case 1:
            rig.ask(Delete((picked[1],)))
        case 2:
            with Reader(rig.paths.database) as reader:
                whole = reader.raw(picked[2]) is not None
                archive = reader.folder_role(rig.account.address, Role.ARCHIVE)
            if whole and archive:
                return len(rig.ask(Copy((picked[2],), archive.name)))
    return 0


def change_there(dovecot: Dovecot, user: str, chance: random.Random) -> None:
    """Another program moves a message and flags one."""
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        found = other.search("UNDELETED")
        if len(found) > 2:
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

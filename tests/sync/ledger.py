"""What was put into an account, and the check that it is all there: as often as it should be, on both sides.

Who checks knows what was put in: each message is told by its bytes. A message is lost when it is neither here
nor on the server, doubled when there are more of it than were put in and copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from pathlib import Path

from tests.rig import Rig
from tests.servers.dovecot import Dovecot
from tests.servers.imap_client import client
from tui.config.paths import find
from tui.model.folder import Role
from tui.store.reader import Reader

FOLDERS = (("INBOX", Role.INBOX), ("Archive", Role.ARCHIVE), ("Trash", Role.TRASH))
SETTLING = 4
"""Fetches after the last interruption, of which the last has nothing left to tell."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of an account's mail, and how many of the kills `hit` a process at work. `met` are copies
    that are one with their original, `parted` messages that two programs moved at once, and that stand where
    each of them wanted."""

    messages: int = 0
    copies: int = 0
    met: int = 0
    parted: int = 0
    hit: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        told = [f"{self.hit} of them at work"] * bool(self.hit)
        told += [f"{self.messages} messages"]
        told += [f"{self.copies} copies"] * bool(self.copies)
        told += [f"{self.met} of them met their original"] * bool(self.met)
        told += [f"{self.parted} moved by both sides at once"] * bool(self.parted)
        return f"{', '.join(told)}, 0 lost, 0 doubled"


@dataclass(slots=True)
class Ledger:
    """The messages that were delivered to `user`, the copies that the person made of them, those that another
    program has moved, and how many kills have hit a process at work."""

    dovecot: Dovecot
    user: str
    sent: list[bytes] = field(default_factory=list)
    copies: Counter[bytes] = field(default_factory=Counter)
    moved_there: set[bytes] = field(default_factory=set)
    hit: int = 0

    def deliver(self, raw: bytes) -> None:
        """A new message arrives in the inbox."""
        self.sent.append(raw)
        self.dovecot.deliver(self.user, raw)

    def check_lost(self, here: Counter[bytes], what: str, folders: Iterable[str] = ("INBOX",)) -> None:
        """Every message is here or on the server, whatever goes on."""
        seen = here.copy()
        for name in folders:
            seen |= on_server(self.dovecot, self.user, name)
        missing = Counter(self.sent) - seen
        assert not missing, f"{what}: {len(missing)} lost: {subjects(missing)}"

    def check_pop3_end(self, rig: Rig) -> Figures:
        """Fetched once more: every message is here once, and the server has deleted them all."""
        assert rig.fetch().problems == ()
        here = bodies(rig)
        assert here == Counter(self.sent), (
            f"lost {subjects(Counter(self.sent) - here)}, too many {subjects(here)}"
        )
        sound(rig)
        left = on_server(self.dovecot, self.user, "INBOX")
        assert not left, f"not deleted on the server: {subjects(left)}"
        return Figures(len(self.sent), hit=self.hit)

    def check_imap_end(self, rig: Rig) -> Figures:
        """Fetched until there is nothing to do: both sides are the same, and each message is there as often
        as it was put in and copied.

        Two things may differ, both only for a message that another program has moved. A copy made here may
        come to be told after its original has arrived in the same folder, and then is one with it: whether
        that is the copy, made before a cut, nobody can say, and two of it where one was wanted are worse than
        one. And where a move is COPY and EXPUNGE, the other program may move the original between the two:
        whoever took the copy away again might take the last one.
        """
        for _ in range(SETTLING - 1):
            rig.fetch()
        problems = rig.fetch().problems
        assert problems == (), problems
        sound(rig)
        for name, role in FOLDERS:
            same_on_both_sides(rig, self.dovecot, self.user, name, role)
        bare = [
            (row.id, row.folder_id, row.envelope.subject) for row in rig.all_rows() if not rig.raw(row.id)
        ]
        assert not bare, f"without their text: {bare}"
        return self._counted(bodies(rig))

    def _counted(self, here: Counter[bytes]) -> Figures:
        wanted = Counter(self.sent) + self.copies
        too_few, too_many = wanted - here, here - wanted
        met = {raw for raw in too_few if raw in self.moved_there and here[raw]}
        parted = {raw for raw in too_many if raw in self.moved_there and not self.dovecot.has_move}
        lost, doubled = too_few.keys() - met, too_many.keys() - parted
        assert not lost, f"lost: {subjects(lost)}"
        assert not doubled, f"doubled: {subjects(doubled)}"
        return Figures(
            len(self.sent),
            self.copies.total(),
            sum(too_few[raw] for raw in met),
            sum(too_many[raw] for raw in parted),
            self.hit,
        )


def subjects(found: Iterable[bytes]) -> list[str]:
    """What to call messages in a failure."""
    lines = (raw.split(b"Subject: ", 1)[-1].split(b"\r\n", 1)[0] for raw in found)
    return sorted(line.decode() for line in lines)


def bodies(rig: Rig) -> Counter[bytes]:
    """The messages here that are whole."""
    return Counter(raw for row in rig.all_rows() if (raw := rig.raw(row.id)))


def bodies_in(home: Path) -> Counter[bytes]:
    """The whole messages of a store whose program has just been killed; it must open and be sound."""
    with Reader(find(str(home)).database) as reader:
        assert reader.check() == []
        numbers = [number for folder in reader.folders() for number in reader.ids(folder.id)]
        return Counter(raw for number in numbers if (raw := reader.raw(number)))


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
    """A folder holds the same messages here and on the server; else says which ones differ, and how."""
    rows = rig.role(role)
    here = Counter(raw for row in rows if (raw := rig.raw(row.id)) is not None)
    there = on_server(dovecot, user, name)
    bare = [(row.id, row.uid, row.envelope.subject) for row in rows if rig.raw(row.id) is None]
    odd = [(row.id, row.uid, row.on_server, row.envelope.subject) for row in rows if not row.uid]
    assert here == there, (
        f"{name} differs: only here {subjects((here - there).elements())}, only there"
        f" {subjects((there - here).elements())}, without a place {odd}, without their text {bare}"
    )


def sound(rig: Rig) -> None:
    """The store is whole."""
    with Reader(rig.paths.database) as reader:
        assert reader.check() == []

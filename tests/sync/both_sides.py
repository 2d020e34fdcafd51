"""A person and another program who change one mailbox at random, for rounds; then both sides must agree.

Each letter is told by its bytes. What neither of the two has removed must be on the server; of nothing may
there be more than was put in and copied; what only this computer has must be what the other program removed.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from imaplib import IMAP4
from pathlib import Path
from typing import Any

from tests.rig import Rig, account_on
from tests.servers.dovecot import Dovecot
from tests.servers.imap_client import client
from tests.servers.proxy import Fault, Proxy
from tests.sync.cuts import engine_for
from tests.sync.ledger import Figures, sound, subjects
from tests.sync.letters_in import letter
from tui.model.change_command import DropChanges
from tui.model.command import Archive, ConfirmGone, Copy, Delete, GoOffline, Move, SetFlags, Undo
from tui.model.error import MailError
from tui.model.folder import Folder
from tui.model.folder_command import CreateFolder, DeleteFolder, RenameFolder
from tui.model.message import Flag, Row
from tui.store.reader import Reader

NAMES = ("Projects", "Projects/2026", "Reise", "Old", "Old/Older")
TARGETS = ("INBOX", "Archive", "Trash", *NAMES)
MARKS = {Flag.SEEN: b"\\Seen", Flag.FLAGGED: b"\\Flagged", Flag.ANSWERED: b"\\Answered"}
TAGS = ("work", "later")
FETCHES = 6
GONE = "is gone from the server; its messages stay on this computer"
"""Said at each fetch of a folder that Dovecot lists and does not have: one deleted from above another."""

Mail = tuple[bytes, frozenset[bytes]]
"""A message, and its flags and keywords in lower case."""


@dataclass(slots=True)
class Mailbox:
    """What was put in; the copies that either of the two made; what the person removed for good, what the
    other program did, and what the person has given up telling."""

    dovecot: Dovecot
    user: str
    chance: random.Random
    sent: list[bytes] = field(default_factory=list)
    copies: Counter[bytes] = field(default_factory=Counter)
    removed_here: set[bytes] = field(default_factory=set)
    removed_there: set[bytes] = field(default_factory=set)
    given_up: set[bytes] = field(default_factory=set)

    def deliver(self) -> None:
        """A new message arrives."""
        self.sent.append(letter(len(self.sent)))
        self.dovecot.deliver(self.user, self.sent[-1], flags=self.chance.choice(("", "S", "F")))


def agree(
    dovecot: Dovecot, home: Path, rounds: int, chance: random.Random, *, racing: bool = True
) -> Figures:
    """So many rounds of changes on both sides, with a fetch after each third; then both must agree. `racing`:
    the other program is at work while the person's is, so that no run is like another."""
    box = Mailbox(dovecot, f"both-{chance.getrandbits(32)}", chance)
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=dovecot.as_offered)
        account = account_on(dovecot, box.user, imap=proxy.server(), ca_file="")
        for _ in range(10):
            box.deliver()
        with engine_for(home, account) as rig:
            rig.fetch()
        for turn in range(rounds):
            online = not turn % 3
            with engine_for(home, account, offline=not (online and racing)) as rig:
                for _ in range(chance.randint(1, 5)):
                    _act_here(rig, box)
                for _ in range(chance.randint(0, 3)):
                    box.deliver()
                for _ in range(chance.randint(0, 4)):
                    _act_there(box)
                if online:
                    rig.ask(GoOffline(False))
                    rig.fetch()
        with engine_for(home, account) as rig:
            _settle(rig, box)
            _check(rig, box)
    return Figures(len(box.sent), box.copies.total())


def _settle(rig: Rig, box: Mailbox) -> None:
    """Fetch until nothing is left to tell. The person answers questions, and gives up what was refused."""
    for _ in range(FETCHES):
        summary = rig.fetch()
        with Reader(rig.paths.database) as reader:
            held = [one.id for one in reader.folders() if reader.held(one.id)]
            refused = [one.message for one in reader.pending() if one.error]
            box.given_up.update(raw for number in refused if number and (raw := reader.raw(number)))
        for folder in held:
            rig.ask(ConfirmGone(folder, remove=box.chance.random() < 0.5))
        if refused:
            rig.ask(DropChanges())
        if not (held or refused or summary.new or summary.gone):
            break
    problems = [one for one in rig.fetch().problems if GONE not in one]
    assert not problems, problems


# The person


def _act_here(rig: Rig, box: Mailbox) -> None:
    rows = [row for row in rig.all_rows() if row.on_server]
    if not rows:
        return
    act = box.chance.choice(_HERE)
    with contextlib.suppress(MailError):  # such as a folder that is there already: nothing was changed
        act(rig, box, box.chance.sample(rows, min(len(rows), box.chance.randint(1, 3))))


def _ids(rows: Iterable[Row]) -> tuple[int, ...]:
    return tuple(row.id for row in rows)


def _flag(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    add, remove = (box.chance.choice(list(MARKS)) for _ in range(2))
    tags = frozenset({box.chance.choice(TAGS)})
    rig.ask(SetFlags(_ids(rows), add=add, remove=remove & ~add, add_tags=tags))


def _untag(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(SetFlags(_ids(rows), remove_tags=frozenset(TAGS)))


def _move(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(Move(_ids(rows), box.chance.choice(TARGETS)))


def _copy(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(Copy(_ids(rows), box.chance.choice(TARGETS)))
    box.copies.update(raw for row in rows if (raw := rig.raw(row.id)))


def _archive(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(Archive(_ids(rows)))


def _delete(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(Delete(_ids(rows)))


def _remove(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    box.removed_here.update(raw for row in rows[:1] if (raw := rig.raw(row.id)))
    rig.ask(Delete(_ids(rows[:1]), forever=True))


def _undo(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(Undo())


def _create(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(CreateFolder(rig.account.address, box.chance.choice(NAMES)))


def _rename(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(RenameFolder(rig.account.address, *box.chance.sample(NAMES, 2)))


def _drop(rig: Rig, box: Mailbox, rows: list[Row]) -> None:
    rig.ask(DeleteFolder(rig.account.address, box.chance.choice(NAMES)))


_HERE: list[Callable[[Rig, Mailbox, list[Row]], None]] = [
    *(_flag, _flag, _untag, _move, _move, _move, _copy, _archive, _delete),
    *(_remove, _undo, _undo, _create, _create, _rename, _drop),
]


# The other program


def _act_there(box: Mailbox) -> None:
    chance = box.chance
    # Meanwhile the person's program may have taken away the folder that the other one is about to use.
    with client(box.dovecot, box.user) as other, contextlib.suppress(IMAP4.error):
        names = _selectable(other)
        act = chance.choice(("flag", "flag", "move", "move", "copy", "remove", "create", "rename", "drop"))
        if act in ("create", "rename", "drop"):
            _folders_there(other, box, act, names)
            return
        other.select_folder(chance.choice(names))
        found = other.search("UNDELETED")
        if not found:
            return
        picked = chance.sample(found, 1)
        shown = other.fetch(picked, ["BODY.PEEK[]"])
        if not shown:  # moved away since
            return
        raw = bytes(shown[picked[0]][b"BODY[]"])
        target = chance.choice(names)
        match act:
            case "flag":
                other.add_flags(picked, [chance.choice(list(MARKS.values())), chance.choice(TAGS)])
                other.remove_flags(picked, [chance.choice(list(MARKS.values()))])
            case "copy":
                other.copy(picked, target)
                box.copies[raw] += 1
            case "move":
                other.copy(picked, target)
                other.delete_messages(picked)
                other.expunge()
                # Where a move is COPY and EXPUNGE, both movers may have their way.
                box.copies[raw] += not box.dovecot.has_move
            case "remove":
                other.delete_messages(picked)
                other.expunge()
                box.removed_there.add(raw)


def _folders_there(other: Any, box: Mailbox, act: str, names: list[str]) -> None:
    made = [name for name in names if name in NAMES]
    free = [name for name in NAMES if name not in names]
    if act == "create" and free:
        other.create_folder(box.chance.choice(free))
    elif act == "rename" and made and free:
        old, new = box.chance.choice(made), box.chance.choice(free)
        if not new.startswith(f"{old}/"):
            other.rename_folder(old, new)
    elif act == "drop" and made:
        name = box.chance.choice(made)
        other.select_folder(name)
        if found := other.search():
            box.removed_there.update(one[b"BODY[]"] for one in other.fetch(found, ["BODY.PEEK[]"]).values())
        other.unselect_folder()
        other.delete_folder(name)


def _selectable(other: Any) -> list[str]:
    """The folders of the server that can be opened."""
    return [
        name for flags, _, name in other.list_folders() if not {b"\\Noselect", b"\\NonExistent"} & set(flags)
    ]


# The end


def _check(rig: Rig, box: Mailbox) -> None:
    sound(rig)
    there = _there(box)
    with Reader(rig.paths.database) as reader:
        here = {one.name: _here(rig, one) for one in reader.folders() if one.selectable and not one.local}
    assert here.keys() == there.keys(), f"folders differ: {here.keys() ^ there.keys()}"
    for name in there:
        only_here, only_there = here[name] - there[name], there[name] - here[name]
        assert here[name] == there[name], f"{name}: only here {_told(only_here)}, there {_told(only_there)}"
    alive = Counter(raw for mails in there.values() for raw, _ in mails.elements())
    lost = set(box.sent) - alive.keys() - box.removed_here - box.removed_there
    assert not lost, f"lost: {subjects(lost)}"
    doubled = alive - Counter(box.sent) - box.copies
    assert not doubled, f"doubled: {subjects(doubled)}"
    ours = {raw for row in rig.all_rows() if not row.on_server and (raw := rig.raw(row.id))}
    # A copy for a folder that the other program deleted stays here, and so does what was moved into one.
    ours -= box.removed_there | box.copies.keys() | box.given_up
    assert not ours, f"only on this computer: {subjects(ours)}"


def _told(mails: Counter[Mail]) -> list[tuple[list[str], list[bytes]]]:
    return [(subjects([raw]), sorted(flags)) for raw, flags in mails.elements()]


def _here(rig: Rig, folder: Folder) -> Counter[Mail]:
    rows = [row for row in rig.rows(folder.name) if row.on_server and Flag.DELETED not in row.flags]
    return Counter((rig.raw(row.id) or b"", _marks(row)) for row in rows)


def _marks(row: Row) -> frozenset[bytes]:
    flags = {word.lower() for flag, word in MARKS.items() if flag in row.flags}
    return frozenset(flags | {tag.encode() for tag in row.tags})


def _there(box: Mailbox) -> dict[str, Counter[Mail]]:
    found: dict[str, Counter[Mail]] = {}
    with client(box.dovecot, box.user) as other:
        for name in _selectable(other):
            try:
                other.select_folder(name, readonly=True)
            except IMAP4.error:  # see GONE
                continue
            uids = other.search("UNDELETED")
            mails = other.fetch(uids, ["FLAGS", "BODY.PEEK[]"]).values() if uids else ()
            found[name] = Counter(
                (one[b"BODY[]"], frozenset(flag.lower() for flag in one[b"FLAGS"]) - {b"\\recent"})
                for one in mails
            )
    return found

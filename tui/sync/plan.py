"""What to do about a folder, from what the server lists and what the store holds. Pure.

The state table; `pending` is a change made here that the server has not been told yet:

| server              | store              | pending | step                                                  |
|---------------------|--------------------|---------|-------------------------------------------------------|
| has uid             | no row             | no      | fetch its header                                      |
| has uid             | row left from here | yes     | nothing: the push will take it away                   |
| same flags          | row                | no      | nothing                                               |
| other flags         | row                | no      | take the server's flags                               |
| other flags         | row                | yes     | merge by the flags last agreed; ours are pushed       |
| gone                | row                | no      | removed here, into the local wastebasket              |
| gone                | row                | flags   | the same: there is nothing left to flag               |
| gone                | row left from here | yes     | the change has happened: forget it                    |

`server` must come from one complete, tagged-OK list of this session: nothing else proves that a message is
gone. What is gone and stands in no other folder is lost: more of that at once than `max(20, 20 %)`, or all
that a folder had, is held for the person's word (`should_ask`), except in Junk and Deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.model.folder import Role
from tui.model.message import Flag
from tui.store.records import Placed

Flags = tuple[Flag, frozenset[str]]

HELD_AT_LEAST = 20
HELD_SHARE = 0.2


class Known(NamedTuple):
    """A row of the store that has a place in the folder: its flags here and those last agreed on."""

    id: int
    uid: int
    flags: Flag
    agreed: Flag
    tags: frozenset[str] = frozenset()
    agreed_tags: frozenset[str] = frozenset()


Row = Known | Placed
"""A `Placed` has all that a `Known` has: 100,000 rows need not be made a second time."""


@dataclass(frozen=True, slots=True)
class FlagStep:
    """A row's new flags and tags here, and the server's, which become the agreed ones."""

    id: int
    flags: Flag
    tags: frozenset[str]
    agreed: Flag
    agreed_tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """The steps: uids to fetch newest first, flag changes, ids gone from the server, uids that have left."""

    new: tuple[int, ...] = ()
    flags: tuple[FlagStep, ...] = ()
    gone: tuple[int, ...] = ()
    left: tuple[int, ...] = ()


def merge(local: Flag, agreed: Flag, server: Flag) -> Flag:
    """Three-way merge, bit by bit: what was changed here since the last agreement wins, else the server."""
    ours = local ^ agreed
    return (server & ~ours) | (local & ours)


def merge_tags(local: frozenset[str], agreed: frozenset[str], server: frozenset[str]) -> frozenset[str]:
    """The same for tags: additions and removals made here are applied to the server's set."""
    return (server | (local - agreed)) - (agreed - local)


@dataclass(slots=True)
class _Steps:
    flags: list[FlagStep] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    known: set[int] = field(default_factory=set)


def should_ask(lost: int, known: int, role: Role, *, emptied: bool = False) -> bool:
    """Whether a person should be asked before `lost` of a folder's `known` rows are removed here.

    `emptied`: the server has nothing in the folder any more, as after a restored or mixed-up mailbox. Drafts
    become empty by being sent.
    """
    if role in (Role.JUNK, Role.TRASH):
        return False
    return lost > max(HELD_AT_LEAST, HELD_SHARE * known) or (emptied and lost > 0 and role is not Role.DRAFTS)


def _flag_step(row: Row, server: Flags) -> FlagStep | None:
    flags, tags = server
    if flags == row.agreed and tags == row.agreed_tags:
        return None
    merged = merge(row.flags, row.agreed, flags)
    merged_tags = merge_tags(row.tags, row.agreed_tags, tags)
    return FlagStep(row.id, merged, merged_tags, flags, tags)


def plan_folder(
    server: Mapping[int, Flags],
    known: Iterable[Row],
    leaving: Collection[int] = (),
) -> FolderPlan:
    """The steps that bring one folder of the store up to the server's list.

    `server` maps every UID of the folder to its flags; `known` are the rows placed in it; `leaving` are the
    UIDs of rows that were moved or deleted here and not yet there.
    """
    steps = _Steps()
    for row in known:
        steps.known.add(row.uid)
        listed = server.get(row.uid)
        if listed is None:
            steps.gone.append(row.id)
        elif step := _flag_step(row, listed):
            steps.flags.append(step)
    left = tuple(uid for uid in leaving if uid not in server)
    skip = steps.known.union(leaving)
    new = tuple(sorted((uid for uid in server if uid not in skip), reverse=True))
    return FolderPlan(new, tuple(steps.flags), tuple(steps.gone), left)

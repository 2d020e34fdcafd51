"""What to do about a POP3 maildrop, from its UIDL list and what the store holds. Pure (RFC 1939).

| server            | store                       | keep policy            | step                            |
|-------------------|-----------------------------|------------------------|---------------------------------|
| lists uidl        | unknown                     | any                    | download (or match) it          |
| lists uidl        | downloaded, whole           | leave                  | nothing                         |
| lists uidl        | downloaded, whole           | delete                 | DELE                            |
| lists uidl        | downloaded, N days ago      | Nd                     | DELE                            |
| lists uidl        | downloaded, deleted here    | until-deleted, delete  | DELE                            |
| lists uidl        | deleted here                | leave, Nd not reached  | nothing: it is not fetched again|
| does not list it  | known                       | any                    | note that it left the server    |
| lists uidl twice  | any                         | any                    | compared by content, never DELE |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.model.account import Keep

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Held:
    """A UIDL that the store knows: when it was downloaded (Unix seconds), whether its bytes are all here,
    and whether the person has deleted the message since."""

    downloaded: int
    whole: bool
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class MaildropPlan:
    """Message numbers with their UIDLs to download and to delete, UIDLs that left, and repeated ones."""

    new: tuple[tuple[int, str], ...] = ()
    delete: tuple[tuple[int, str], ...] = ()
    vanished: tuple[str, ...] = ()
    repeated: tuple[tuple[int, str], ...] = ()


def may_delete(held: Held, keep: Keep, now: int) -> bool:
    """Whether the policy lets the server's copy of a known message go."""
    if held.deleted:
        return keep.text in ("delete", "until-deleted") or _aged(held, keep, now)
    if not held.whole:
        return False
    return keep.text == "delete" or _aged(held, keep, now)


def _aged(held: Held, keep: Keep, now: int) -> bool:
    return keep.days is not None and now - held.downloaded >= keep.days * DAY


def plan_maildrop(
    listing: Sequence[tuple[int, str]], known: Mapping[str, Held], keep: Keep, now: int
) -> MaildropPlan:
    """The steps for one session. `listing` is the server's complete UIDL answer, `now` Unix seconds."""
    times = Counter(uidl for _, uidl in listing)
    new: list[tuple[int, str]] = []
    delete: list[tuple[int, str]] = []
    repeated: list[tuple[int, str]] = []
    for number, uidl in listing:
        held = known.get(uidl)
        if times[uidl] > 1 or not uidl:
            repeated.append((number, uidl))
        elif held is None:
            new.append((number, uidl))
        elif may_delete(held, keep, now):
            delete.append((number, uidl))
    vanished = tuple(uidl for uidl in known if uidl not in times)
    return MaildropPlan(tuple(new), tuple(delete), vanished, tuple(repeated))

"""What to do about a POP3 maildrop, from its UIDL list and what the store holds. Pure (RFC 1939).

| server            | store                       | keep policy            | step                            |
|-------------------|-----------------------------|------------------------|---------------------------------|
| lists uidl        | unknown                     | any                    | download (or match) it          |
| lists uidl        | downloaded, whole           | leave                  | nothing                         |
| lists uidl        | downloaded, whole           | delete                 | compared, DELE                  |
| lists uidl        | downloaded, N days ago      | Nd                     | compared, DELE                  |
| lists uidl        | downloaded, deleted here    | until-deleted, delete  | compared, DELE                  |
| lists uidl        | deleted here                | leave, Nd not reached  | nothing: it is not fetched again|
| does not list it  | known                       | any                    | note that it left the server    |
| lists uidl again  | had left the server         | any                    | compared: the same, or new      |
| lists uidl        | by its header, fits `limit` | any                    | compared, fetched whole         |
| lists uidl        | by its header, Deleted      | any                    | nothing: no bytes are here yet  |
| in another size   | known                       | any                    | compared: the same, or new      |
| lists uidl twice  | any                         | any                    | compared by content, never DELE |

A UIDL is unique only as long as its message is on the server (RFC 1939 7): one that is listed again may name
a new message, which must neither be taken for the old one nor be deleted in its place.
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
    and whether the person has deleted the message since. `size` is the one that the server gave it, 0 for
    not known; `left`: the last list lacked it."""

    downloaded: int
    whole: bool
    deleted: bool = False
    size: int = 0
    left: bool = False


@dataclass(frozen=True, slots=True)
class MaildropPlan:
    """Message numbers with their UIDLs to download, to delete, and to compare with what the store holds
    (those to delete are compared, too), UIDLs that left, and repeated ones;
    `partial` are here by their headers and to be compared and fetched whole."""

    new: tuple[tuple[int, str], ...] = ()
    delete: tuple[tuple[int, str], ...] = ()
    doubtful: tuple[tuple[int, str], ...] = ()
    vanished: tuple[str, ...] = ()
    repeated: tuple[tuple[int, str], ...] = ()
    partial: tuple[tuple[int, str], ...] = ()


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
    listing: Sequence[tuple[int, str]],
    known: Mapping[str, Held],
    keep: Keep,
    now: int,
    sizes: Mapping[int, int] | None = None,
    limit: int = 0,
) -> MaildropPlan:
    """The steps for one session. `listing` is the server's UIDL answer, `sizes` its LIST by number, `now`
    Unix seconds; what measures more than `limit` octets (0: no limit) stays here by its header.
    """
    times = Counter(uidl for _, uidl in listing)
    new: list[tuple[int, str]] = []
    delete: list[tuple[int, str]] = []
    doubtful: list[tuple[int, str]] = []
    repeated: list[tuple[int, str]] = []
    partial: list[tuple[int, str]] = []
    for number, uidl in listing:
        held = known.get(uidl)
        if times[uidl] > 1 or not uidl:
            repeated.append((number, uidl))
        elif held is None:
            new.append((number, uidl))
        elif may_delete(held, keep, now):
            delete.append((number, uidl))
        elif not (held.whole or held.deleted) and (not limit or (sizes or {}).get(number, 0) <= limit):
            partial.append((number, uidl))
        elif held.left or (held.size and held.size != (sizes or {}).get(number, held.size)):
            doubtful.append((number, uidl))
    vanished = tuple(uidl for uidl, held in known.items() if uidl not in times and not held.left)
    return MaildropPlan(tuple(new), tuple(delete), tuple(doubtful), vanished, tuple(repeated), tuple(partial))

"""apply(plan(server, store, pending)) reaches agreement, whatever both sides have changed over some rounds,
and wherever the work was broken off. The server and the store are plain dictionaries here; `both_sides.py`
does the same with a real server and the real store.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tui.model.message import Flag
from tui.sync.plan import FolderPlan, Known, plan_folder

NO_TAGS: frozenset[str] = frozenset()
MARKS = (Flag.SEEN, Flag.FLAGGED, Flag.ANSWERED)


@dataclass(slots=True)
class Sides:
    """One folder on both sides. `leaving` is still to be removed there, `removed` was removed by either."""

    server: dict[int, Flag] = field(default_factory=dict)
    store: dict[int, Known] = field(default_factory=dict)
    leaving: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    uidnext: int = 1

    def change(self, act: str, which: int, mark: Flag) -> None:
        """One side changes something."""
        if act == "arrive":
            self.server[self.uidnext] = mark
            self.uidnext += 1
            return
        mine = act.endswith(" here")
        uids = sorted(self.store if mine else self.server)
        if not uids:
            return
        uid = uids[which % len(uids)]
        match act:
            case "mark here":
                row = self.store[uid]
                self.store[uid] = row._replace(flags=row.flags ^ mark)
            case "mark there":
                self.server[uid] ^= mark
            case "remove here":
                del self.store[uid]
                self.leaving.add(uid)
                self.removed.add(uid)
            case "remove there":
                del self.server[uid]
                self.removed.add(uid)

    def push(self) -> Iterator[None]:
        """Tell the server what was changed here, one message after the other; each act may be the last."""
        for uid, row in sorted(self.store.items()):
            if row.flags != row.agreed and uid in self.server:
                self.server[uid] = self.server[uid] & ~(row.agreed & ~row.flags) | row.flags & ~row.agreed
                yield  # the server has it, and nobody here has heard so
                self.store[uid] = row._replace(agreed=row.flags)
                yield
        for uid in sorted(self.leaving):
            self.server.pop(uid, None)
            yield

    def fetch(self) -> Iterator[None]:
        """Plan and carry out the plan, step by step."""
        plan = self.plan()
        for step in plan.flags:
            uid = step.id
            self.store[uid] = Known(uid, uid, step.flags, step.agreed)
            yield
        for uid in plan.left:
            self.leaving.discard(uid)
            yield
        for uid in plan.new:
            self.store[uid] = Known(uid, uid, self.server[uid], self.server[uid])
            yield
        for uid in plan.gone:
            del self.store[uid]
            yield

    def plan(self) -> FolderPlan:
        """What is to be done; a row's id is its uid here."""
        listing = {uid: (flags, NO_TAGS) for uid, flags in self.server.items()}
        return plan_folder(listing, list(self.store.values()), self.leaving)

    def sync(self, acts: int | None = None) -> None:
        """Push and fetch; broken off after so many acts."""
        for _ in islice(self.push(), acts):
            pass
        if acts is None:
            for _ in self.fetch():
                pass
        else:
            for _ in islice(self.fetch(), acts // 2):
                pass


changes = st.tuples(
    st.sampled_from(["arrive", "arrive", "mark here", "mark there", "remove here", "remove there"]),
    st.integers(0, 30),
    st.sampled_from(MARKS),
)
rounds = st.lists(st.tuples(st.lists(changes, max_size=12), st.none() | st.integers(0, 12)), max_size=6)


@given(rounds)
def test_both_sides_agree_after_two_fetches(
    history: list[tuple[list[tuple[str, int, Flag]], int | None]],
) -> None:
    sides = Sides()
    for changed, cut in history:
        for act, which, mark in changed:
            sides.change(act, which, mark)
        sides.sync(cut)
    for _ in range(2):
        sides.sync()
    assert {uid: row.flags for uid, row in sides.store.items()} == sides.server
    assert all(row.flags == row.agreed for row in sides.store.values()) and not sides.leaving
    assert sides.server.keys() == set(range(1, sides.uidnext)) - sides.removed, (
        "what neither removed is there"
    )
    assert sides.plan() == FolderPlan()


@given(st.sampled_from(MARKS), st.sampled_from(MARKS), st.integers(0, 6))
def test_what_each_has_changed_holds_on_both_sides(ours: Flag, theirs: Flag, cut: int) -> None:
    sides = Sides()
    sides.change("arrive", 0, Flag(0))
    sides.sync()
    sides.change("mark here", 0, ours)
    sides.change("mark there", 0, theirs)
    sides.sync(cut)
    for _ in range(2):
        sides.sync()
    assert sides.server == {1: ours | theirs} and sides.store[1].flags == ours | theirs

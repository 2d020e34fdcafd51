"""A rebuilt store put in the place of a damaged one: at every moment one of the two can be opened."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tui.store import swap


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A damaged store with its log, and the new one beside it."""
    path = tmp_path / "mail.db"
    path.write_text("old")
    path.with_name("mail.db-wal").write_text("old log")
    path.with_name("mail.db-rebuilding").write_text("new")
    return path


def place(path: Path) -> None:
    swap.put_in_place(path.with_name("mail.db-rebuilding"), path)


def kept(path: Path) -> list[tuple[str, str]]:
    return [(one.name[-4:], one.read_text()) for one in swap.put_aside(path)]


def test_the_old_files_are_kept_together(path: Path) -> None:
    place(path)
    assert path.read_text() == "new"
    store, log = swap.put_aside(path)
    assert log.name == f"{store.name}-wal"
    assert (store.read_text(), log.read_text()) == ("old", "old log")
    assert not swap.finish(path), "nothing is left to be done"


def test_two_repairs_within_a_second(path: Path) -> None:
    place(path)
    path.with_name("mail.db-rebuilding").write_text("newer")
    place(path)
    assert path.read_text() == "newer"
    assert sorted(text for _, text in kept(path)) == ["new", "old", "old log"]


@pytest.mark.parametrize("steps", range(5))
def test_ended_after_any_step(path: Path, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        nonlocal made
        made += 1
        if made > steps:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with suppress(KeyboardInterrupt):
            place(path)
    log = path.with_name("mail.db-wal")
    if path.exists():
        assert (path.read_text() == "old") == log.exists(), "a log lies beside its own store only"
    else:
        assert swap.finish(path)
        assert path.read_text() == "new"
        assert not log.exists()
        assert [text for _, text in kept(path)] == ["old", "old log"]


def test_a_new_store_that_was_never_wanted(path: Path) -> None:
    path.with_name("mail.db-rebuilt-20260101-000000").write_text("finished, and never put in place")
    assert not swap.finish(path)
    assert [one.name for one in swap.leftovers(path)] == ["mail.db-rebuilt-20260101-000000"]
    assert path.read_text() == "old"

"""A damaged store rebuilt: what is taken over of each thing, what is not, and when it is refused."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.store import changes
from tests.store.changes import POP
from tests.store.damage import described
from tests.store.samples import ACCOUNT, FLAGGED, local
from tests.store.test_upgrade import KEPT
from tui.model.account import Protocol
from tui.model.draft import SendState
from tui.model.error import Busy, NotFound, StoreBroken
from tui.model.folder import Role
from tui.store import swap
from tui.store.database import Database, NewerStore
from tui.store.reader import Reader
from tui.store.rebuild import Rebuilt, examine, rebuild
from tui.store.writer import Writer

_ACCOUNTS = [(ACCOUNT, Protocol.IMAP), (POP, Protocol.POP3)]


def spoil(path: Path) -> None:
    """Damage the counts alone: all there is can still be read, and none of it is believed."""
    change(path, "UPDATE folder SET unread = unread + 7")


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(statement)
        db.commit()


def rebuilt(path: Path) -> Rebuilt:
    found = rebuild(path, described, _ACCOUNTS)
    assert found is not None
    assert examine(path) == []
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mail.db"


@pytest.fixture
def ground(path: Path) -> changes.Ground:
    return changes.prepare(path)


def test_a_sound_store_is_left_alone(path: Path, ground: changes.Ground) -> None:
    octets = path.read_bytes()
    assert rebuild(path, described, _ACCOUNTS) is None
    assert path.read_bytes() == octets
    assert swap.put_aside(path) == []


def test_where_there_is_no_store(path: Path) -> None:
    path.parent.mkdir()
    with pytest.raises(NotFound):
        rebuild(path, described, _ACCOUNTS)


def test_all_mail_with_its_folders_flags_and_tags(path: Path, ground: changes.Ground) -> None:
    with Writer(path) as writer:
        writer.set_flags(ground.popped[:1], FLAGGED, add_tags=frozenset({"paid"}))
    before = shown(path)
    spoil(path)
    found = rebuilt(path)
    assert shown(path) == before
    whole = sum(raw is not None for *_, raw in before)
    assert (found.found.messages, found.found.headers) == (whole, len(before) - whole)
    assert found.found.lost == []
    assert found.found.recovered == found.found.missed == 0


def shown(path: Path) -> list[tuple[object, ...]]:
    """What a person sees of every message, whatever its id."""
    with Reader(path) as reader:
        return sorted(
            (
                (
                    row.account,
                    row.folder,
                    row.envelope.subject,
                    row.received,
                    row.flags,
                    row.tags,
                    row.size,
                    raw,
                )
                for row in reader.rows(reader.ids(None))
                for raw in [reader.raw(row.id)]
            ),
            key=repr,
        )


def test_an_id_is_never_used_again(path: Path, ground: changes.Ground) -> None:
    with Reader(path) as reader:
        highest = max(reader.ids(None))
    spoil(path)
    rebuilt(path)
    with Reader(path) as reader:
        assert min(reader.ids(None)) > highest


def test_no_place_on_a_server_is_believed_any_more(path: Path, ground: changes.Ground) -> None:
    spoil(path)
    found = rebuilt(path)
    assert found.found.changes == 6
    with Reader(path) as reader, closing(sqlite3.connect(path)) as db:
        assert reader.pending() == []
        assert all(reader.mark(folder.id).uidvalidity == 0 for folder in reader.folders())
        assert db.execute("SELECT count(*) FROM message WHERE uid IS NOT NULL OR on_server").fetchone() == (
            0,
        )
        assert db.execute("SELECT count(*) FROM message WHERE flags <> agreed").fetchone() == (0,)
        inbox = reader.folder_role(ACCOUNT, Role.INBOX)
        assert inbox is not None
        assert reader.unplaced(inbox.id), "the next sync knows them by their fingerprints"


def test_nothing_is_sent_by_itself(path: Path, ground: changes.Ground) -> None:
    spoil(path)
    found = rebuilt(path)
    assert (found.found.outgoing, found.found.unsure) == (3, 2)
    with Reader(path) as reader:
        states = {mail.id: mail.state for mail in reader.outbox()}
        assert states == {
            ground.queued: SendState.UNSURE, ground.dot: SendState.UNSURE, ground.failed: SendState.FAILED,
        }  # fmt: skip
        assert reader.due(1 << 40) == []
        mail = reader.outgoing(ground.queued)
        assert mail is not None
        assert [one.address for one in mail.recipients] == ["billing@contoso.example"]
        assert "repaired" in mail.explanation
        assert reader.outgoing_raw(ground.queued).startswith(b"Subject: queued")
    with Writer(path) as writer:
        assert writer.retry(ground.queued, 5), "the person may decide"


def test_drafts_with_their_attachments(path: Path, ground: changes.Ground) -> None:
    spoil(path)
    assert rebuilt(path).found.drafts == 2
    with Reader(path) as reader:
        draft = reader.draft(ground.draft)
        assert draft is not None
        assert (draft.subject, draft.files[0].filename) == ("To be finished", "sum.txt")
        assert reader.draft_file(draft.files[0].id) == b"42\n"


def test_uidls_are_compared_before_they_are_believed(path: Path, ground: changes.Ground) -> None:
    with Writer(path) as writer:
        writer.delete_forever(ground.popped[:1])
    change(path, f"UPDATE body SET data = x'00' WHERE message = {ground.popped[2]}")
    rebuilt(path)
    with Reader(path) as reader:
        rows = reader.uidls(POP)
    assert rows.keys() == {"u21", "u22", "u24", "u25"}, "u23 lost its bytes, and is fetched again"
    assert rows["u21"].message is None
    assert rows["u21"].fingerprint is None, "nothing proves a message to be the one that was removed"
    assert all(rows[one].left and rows[one].whole for one in ("u22", "u24", "u25"))
    assert all(abs(row.downloaded - time.time()) < 100 for row in rows.values()), "their days begin anew"


def test_lost_texts_are_named_and_their_headers_kept(path: Path, ground: changes.Ground) -> None:
    change(path, f"UPDATE body SET data = x'00' WHERE message = {ground.mail[0]}")
    found = rebuilt(path).found
    assert [(one.kind, one.subject) for one in found.lost] == [("text", "Invoice 1")]


def test_bytes_without_a_row_are_recovered(path: Path, ground: changes.Ground) -> None:
    change(path, f"DELETE FROM message WHERE id = {ground.mail[0]}")
    found = rebuilt(path).found
    assert (found.recovered, found.missed) == (1, 0)
    with Reader(path) as reader:
        folder = reader.folder_named(ACCOUNT, "Recovered")
        assert folder is not None
        assert folder.local
        (number,) = reader.ids(folder.id)
        assert reader.raw(number) == b"Subject: Invoice 1\r\n\r\nThe sum is due.\r\n"


def test_a_second_repair_files_beside_the_first(path: Path, ground: changes.Ground) -> None:
    change(path, f"DELETE FROM message WHERE id = {ground.mail[0]}")
    rebuilt(path)
    with Reader(path) as reader:
        (number,) = (row.id for row in reader.rows(reader.ids(None)) if row.envelope.subject == "Invoice 3")
    change(path, f"DELETE FROM message WHERE id = {number}")
    rebuilt(path)
    with Reader(path) as reader:
        (folder,) = (one for one in reader.folders(ACCOUNT) if one.name.startswith("Recovered"))
        assert folder.total == 2


def test_a_folder_without_its_row(path: Path, ground: changes.Ground) -> None:
    change(path, f"DELETE FROM folder WHERE id = {ground.box}")
    found = rebuilt(path).found
    assert found.recovered == 5
    assert found.lost == []


def test_mail_of_the_outbox_without_recipients(path: Path, ground: changes.Ground) -> None:
    change(path, f"DELETE FROM recipient WHERE outbox = {ground.queued}")
    spoil(path)
    found = rebuilt(path).found
    assert (found.outgoing, found.recovered) == (2, 1)


@pytest.mark.parametrize("where", [0, 16, 19, 28, 60, 63, 100, 5_000])
def test_a_damaged_beginning(path: Path, ground: changes.Ground, where: int) -> None:
    before = shown(path)
    with path.open("r+b") as file:
        file.seek(where)
        file.write(b"\xff\xfe\xfd")
    if examine(path):
        found = rebuilt(path).found
        assert found.lost == []
        assert shown(path) == before


def test_a_store_without_any_beginning(path: Path, ground: changes.Ground) -> None:
    before = shown(path)
    with path.open("r+b") as file:
        file.write(bytes(8_192))
    rebuilt(path)
    assert shown(path) == before


def test_what_is_no_store_at_all_becomes_an_empty_one(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"nothing of the kind" * 5_000)
    found = rebuilt(path)
    assert [one.read_bytes()[:7] for one in found.kept][:1] == [b"nothing"]
    with Reader(path) as reader:
        assert [address for address, _ in reader.accounts()] == [ACCOUNT, POP]


def test_a_store_of_a_newer_version_is_not_touched(path: Path, ground: changes.Ground) -> None:
    change(path, "CREATE TABLE of_later (id INTEGER)")
    change(path, "PRAGMA user_version = 99")
    with pytest.raises(NewerStore):
        rebuild(path, described, _ACCOUNTS)
    change(path, "DROP TABLE of_later")
    assert rebuilt(path).found.lost == [], "the number alone was damaged"


def test_refused_while_another_program_has_it_open(path: Path, ground: changes.Ground) -> None:
    spoil(path)
    program = (
        "import sys; from pathlib import Path; from tui.store.reader import Reader\n"
        "with Reader(Path(sys.argv[1])) as reader: reader.folders(); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(Busy) as caught:
            rebuild(path, described, _ACCOUNTS)
        assert "Another program has the mail store open" in caught.value.what
        other.communicate("")
    assert swap.put_aside(path) == []
    rebuilt(path)


def test_a_change_made_meanwhile_is_not_lost(path: Path, ground: changes.Ground) -> None:
    spoil(path)

    def meanwhile(number: int) -> None:
        with Writer(path) as writer:
            writer.added(ground.here, [local(99)], on_server=False)

    with pytest.raises(Busy, match="changed meanwhile"):
        rebuild(path, described, _ACCOUNTS, meanwhile)
    with Reader(path) as reader:
        assert len(reader.ids(ground.here)) == 1


def test_no_room_for_the_new_one(path: Path, ground: changes.Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(path)
    octets = path.read_bytes()

    def full(*words: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(StoreBroken, match="disk is full"):
        patch.setattr(os, "fsync", full)
        rebuild(path, described, _ACCOUNTS)
    assert path.read_bytes() == octets
    assert not list(path.parent.glob("*rebuil*"))
    rebuilt(path)


@pytest.mark.parametrize("opened_by", [Database.open, Reader, Writer])
def test_whoever_opens_the_store_ends_a_repair_that_was_killed_in_its_last_steps(
    path: Path, ground: changes.Ground, opened_by: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown(path)
    spoil(path)
    monkeypatch.setattr(swap, "finish", lambda path: False)
    rebuild(path, described, _ACCOUNTS)
    monkeypatch.undo()
    assert not path.exists()
    opened = opened_by(path)
    if isinstance(opened, Reader | Writer):
        opened.close()
    assert shown(path) == before
    assert swap.put_aside(path)


@pytest.mark.parametrize("octets", [0, 100])
@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.gz")), ids=lambda kept: kept.stem)
def test_a_damaged_store_of_a_former_version(tmp_path: Path, kept: Path, octets: int) -> None:
    sound, path = tmp_path / "sound" / "mail.db", tmp_path / "damaged" / "mail.db"
    for one in (sound, path):
        one.parent.mkdir()
        one.write_bytes(gzip.decompress(kept.read_bytes()))
    spoil(path)
    with path.open("r+b") as file:
        file.write(bytes(octets))
    found = rebuild(path, described, []).found  # type: ignore[union-attr]
    assert examine(path) == []
    assert found.lost == []
    assert [(one[1], one[2], one[-1]) for one in shown(path)] == [
        (one[1], one[2], one[-1]) for one in shown(sound)
    ]

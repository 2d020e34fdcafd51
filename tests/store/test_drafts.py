"""Mail being written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.samples import ACCOUNT, SEEN, Store, local
from tui.model.draft import Draft
from tui.model.error import NotFound
from tui.model.message import Flag
from tui.store.reader import PendingKind

WRITTEN = Draft(
    account=ACCOUNT,
    sender=ACCOUNT,
    to="billing@contoso.exam",
    cc="a@b, half",
    bcc="hidden@contoso.example",
    subject="Über \udcff",
    body="Good morning,\n\n",
    markdown=True,
    in_reply_to="1@contoso.example",
    references=("0@contoso.example", "1@contoso.example"),
    answers="answered",
    saved=1_700_000_000,
)


def test_half_written_mail_comes_back_as_typed(store: Store) -> None:
    (original, *_) = store.fill()
    saved = store.writer.save_draft(replace(WRITTEN, original=original))
    assert saved == replace(WRITTEN, id=saved.id, original=original, subject="Über ?")
    assert store.reader.draft(saved.id) == saved
    assert store.reader.draft(999) is None
    again = store.writer.save_draft(replace(saved, body="more", saved=1_700_000_009))
    assert again == replace(saved, body="more", saved=1_700_000_009)
    assert store.reader.drafts() == [again]


def test_the_one_saved_last_comes_first(store: Store) -> None:
    first = store.writer.save_draft(replace(WRITTEN, saved=1))
    second = store.writer.save_draft(replace(WRITTEN, saved=3))
    third = store.writer.save_draft(replace(WRITTEN, saved=2))
    assert [one.id for one in store.reader.drafts(ACCOUNT)] == [second.id, third.id, first.id]
    assert store.reader.drafts("second@example.org") == []


def test_a_draft_outlives_what_it_answers_and_its_copy(store: Store) -> None:
    (original, *_) = store.fill()
    saved = store.writer.save_draft(replace(WRITTEN, original=original))
    store.writer.forget([original])
    assert store.reader.draft(saved.id) == replace(saved, original=0)
    assert store.writer.save_draft(replace(saved, message=999)).message == 0


def test_saving_what_was_dropped_meanwhile_loses_no_word(store: Store) -> None:
    saved = store.writer.save_draft(WRITTEN)
    store.writer.drop_draft(saved.id)
    store.writer.drop_draft(saved.id)
    again = store.writer.save_draft(saved)
    assert again.id != saved.id
    assert again.body == saved.body


def test_attachments_lie_in_the_store(store: Store) -> None:
    saved = store.writer.save_draft(WRITTEN)
    data = bytes(range(256)) * 100
    with_one = store.writer.attach(saved.id, "plan.pdf", "application/pdf", data)
    with_two = store.writer.attach(saved.id, "plan.pdf", "application/pdf", b"")
    assert [(one.filename, one.size) for one in with_two.files] == [("plan.pdf", 25_600), ("plan.pdf", 0)]
    assert store.reader.draft_file(with_one.files[0].id) == data
    kept = store.writer.save_draft(replace(with_two, body="files stay"))
    assert kept.files == with_two.files
    assert store.writer.detach(saved.id, kept.files[0].id).files == kept.files[1:]
    for missing in (kept.files[0].id, 999):
        with pytest.raises(NotFound):
            store.reader.draft_file(missing)
    with pytest.raises(NotFound):
        store.writer.attach(999, "x", "x", b"")
    with pytest.raises(NotFound):
        store.writer.detach(999, 1)
    with pytest.raises(NotFound):
        store.writer.file_draft(999, store.folder("Drafts").id, local(1))


def test_the_filed_copy_is_replaced_on_the_server_too(store: Store) -> None:
    folder = store.folder("Drafts").id
    saved = store.writer.save_draft(WRITTEN)
    filed = store.writer.file_draft(saved.id, folder, local(1, flags=SEEN | Flag.DRAFT))
    assert store.row(filed.message).folder == "Drafts"
    assert store.reader.draft_of_message(filed.message) == filed
    (append,) = store.reader.pending()
    store.writer.pushed_places([(append.id, filed.message, 31)], folder)
    again = store.writer.file_draft(saved.id, folder, local(2, flags=SEEN | Flag.DRAFT))
    assert again.message != filed.message
    assert store.folder("Drafts").total == 1
    assert [(one.kind, one.uid) for one in store.reader.pending()] == [
        (PendingKind.APPEND, 0),
        (PendingKind.EXPUNGE, 31),
    ]
    store.writer.drop_draft(saved.id)
    assert store.folder("Drafts").total == 0
    assert [one.kind for one in store.reader.pending()] == [PendingKind.EXPUNGE]
    assert store.reader.draft_of_message(again.message) is None

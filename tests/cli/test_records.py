"""The JSON objects, key by key: programs rely on them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.cli.samples import ROW
from tui.cli import records
from tui.model.account import Account, Auth, Login, SecretSource, Security, Server
from tui.model.command import Check, Summary
from tui.model.content import Attachment, Content, Link
from tui.model.draft import Outgoing, Recipient, RecipientState, SendState
from tui.model.error import BadUsage
from tui.model.folder import Folder, Role
from tui.model.message import Address, Envelope, Flag


def test_a_row() -> None:
    assert records.row(ROW) == {
        "id": 7,
        "account": "you@example.org",
        "folder": "INBOX",
        "uid": 12,
        "uidl": None,
        "message_id": "1@contoso.example",
        "from": [{"name": "Billing", "address": "billing@contoso.example"}],
        "to": [{"name": None, "address": "you@example.org"}],
        "cc": [],
        "subject": "Invoice",
        "date": "1970-01-01T01:16:40+01:00",
        "received": "1970-01-01T00:16:40+00:00",
        "flags": ["seen", "flagged", "#work"],
        "size": 321,
        "attachments": 1,
        "thread": 3,
        "body": "full",
        "on_server": True,
    }


def test_a_message_without_anything() -> None:
    empty = records.content(Content(Envelope(), "", "", ()))
    assert set(empty) == {
        "from", "to", "cc", "bcc", "reply_to", "subject", "message_id", "in_reply_to", "references", "date",
        "date_epoch", "text", "html", "attachments", "tree", "links", "auth", "warnings",
    }  # fmt: skip
    lists: dict[str, list[str]] = {"attachments": [], "links": [], "warnings": []}
    assert {key: empty.pop(key) for key in lists} == lists
    assert empty.pop("text") == ""
    assert empty.pop("tree") == "text/plain"
    assert set(empty.values()) == {None}


def test_a_message_with_everything() -> None:
    found = Content(
        Envelope("m@x", "r@x", ("a@x", "r@x"), 0, -330, "S", bcc=(Address("", "b@x"),)),
        "text",
        "<p>text",
        (),
        attachments=(Attachment(2, "", "image/png", 3, "ab", "", "cid"),),
        links=(Link("here", "https://x.example", "looks odd"), Link("there", "https://y.example")),
        tree={"multipart/mixed": ["text/plain", "image/png"]},
        auth={"spf": "pass"},
        warnings=("w",),
    )
    record = records.content(found)
    assert record["date"] == "1969-12-31T18:30:00-05:30"
    assert record["date_epoch"] == 0
    assert record["bcc"] == [{"name": None, "address": "b@x"}]
    assert record["references"] == ["a@x", "r@x"]
    assert record["attachments"] == [
        {
            "part": 2,
            "filename": None,
            "type": "image/png",
            "size": 3,
            "sha256": "ab",
            "disposition": None,
            "content_id": "cid",
        }
    ]
    assert [link["warning"] for link in record["links"]] == ["looks odd", None]
    json.dumps(record)


@pytest.mark.parametrize(
    ("seconds", "offset", "text"),
    [
        (None, None, None),
        (0, None, "1970-01-01T00:00:00+00:00"),
        (0, 0, "1970-01-01T00:00:00+00:00"),
        (0, 99999, "1970-01-01T00:00:00+00:00"),
        (10**15, 60, None),
        (-(10**15), None, None),
    ],
)
def test_dates_that_cannot_be_are_null(seconds: int | None, offset: int | None, text: str | None) -> None:
    assert records.iso(seconds, offset) == text


def test_flags_there_and_back() -> None:
    words = ["seen", "answered", "flagged", "draft", "deleted", "forwarded", "junk", "#a", "#b"]
    flags, tags = records.parse_flags(words)
    assert records.flag_words(flags, tags) == words
    assert records.parse_flags(["SEEN"]) == (Flag.SEEN, frozenset())
    for wrong in ("unread", "#", ""):
        with pytest.raises(BadUsage):
            records.parse_flags([wrong])


def test_a_folder() -> None:
    found = Folder(1, "a@x", "INBOX/Ü", Role.NONE, True, True, 2, 3)
    record = {"account": "a@x", "name": "INBOX/Ü", "role": None, "unread": 2, "total": 3, "local": True}
    assert records.folder(found) == record


OUTGOING = Outgoing(
    4, "a@x", SendState.SENT, "a@x",
    (Recipient("b@x"), Recipient("c@x", RecipientState.REFUSED, 550, "no such user")),
    "S", "m@x", 10, 0, 60, attempts=1, last_error="550 no such user", explanation="There is no such address.",
)  # fmt: skip


def test_what_became_of_a_mail() -> None:
    assert records.sending(OUTGOING) == {
        "id": 4,
        "state": "sent",
        "message_id": "m@x",
        "refused": [{"address": "c@x", "code": 550, "text": "no such user"}],
        "explanation": "There is no such address.",
    }


STATES = [
    ("held", "queued"), ("queued", "queued"), ("sending", "queued"), ("dot-sent", "queued"), ("sent", "sent"),
    ("failed", "failed"), ("unsure", "unsure"), ("cancelled", "cancelled"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "word"), STATES)
def test_states_are_those_of_the_contract(state: str, word: str) -> None:
    found = replace(OUTGOING, state=SendState(state))
    assert records.sending(found)["state"] == word
    record = records.outgoing(found)
    assert record["state"] == word
    assert record["next_try"] == ("1970-01-01T00:01:00+00:00" if word == "queued" else None)
    assert set(record) == {
        "id", "state", "to", "subject", "attempts", "next_try", "last_error", "explanation",
    }  # fmt: skip


def test_an_account_shows_no_command() -> None:
    login = Login("you", Auth.PASSWORD, SecretSource.COMMAND, "pass show canary")
    account = Account("you@example.org", imap=Server("imap.example.org", 993, Security.TLS), login=login)
    record = records.account(account)
    assert "canary" not in json.dumps(record)
    assert (record["address"], record["incoming"], record["keep"]) == ("you@example.org", "imap", "leave")
    assert (record["imap_host"], record["imap_port"], record["imap_security"]) == (
        "imap.example.org",
        993,
        "tls",
    )


def test_checks_and_summaries() -> None:
    assert records.check(Check("DNS", False, "no such name", "check it", 69)) == {
        "check": "DNS",
        "ok": False,
        "detail": "no such name",
        "fix": "check it",
    }
    assert records.summary(Summary("a@x", 1, 2, 3, 4, 5, 0.12345, ("p",), 75)) == {
        "event": "summary", "account": "a@x", "new": 1, "changed": 2, "gone": 3, "sent": 4, "bytes": 5,
        "seconds": 0.123, "problems": ["p"],
    }  # fmt: skip

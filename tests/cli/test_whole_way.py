"""From adding an account to reading offline, over real IMAP, POP3 and SMTP on loopback."""

from __future__ import annotations

import hashlib
import mailbox
import re
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program, servers
from tui.demo.demo import Demo

ROW_KEYS = {
    "id", "account", "folder", "uid", "uidl", "message_id", "from", "to", "cc", "subject", "date", "received",
    "flags", "size", "attachments", "thread", "body", "on_server",
}  # fmt: skip
CONTENT_KEYS = {
    "from", "to", "cc", "bcc", "reply_to", "subject", "message_id", "in_reply_to", "references", "date",
    "date_epoch", "text", "html", "attachments", "tree", "links", "auth", "warnings",
}  # fmt: skip

Records = list[dict[str, Any]]


def _listed(program: Program, *words: object) -> Records:
    return program.json("list", "--limit", 1000, *words).records


def _synced(program: Program, code: int | None = 0) -> dict[str, Any]:
    last: dict[str, Any] = program.json("sync", code=code).records[-1]
    assert last["event"] == "summary"
    return last


def test_an_account_is_tested_saved_and_shown_without_its_secret(program: Program, demo: Demo) -> None:
    added = program.add(demo, "--name", "You")
    assert added.record["address"] == demo.account.address
    assert added.record["incoming"] == "imap"
    assert "ok" in added.err
    for words in (["account", "list"], ["account", "show"], ["account", "show", demo.account.address]):
        shown = program.json(*words).record
        assert shown.pop("disk", {}).keys() >= ({"folders", "store"} if "show" in words else set())
        assert shown == added.record
    tested = program.json("account", "test").records
    assert all(check["ok"] for check in tested)
    assert {"check", "ok", "detail", "fix"} <= set(tested[0])
    everything = program("account", "show").out + added.out + added.err
    assert demo.secret.reveal() not in everything
    config = (program.home / "config" / "config.toml").read_text()
    assert demo.secret.reveal() not in config


def test_fetching_listing_and_reading_by_imap(program: Program, demo: Demo) -> None:
    program.add(demo)
    summary = _synced(program)
    assert summary["account"] == demo.account.address
    assert summary["new"] > 40
    assert summary["problems"] == []
    assert set(summary) == {
        "event", "account", "new", "changed", "gone", "sent", "bytes", "seconds", "problems",
    }  # fmt: skip
    folders = program.json("folders").records
    assert {"name", "role", "unread", "total", "local"} <= set(folders[0])
    assert (folders[0]["name"], folders[0]["role"], folders[0]["local"]) == ("INBOX", "inbox", False)
    assert sum(folder["total"] for folder in folders) == summary["new"]
    rows = _listed(program, "--folder", "INBOX")
    assert len(rows) == folders[0]["total"]
    assert all(set(row) == ROW_KEYS for row in rows)
    assert all(
        row["uid"] and row["uidl"] is None and row["on_server"] and row["body"] == "full" for row in rows
    )
    assert [row["received"] for row in rows] == sorted((row["received"] for row in rows), reverse=True)
    assert len(_listed(program, "--unread")) == folders[0]["unread"]
    assert len(_listed(program, "--threads")) == len({row["thread"] for row in rows})
    assert len(program.json("list", "--limit", 3).records) == 3
    assert _synced(program)["new"] == 0


def test_a_message_is_read_in_every_way(filled: Program, tmp_path: Path) -> None:
    row = next(row for row in _listed(filled) if row["attachments"])
    opened = filled.json("read", row["id"]).record
    assert set(opened) >= CONTENT_KEYS | {"id"}
    assert opened["subject"] == row["subject"]
    assert opened["text"] in filled("read", row["id"]).out.replace("\u2068", "").replace("\u2069", "")
    raw = filled("read", row["id"], "--raw").raw
    assert len(raw) == row["size"]
    file = tmp_path / "message.eml"
    file.write_bytes(raw)
    inspected = filled.json("inspect", file).record
    assert inspected.pop("file") == str(file)
    assert inspected == {key: opened[key] for key in inspected}
    assert filled.json("inspect", "-", stdin=raw).record["file"] == "-"
    attachment = opened["attachments"][0]
    part = filled("read", row["id"], "--part", attachment["part"]).raw
    assert hashlib.sha256(part).hexdigest() == attachment["sha256"]
    assert len(part) == attachment["size"]
    filled("read", row["id"], "--part", 99, code=66)
    saved = filled.json("read", row["id"], "--save-attachments", tmp_path / "saved").record["saved"]
    assert len(saved) == len(opened["attachments"])
    assert Path(saved[0]).read_bytes() == part
    assert Path(saved[0]).stat().st_mode & 0o777 == 0o600
    assert filled.json("read", row["id"], "--headers").record["headers"]


def test_a_missing_file_does_not_keep_others_from_being_inspected(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(b"\xff\x00 this is hardly a message")
    result = program.json("inspect", tmp_path / "none.eml", file, code=66)
    assert result.record["file"] == str(file)
    assert "none.eml" in result.err


def test_searching(filled: Program) -> None:
    row = next(row for row in _listed(filled) if row["from"][0]["address"].count("@") == 1 and row["subject"])
    address = row["from"][0]["address"]
    found = filled.json("search", f"from:{address}", "--limit", 1000).records
    assert row["id"] in {one["id"] for one in found}
    assert all(set(one) == ROW_KEYS | {"snippet"} for one in found)
    assert all(one["from"][0]["address"] == address for one in found)
    assert filled.json("search", "xyzzy-nowhere-to-be-found").records == []


def test_changes_reach_the_server(filled: Program, tmp_path: Path, demo: Demo) -> None:
    rows = [row for row in _listed(filled) if "flagged" not in row["flags"]][:3]
    first, second, third = (row["id"] for row in rows)
    assert "flagged" in filled.json("flag", first, "--add", "flagged").record["flags"]
    archived = filled.json("archive", second).record
    deleted = filled.json("delete", third).record
    roles = {folder["name"]: folder["role"] for folder in filled.json("folders").records}
    assert (roles[archived["folder"]], roles[deleted["folder"]]) == ("archive", "trash")
    filled("sync")
    other = Program(tmp_path / "other")
    other.add(demo)
    other("sync")
    seen = {row["message_id"]: row for folder in roles for row in _listed(other, "--folder", folder)}
    assert "flagged" in seen[rows[0]["message_id"]]["flags"]
    assert seen[rows[1]["message_id"]]["folder"] == archived["folder"]
    assert seen[rows[2]["message_id"]]["folder"] == deleted["folder"]


def test_changes_are_undone_and_made_offline(filled: Program) -> None:
    row = _listed(filled)[0]
    name = next(folder["name"] for folder in filled.json("folders").records if folder["role"] == "archive")
    moved = filled.json("move", row["id"], name, "--offline").record
    assert moved["folder"] == name
    filled("move", row["id"], "No such folder", code=66)
    assert filled.json("undo", "--offline").record["undone"]
    assert _listed(filled)[0]["folder"] == row["folder"]


def test_sending_and_the_answer(filled: Program, tmp_path: Path, demo: Demo) -> None:
    body, file = tmp_path / "body.txt", tmp_path / "plan.txt"
    body.write_text("See the plan.\nFrom here on it is easy.\n.\n")
    file.write_bytes(b"one\r\ntwo\x00")
    before = {row["id"] for row in _listed(filled)}
    sent = filled.json(
        "send", "--to", "Billing <billing@contoso.example>", "--bcc", "secret@contoso.example", "--subject",
        "Größe", "--body-file", body, "--attach", file,
    ).record  # fmt: skip
    assert set(sent) == {"id", "state", "message_id", "refused", "explanation"}
    assert (sent["state"], sent["refused"]) == ("sent", [])
    folder = next(one["name"] for one in filled.json("folders").records if one["role"] == "sent")
    deadline = time.monotonic() + 15
    while not (answers := [row for row in _listed(filled) if row["id"] not in before]):
        assert time.monotonic() < deadline, "no answer came"
        filled("sync")
    assert answers[0]["subject"].endswith("Größe")
    copy = next(row for row in _listed(filled, "--folder", folder) if row["message_id"] == sent["message_id"])
    opened = filled.json("read", copy["id"]).record
    assert opened["bcc"] == [{"name": None, "address": "secret@contoso.example"}]
    assert opened["attachments"][0]["filename"] == "plan.txt"
    assert opened["attachments"][0]["sha256"] == hashlib.sha256(b"one\r\ntwo\x00").hexdigest()
    reply = filled.json("send", "--in-reply-to", answers[0]["id"], "--body-file", "-", stdin=b"Thanks").record
    assert reply["state"] == "sent"
    assert "answered" in next(row for row in _listed(filled) if row["id"] == answers[0]["id"])["flags"]


def test_a_finished_message_is_sent_as_it_is(filled: Program, tmp_path: Path, demo: Demo) -> None:
    file = tmp_path / "m.eml"
    file.write_bytes(
        b"From: %s\r\nTo: %s\r\nBcc: b@contoso.example\r\n" % ((demo.account.address.encode(),) * 2)
        + b"Message-ID: <fixed@contoso.example>\r\nSubject: finished\r\n\r\nbody\r\n"
    )
    sent = filled.json("send", file).record
    assert (sent["state"], sent["message_id"]) == ("sent", "fixed@contoso.example")
    filled("sync")
    arrived = next(row for row in _listed(filled) if row["message_id"] == "fixed@contoso.example")
    raw = filled("read", arrived["id"], "--raw").raw
    assert b"\r\nSubject: finished\r\n" in raw
    assert b"b@contoso.example" not in raw
    filled("send", file, "--subject", "other", code=2)
    file.write_bytes(b"Subject: to nobody\r\n\r\n")
    filled("send", file, code=65)


def test_the_outbox_waits_and_is_emptied(filled: Program, tmp_path: Path) -> None:
    to = ("--to", "billing@contoso.example", "--subject", "later")
    for words in (["--offline"], ["--no-wait"], ["--at", "+1d"]):
        waiting = filled.json("send", *to, *words, code=75).record
        assert waiting["state"] == "queued"
        row = next(row for row in filled.json("outbox").records if row["id"] == waiting["id"])
        assert set(row) == {
            "id", "state", "to", "subject", "attempts", "next_try", "last_error", "explanation",
        }  # fmt: skip
        assert (row["to"], row["attempts"]) == ([{"name": None, "address": "billing@contoso.example"}], 0)
    cancelled = filled.json("outbox", "cancel", waiting["id"]).record
    assert cancelled["state"] == "cancelled"
    due = filled.json("outbox", "send").records
    assert {row["state"] for row in due} == {"sent"}
    assert len(due) == 2


BAD_SENDS = [
    (["--to", "nobody at all"], 65),
    (["--to", "a@b.example", "--attach", "no/such/file"], 66),
    (["--to", "a@b.example", "--body-file", "no/such/file"], 66),
    (["--to", "a@b.example", "--in-reply-to", "99999"], 66),
    (["--to", "a@b.example", "--from", "other@b.example"], 66),
    (["--to", "a@b.example", "--at", "12:99"], 2),
]


@pytest.mark.parametrize(("words", "code"), BAD_SENDS)
def test_what_cannot_be_sent_leaves_nothing_behind(
    program: Program, demo: Demo, words: list[str], code: int
) -> None:
    program.add(demo, "--no-test")
    result = program("send", *words, code=code)
    assert len(result.err.splitlines()) <= 2
    assert program.json("outbox").records == []


def _unquoted(data: bytes) -> bytes:
    return re.sub(rb"^>(>*From )", rb"\1", data, flags=re.MULTILINE)


def test_exports_are_the_bytes_as_received(filled: Program, tmp_path: Path) -> None:
    rows = _listed(filled, "--folder", "INBOX")
    raw = sorted(filled("read", row["id"], "--raw").raw for row in rows)
    for kind in ("maildir", "eml", "mbox"):
        summary = filled.json("export", tmp_path / kind, "--format", kind, "--folder", "INBOX").record
        assert (summary["exported"], summary["existing"], summary["missing"]) == (len(rows), 0, 0)
    assert sorted(path.read_bytes() for path in (tmp_path / "eml").iterdir()) == raw
    assert sorted(path.read_bytes() for path in (tmp_path / "maildir" / "cur").iterdir()) == raw
    with closing(mailbox.mbox(tmp_path / "mbox")) as box:
        assert sorted(_unquoted(box.get_bytes(key)) for key in box.iterkeys()) == raw
    with closing(mailbox.Maildir(tmp_path / "maildir", create=False)) as box:
        seen = sum("S" in message.get_flags() for message in box)
        assert seen == sum("seen" in row["flags"] for row in rows)
    for kind in ("maildir", "eml"):
        again = filled.json("export", tmp_path / kind, "--format", kind, "--folder", "INBOX").record
        assert (again["exported"], again["existing"]) == (0, len(rows))
    filled("export", tmp_path / "mbox", "--format", "mbox", code=73)
    found = filled.json("export", tmp_path / "some", "--format", "eml", "--search", "is:flagged").record
    assert found["exported"] == sum("flagged" in row["flags"] for row in _everything(filled))


def _everything(program: Program) -> Records:
    names = [folder["name"] for folder in program.json("folders").records]
    return [row for name in names for row in _listed(program, "--folder", name)]


def test_switching_to_pop3_and_back_keeps_every_message(filled: Program, demo: Demo) -> None:
    before = {row["id"]: row["message_id"] for row in _everything(filled)}
    inbox = len(_listed(filled))
    changed = filled.json("account", "set", demo.account.address, "incoming=pop3", "keep=14d").record
    assert (changed["incoming"], changed["keep"]) == ("pop3", "14d")
    assert {row["id"]: row["message_id"] for row in _everything(filled)} == before
    assert all(folder["local"] for folder in filled.json("folders").records)
    summary = _synced(filled)
    assert (summary["new"], summary["problems"]) == (0, [])
    assert len(_listed(filled)) == inbox
    assert filled.json("account", "set", "incoming=imap").record["incoming"] == "imap"
    assert _synced(filled)["new"] == 0
    after = _everything(filled)
    assert {row["id"]: row["message_id"] for row in after} == before
    assert all(row["on_server"] for row in after)


def test_pop3_is_read_offline_after_the_server_has_gone(program: Program, demo: Demo) -> None:
    program.add(demo, incoming="pop3")
    summary = _synced(program)
    rows = _listed(program)
    assert len(rows) == summary["new"] > 20
    assert all(row["uidl"] and row["uid"] is None for row in rows)
    demo.stop()
    assert _listed(program, "--offline") == rows
    assert program.json("read", rows[0]["id"]).record["subject"] == rows[0]["subject"]
    assert _synced(program, code=69)["problems"]


def test_without_bodies_a_message_is_fetched_when_it_is_read(program: Program, demo: Demo) -> None:
    program.add(demo)
    program("sync", "--headers", "--folder", "INBOX")
    rows = _listed(program)
    assert {row["body"] for row in rows} == {"headers"}
    program("read", rows[0]["id"], "--offline", code=69)
    assert len(program("read", rows[0]["id"], "--raw").raw) == rows[0]["size"]
    assert _listed(program)[0]["body"] == "full"


def test_removing_an_account(filled: Program, demo: Demo) -> None:
    filled("account", "remove", "--keep-mail")
    assert filled.json("account", "list").records == []
    assert _everything(filled)
    filled.add(demo)
    filled("account", "remove", demo.account.address)
    assert filled.json("folders").records == []


def test_wrong_settings_are_not_saved(program: Program, demo: Demo, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong\n")
    words = ["account", "add", demo.account.address, *servers(demo), "--password-command", f"cat {wrong}"]
    assert "password" in program(*words, code=77).err.lower()
    wrong.write_text(demo.secret.reveal())
    demo.stop()
    program(*words, code=69)
    assert program.json("account", "list").records == []


def test_doctor_finds_everything_well(filled: Program) -> None:
    checks = filled.json("doctor", code=0).records
    assert {"check", "ok", "detail", "fix"} <= set(checks[0])
    assert [check["check"] for check in checks if not check["ok"]] == []
    assert {"versions", "folders", "configuration", "store", "keyring", "terminal"} <= {
        one["check"] for one in checks
    }


def test_doctor_names_a_server_that_is_not_there(filled: Program, demo: Demo) -> None:
    demo.stop()
    checks = filled.json("doctor", code=69).records
    failed = [check for check in checks if not check["ok"]]
    assert failed
    assert all(check["fix"] for check in failed)


def test_explaining(program: Program) -> None:
    found = program.json(
        "explain", "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."
    ).record
    assert set(found) == {"code", "title", "meaning", "fix", "retry"}
    assert found["retry"] is False

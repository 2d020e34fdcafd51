"""`import` from files of every kind, into local folders and towards a server."""

from __future__ import annotations

import mailbox
import os
import re
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program
from tests.sync.letters_in import letter
from tui.cli import mail_sources
from tui.demo.demo import Demo

LETTERS = [letter(number) for number in range(5)]
TRICKY = letter(9, body="From here on\n>From there\n>>From here\n\nFrom the start of a line\n")


@pytest.fixture
def local(program: Program) -> Program:
    """A program with a POP3 account, whose folders are all local."""
    _pop3_account(program)
    return program


def _pop3_account(program: Program) -> None:
    program(
        "account", "add", "you@example.org", "--incoming", "pop3", "--pop3-host", "localhost", "--smtp-host",
        "localhost", "--password-command", "echo x", "--no-test",
    )  # fmt: skip


def imported(program: Program, *words: object, code: int = 0) -> tuple[int, int, int]:
    record = program.json("--offline", "import", *words, code=code).record
    assert set(record) == {"new", "repeated", "unreadable"}
    return record["new"], record["repeated"], record["unreadable"]


def listed(program: Program, folder: str = "INBOX") -> list[dict[str, Any]]:
    return program.json("list", "--folder", folder, "--limit", 100).records


def raws(program: Program, folder: str = "INBOX") -> list[bytes]:
    return sorted(program("read", row["id"], "--raw").raw for row in listed(program, folder))


def test_single_messages_byte_for_byte(local: Program, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    for number, raw in enumerate(LETTERS):
        (kept / f"{number}.eml").write_bytes(raw)
    files = sorted(kept.iterdir())
    assert imported(local, *files) == (5, 0, 0)
    assert raws(local) == sorted(LETTERS)
    assert imported(local, *files) == (0, 5, 0)
    assert imported(local, kept, "--folder", "Kept/2026") == (5, 0, 0)
    assert raws(local, "Kept/2026") == sorted(LETTERS)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_an_mbox_file(local: Program, tmp_path: Path, ends: bytes) -> None:
    path = tmp_path / "old.mbox"
    letters = [raw.replace(b"\r\n", ends) for raw in (*LETTERS, TRICKY)]
    path.write_bytes(
        b"".join(
            b"From you@example.org Tue Jan  2 10:00:00 2024" + ends
            + re.sub(rb"(?m)^(>*From )", rb">\1", raw).replace(b">From: ", b"From: ") + ends
            for raw in letters
        )
    )  # fmt: skip
    assert imported(local, path) == (6, 0, 0)
    assert raws(local) == sorted(letters)
    assert listed(local)[0]["received"] == "2024-01-02T10:00:00+00:00"
    assert imported(local, path) == (0, 6, 0)


def test_an_mbox_file_of_another_program(local: Program, tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for number, raw in enumerate((*LETTERS, LETTERS[0], TRICKY)):
        message = mailbox.mboxMessage(raw)
        message.set_flags(["", "R", "RA", "RF", "O", "", "R"][number])
        box.add(message)
    box.close()
    assert imported(local, tmp_path / "box") == (6, 1, 0)
    flags = {str(row["subject"]): row["flags"] for row in listed(local)}
    assert sorted(map(str, flags.values())) == sorted(
        map(str, [[], ["seen"], ["seen", "answered"], ["seen", "flagged"], [], ["seen"]])
    )


def test_what_was_removed_in_thunderbird_stays_away(local: Program, tmp_path: Path) -> None:
    path = tmp_path / "Inbox"
    marks = (b"0001", b"0009", b"0005")
    path.write_bytes(
        b"".join(
            b"From - Tue Jan 02 10:00:00 2024\nX-Mozilla-Status: " + mark + b"\n" + raw + b"\n"
            for mark, raw in zip(marks, LETTERS, strict=False)
        )
    )
    assert imported(local, path) == (2, 0, 0)
    assert {tuple(row["flags"]) for row in listed(local)} == {("seen",), ("seen", "flagged")}


def test_a_maildir_with_its_flags_and_folders(local: Program, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    for number, raw in enumerate(LETTERS[:3]):
        message = mailbox.MaildirMessage(raw)
        message.set_flags(("", "FS", "RPS")[number])
        message.set_subdir("cur" if number else "new")
        box.add(message)
    box.add_folder("Projects.Entw&APw-rfe").add(mailbox.MaildirMessage(LETTERS[3]))
    assert imported(local, tmp_path / "Maildir") == (4, 0, 0)
    flags = sorted(tuple(row["flags"]) for row in listed(local))
    assert flags == [(), ("seen", "answered", "forwarded"), ("seen", "flagged")]
    assert len(listed(local, "Projects/Entwürfe")) == 1
    assert imported(local, tmp_path / "Maildir") == (0, 4, 0)
    assert imported(local, tmp_path / "Maildir", "--folder", "Old") == (4, 0, 0)
    assert len(listed(local, "Old/Projects/Entwürfe")) == 1


def test_a_folder_of_folders(local: Program, tmp_path: Path) -> None:
    (tmp_path / "mail" / "Sent.sbd").mkdir(parents=True)
    (tmp_path / "mail" / "Sent.sbd" / "2024").write_bytes(b"From - Tue Jan 02 10:00:00 2024\n" + LETTERS[0])
    (tmp_path / "mail" / "Inbox").write_bytes(b"From - Tue Jan 02 10:00:00 2024\n" + LETTERS[1])
    (tmp_path / "mail" / "Inbox.msf").write_bytes(b"// <!-- an index -->")
    (tmp_path / "mail" / "Drafts").write_bytes(b"")
    (tmp_path / "mail" / "loop").symlink_to(tmp_path / "mail")
    assert imported(local, tmp_path / "mail") == (2, 0, 0)
    assert len(listed(local, "Sent/2024")) == len(listed(local)) == 1


def test_what_cannot_be_read_is_counted_and_named(local: Program, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "good.eml").write_bytes(LETTERS[0])
    (kept / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (kept / "empty.eml").write_bytes(b"")
    (kept / "evil\x1b[31m.eml").write_bytes(b"no mail")
    (kept / "part.mbox").write_bytes(
        b"From a Tue Jan  2 10:00:00 2024\nno mail\n\nFrom a Tue Jan  2 10:00:00 2024\n" + LETTERS[1]
    )
    result = local.json("--offline", "import", kept, code=65)
    assert result.record == {"new": 2, "repeated": 0, "unreadable": 4}
    for name in ("picture.png", "empty.eml", "part.mbox, message 1"):
        assert name in result.err
    assert "\x1b" not in result.err
    local("import", tmp_path / "nothing.eml", code=66)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(local: Program, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(LETTERS[0])
    (tmp_path / "a.eml").chmod(0)
    assert imported(local, tmp_path / "a.eml", code=65) == (0, 0, 1)


def test_mail_that_was_deleted_here_can_be_brought_back(local: Program, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(LETTERS[0])
    imported(local, tmp_path / "a.eml")
    local("--offline", "delete", listed(local)[0]["id"])
    assert imported(local, tmp_path / "a.eml") == (1, 0, 0)


def test_towards_a_server(program: Program, demo: Demo, tmp_path: Path) -> None:
    program.add(demo)
    program("sync")
    before = len(listed(program))
    for number, raw in enumerate(LETTERS):
        (tmp_path / f"{number}.eml").write_bytes(raw.replace(b"\r\n", b"\n"))
    files = [tmp_path / f"{number}.eml" for number in range(5)]
    assert imported(program, *files[:3]) == (3, 0, 0)
    assert imported(program, *files, "--folder", "Old mail/2026") == (5, 0, 0)
    program("sync")
    other = Program(tmp_path / "other")
    other.add(demo)
    other("sync")
    assert len(listed(other)) == len(listed(program)) == before + 3
    assert raws(other, "Old mail/2026") == sorted(LETTERS)
    assert all(row["on_server"] for row in listed(program, "Old mail/2026"))
    assert imported(other, *files) == (0, 5, 0)
    assert program.json("sync").records[-1]["new"] == 0


def test_a_large_mbox_takes_little_memory_and_goes_on_after_a_kill(local: Program, tmp_path: Path) -> None:
    path = tmp_path / "large.mbox"
    body = "All work and no play makes a dull mail.\n" * 2_000
    with path.open("wb") as file:
        for number in range(300):
            file.write(
                b"From a@contoso.example Tue Jan  2 10:00:00 2024\n" + letter(number, body=body) + b"\n"
            )
    command = [
        sys.executable, "-c",
        "import re, sys; from tui.__main__ import main; code = main(sys.argv[1:]);"
        "status = open('/proc/self/status').read();"  # ru_maxrss would be the parent's where that is larger
        "print(re.search(r'VmHWM:\\s*(\\d+)', status)[1], file=sys.stderr); sys.exit(code)",
        "--home", str(local.home), "--offline", "import", str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while len(local.json("list", "--limit", 500).records) < 50:
            assert process.poll() is None
        process.kill()
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(ended.stderr.split()[-1]) < 130_000
    records = local.json("--offline", "import", path).record
    assert records == {"new": 0, "repeated": 300, "unreadable": 0}
    assert len(local.json("list", "--limit", 500).records) == 300


@pytest.mark.parametrize("form", ["maildir", "eml", "mbox"])
def test_what_was_exported_comes_back(local: Program, tmp_path: Path, form: str) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    for number, raw in enumerate((*LETTERS, TRICKY)):
        (kept / f"{number}.eml").write_bytes(raw)
    names = ("INBOX", "Projects/Entwürfe", "v1.2", "R&D")
    for name in names:
        imported(local, kept, "--folder", name)
    local("flag", listed(local)[0]["id"], "--add", "flagged")
    done = local.json("export", tmp_path / "out", "--format", form).record
    assert done["exported"] == 24
    other = Program(tmp_path / "other")
    _pop3_account(other)
    if form == "mbox":  # one file, in which no message tells its folder
        assert imported(other, tmp_path / "out") == (6, 18, 0)
        return
    assert imported(other, tmp_path / "out") == (24, 0, 0)
    for name in names:
        assert raws(other, name) == raws(local, name) == sorted((*LETTERS, TRICKY))
    assert local.json("export", tmp_path / "out", "--format", form).record["existing"] == 24
    if form == "maildir":
        assert listed(other) and [row["flags"] for row in listed(other)] == [
            row["flags"] for row in listed(local)
        ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of Unix")
@pytest.mark.parametrize("folder", ["", "cur", "new"])
def test_nothing_but_files_is_read(local: Program, tmp_path: Path, folder: str) -> None:
    """A link may lead to anybody's mail, and a pipe never ends."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private/secret.eml").write_bytes(LETTERS[1])
    given = tmp_path / "given" / folder
    given.mkdir(parents=True)
    (given / "good.eml").write_bytes(LETTERS[0])
    (given / "link.eml").symlink_to(tmp_path / "private/secret.eml")
    os.mkfifo(given / "pipe.eml")
    assert imported(local, tmp_path / "given", "--folder", "Given", code=65) == (1, 0, 1)
    assert raws(local, "Given") == [LETTERS[0]]


def test_a_maildir_whose_parts_are_links(local: Program, tmp_path: Path) -> None:
    elsewhere = tmp_path / "private"
    elsewhere.mkdir()
    (elsewhere / "1.eml").write_bytes(LETTERS[0])
    (tmp_path / "given").mkdir()
    (tmp_path / "given/cur").symlink_to(elsewhere)
    assert imported(local, tmp_path / "given") == (0, 0, 0)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look everywhere")
def test_a_folder_that_may_be_listed_only(local: Program, tmp_path: Path) -> None:
    shut = tmp_path / "given/shut"
    shut.mkdir(parents=True)
    (shut / "1.eml").write_bytes(LETTERS[0])
    (shut / "below").mkdir()
    shut.chmod(0o400)
    try:
        assert imported(local, tmp_path / "given", code=65) == (0, 0, 1)
    finally:
        shut.chmod(0o700)


def test_folders_in_folders_without_end(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (mail_sources.DEEPEST + 40))
    deep.mkdir(parents=True)
    (deep / "1.eml").write_bytes(LETTERS[0])
    (found,) = mail_sources.messages(tmp_path)
    assert "inside one another" in found.problem


def test_lines_made_to_take_long(tmp_path: Path) -> None:
    path = tmp_path / "slow.mbox"
    line = b"From x" + b"1:11 " * 12_000 + b"\n\n"
    path.write_bytes(b"From a@example.org Tue Jan  2 10:00:00 2024\nSubject: x\n\n\n" + line * 20)
    began = time.process_time()
    assert len(list(mail_sources.messages(path))) == 1
    assert time.process_time() - began < 2


def test_an_mbox_of_short_lines_takes_no_more_memory_than_its_text(tmp_path: Path) -> None:
    path = tmp_path / "short.mbox"
    text = b"Subject: x\n\n" + b"a\n" * 2_000_000
    path.write_bytes(b"From a@example.org Tue Jan  2 10:00:00 2024\n" + text + b"\n")
    tracemalloc.start()
    try:
        (found,) = mail_sources.messages(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.message and found.message.raw == text
    assert most < 4 * len(text)

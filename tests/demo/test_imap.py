from __future__ import annotations

import smtplib
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from tui.demo import Demo


def _subjects(imap: Any) -> dict[int, bytes]:
    fetched = imap.fetch(imap.search("ALL"), ["ENVELOPE"])
    return {uid: data[b"ENVELOPE"].subject or b"" for uid, data in fetched.items()}


def _pushed(imap: Any) -> bytes:
    """The next line of the server. Not by `idle_check`: it loses half lines (imapclient issue 519)."""
    line: bytes = imap._imap.readline()
    return line.strip()


def test_the_folders_are_named_as_exchange_names_them(imap: Any) -> None:
    names = [name for _, _, name in imap.list_folders()]
    expected = {"INBOX", "Drafts", "Sent Items", "Deleted Items", "Junk Email", "Archive", "Newsletters"}
    assert expected | {"Projects/Website", "Reise/Grüße & Pläne"} <= set(names)
    for name in names:
        assert imap.select_folder(name)[b"READ-WRITE"]


def test_a_wrong_password_is_refused(demo: Demo) -> None:
    assert demo.account.imap
    with (
        IMAPClient(demo.account.imap.host, demo.account.imap.port, ssl=False, timeout=5) as client,
        pytest.raises(LoginError),
    ):
        client.login(demo.account.address, "wrong")


def test_mail_lies_in_the_order_of_its_dates(imap: Any) -> None:
    imap.select_folder("INBOX")
    fetched = imap.fetch(imap.search("ALL"), ["INTERNALDATE", "FLAGS"])
    dates = [fetched[uid][b"INTERNALDATE"] for uid in sorted(fetched)]
    assert len(dates) > 30
    assert dates == sorted(dates)
    assert dates[-1] > datetime.now() - timedelta(minutes=10)
    flags = {flag for data in fetched.values() for flag in data[b"FLAGS"]}
    assert {b"\\Seen", b"\\Answered", b"\\Flagged"} <= flags


def test_idle_tells_of_the_answer_to_a_letter(imap: Any, smtp: smtplib.SMTP, demo: Demo) -> None:
    imap.select_folder("INBOX")
    before = len(imap.search("ALL"))
    imap.idle()
    smtp.sendmail(demo.account.address, ["billing@contoso.example"], b"Subject: Lamps\r\n\r\nHow many?\r\n")
    assert _pushed(imap) == b"* %d EXISTS" % (before + 1)
    imap.idle_done()
    assert b"Re: Lamps" in _subjects(imap).values()


def test_idle_tells_of_what_came_before_it(imap: Any, smtp: smtplib.SMTP, demo: Demo) -> None:
    imap.select_folder("INBOX")
    before = len(imap.search("ALL"))
    smtp.sendmail(demo.account.address, [demo.account.address], b"Subject: Note\r\n\r\nMilk.\r\n")
    time.sleep(0.2)
    imap.idle()
    assert _pushed(imap) == b"* %d EXISTS" % (before + 1)
    imap.idle_done()


def test_waiting_costs_nothing(imap: Any) -> None:
    imap.select_folder("INBOX")
    imap.idle()
    before = time.process_time()
    time.sleep(0.4)
    assert time.process_time() - before < 0.1
    imap.idle_done()


def test_messages_move_with_their_new_uids(imap: Any) -> None:
    imap.select_folder("INBOX")
    uid = imap.search("ALL")[0]
    subject = _subjects(imap)[uid]
    imap.move([uid], "Archive")
    assert uid not in imap.search("ALL")
    imap.select_folder("Archive")
    assert subject in _subjects(imap).values()


def test_a_copy_can_be_filed(imap: Any) -> None:
    raw = b"Subject: filed\r\n\r\nby hand\r\n"
    imap.append("Sent Items", raw, flags=(b"\\Seen",))
    imap.select_folder("Sent Items")
    (uid,) = imap.search(["HEADER", "Subject", "filed"])
    assert imap.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] == raw


def test_a_command_line_may_name_thousands_of_messages(imap: Any) -> None:
    imap.select_folder("INBOX")
    wanted = ",".join(str(number) for number in range(1, 60_000, 2))
    assert len(wanted) > 1 << 16
    typ, _ = imap._imap.uid("FETCH", wanted, "(FLAGS)")
    assert typ == "OK"

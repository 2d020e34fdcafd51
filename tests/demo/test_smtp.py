from __future__ import annotations

import email
import smtplib
import time
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from tui.demo import Demo


class Inbox:
    """The inbox as it is seen over IMAP, and what has come since the test began."""

    def __init__(self, imap: Any) -> None:
        self._imap = imap
        self._before = imap.select_folder("INBOX")[b"EXISTS"]

    def new(self) -> list[EmailMessage]:
        self._imap.noop()
        uids = self._imap.search("ALL")[self._before :]
        fetched = self._imap.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        return [email.message_from_bytes(fetched[uid][b"BODY[]"], policy=default) for uid in uids]

    def the_new_one(self) -> EmailMessage:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if new := self.new():
                (message,) = new
                return message
            time.sleep(0.02)
        raise AssertionError("nothing has come")


@pytest.fixture
def inbox(imap: Any) -> Inbox:
    return Inbox(imap)


def _letter(to: str, **fields: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = "you@outlook-demo.example"
    letter["To"] = to
    letter["Message-ID"] = "<mine@outlook-demo.example>"
    for name, value in fields.items():
        letter[name.replace("_", "-")] = value
    letter.set_content("How many lamps?\nAnd which?\n")
    return letter


def test_the_server_offers_what_a_submission_server_should(smtp: smtplib.SMTP) -> None:
    assert {"size", "8bitmime", "smtputf8", "auth"} <= set(smtp.esmtp_features)
    assert {"PLAIN", "LOGIN"} <= set(smtp.esmtp_features["auth"].split())


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_sign_in_by_each_mechanism(demo: Demo, mechanism: str) -> None:
    assert demo.account.smtp
    for password, code in ((demo.secret.reveal(), 235), ("wrong", 535)):
        with smtplib.SMTP(demo.account.smtp.host, demo.account.smtp.port, timeout=5) as client:
            client.ehlo()
            client.user, client.password = demo.account.address, password
            name = mechanism.removeprefix("auth_").upper()
            try:
                answered = client.auth(name, getattr(client, mechanism))[0]
            except smtplib.SMTPAuthenticationError as error:
                answered = error.smtp_code
            assert answered == code


def test_nobody_sends_without_a_sign_in(demo: Demo) -> None:
    assert demo.account.smtp
    with smtplib.SMTP(demo.account.smtp.host, demo.account.smtp.port, timeout=5) as client:
        client.ehlo()
        assert client.mail(demo.account.address)[0] == 530


def test_the_answer_belongs_to_the_thread(inbox: Inbox, smtp: smtplib.SMTP) -> None:
    smtp.send_message(_letter("shop@lamps.example", Subject="Lamps", References="<a@x> <b@x>"))
    answer = inbox.the_new_one()
    assert answer["Subject"] == "Re: Lamps"
    assert answer["From"] == "Shop robot <shop@lamps.example>"
    assert answer["In-Reply-To"] == "<mine@outlook-demo.example>"
    assert answer["References"] == "<a@x> <b@x> <mine@outlook-demo.example>"
    assert "> How many lamps?\n> And which?\n" in answer.get_content().replace("\r\n", "\n")


def test_refused_recipients_do_not_hold_up_the_others(inbox: Inbox, smtp: smtplib.SMTP) -> None:
    letter = _letter("shop@lamps.example, refuse@lamps.example, busy@lamps.example", Subject="Lamps")
    refused = smtp.send_message(letter)
    assert {address: code for address, (code, _) in refused.items()} == {
        "refuse@lamps.example": 550,
        "busy@lamps.example": 451,
    }
    assert refused["refuse@lamps.example"][1].startswith(b"5.1.1 ")
    assert inbox.the_new_one()["From"] == "Shop robot <shop@lamps.example>"


def test_a_delivery_report_comes_back(inbox: Inbox, smtp: smtplib.SMTP) -> None:
    smtp.send_message(_letter("bounce@lamps.example", Subject="Lamps"))
    report = inbox.the_new_one()
    assert report.get_content_type() == "multipart/report"
    parts = [part.get_content_type() for part in report.walk()]
    assert "message/delivery-status" in parts
    assert "Final-Recipient: rfc822; bounce@lamps.example" in report.as_string()
    assert "Message-ID: <mine@outlook-demo.example>" in report.as_string()


def test_mail_to_oneself_comes_at_once_and_unanswered(inbox: Inbox, smtp: smtplib.SMTP) -> None:
    smtp.send_message(_letter("you@outlook-demo.example", Subject="Note"))
    note = inbox.the_new_one()
    assert note["Subject"] == "Note"
    time.sleep(0.2)
    assert len(inbox.new()) == 1


def test_letters_in_utf_8_headers_are_answered(inbox: Inbox, smtp: smtplib.SMTP) -> None:
    raw = "From: you@outlook-demo.example\r\nTo: grüße@lampen.example\r\nSubject: Größe\r\n\r\nWie groß?\r\n"
    smtp.sendmail(
        "you@outlook-demo.example", ["grüße@lampen.example"], raw.encode(), ["SMTPUTF8", "BODY=8BITMIME"]
    )
    answer = inbox.the_new_one()
    assert answer["Subject"] == "Re: Größe"
    assert "> Wie groß?" in answer.get_content()

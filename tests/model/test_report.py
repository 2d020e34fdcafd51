"""A report that anybody may read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.account import Account, Auth, Login, Protocol, Security, Server
from tui.model.command import Check
from tui.model.event import Checked
from tui.model.report import report

OWN = Account(
    "canary.person@canary-domain.example",
    name="Canary Name",
    imap=Server("imap.canary-server.example", 993),
    smtp=Server("smtp.canary-server.example", 465),
    login=Login("canaryuser"),
    ca_file="/home/canaryhome/ca.pem",
)
OUTLOOK = Account(
    "canary@outlook.com",
    provider="outlook",
    imap=Server("outlook.office365.com", 993),
    smtp=Server("smtp-mail.outlook.com", 587, Security.STARTTLS),
    login=Login("canary@outlook.com", Auth.OAUTH2),
)
SAID = (
    "There is no password or token for canaryuser at imap.canary-server.example.",
    "535 5.7.8 Error: authentication failed for Canary.Person (IMAP.CANARY-SERVER.EXAMPLE)",
    "NO [AUTHENTICATIONFAILED] canary.person@canary-domain.example by 203.0.113.7 [mx7.canary-other.example]",
    "IPv4 203.0.113.7 answers in 23 ms; IPv6 2001:db8::cafe:1 answers in 24 ms",
    "IPv6 2001:db8:1:2:3:4:5:6; fe80::1%eth0",
    "The certificate file /home/canaryhome/ca.pem cannot be used.",
    r"C:\Users\canaryhome\AppData\outlook-tui\mail.db",
    "Hello Canary Name, write to somebody.else@canary-third.example",
    "https://login.canary-third.example/x",
    "signed in as canary.person@canary-domain.example 3 days ago",
    "\x1b]0;x\x07",
)
ADVICE = (
    "Run: outlook-tui account login canary.person@canary-domain.example",
    "Is imap.canary-server.example right? See https://login.canary-third.example/x",
    "chmod go= /srv/canaryhome/x",
)
PRIVATE = ("/home/canaryhome", "canaryhome")


@pytest.mark.parametrize("ok", [True, False])
@pytest.mark.parametrize("check", ["imap name", "imap port", "smtp sign-in", "token"])
def test_nothing_personal_is_in_it(check: str, ok: bool) -> None:
    checked = [Checked(OWN.address, Check(check, ok, said, seconds=0.25)) for said in SAID]
    checked += [Checked(OWN.address, Check(check, ok, "", advice)) for advice in ADVICE]
    text = report(checked, (OWN, OUTLOOK), PRIVATE)
    assert "canary" not in text.lower()
    assert not any(number in text for number in ("203.0.113", "2001:db8", "fe80::"))
    assert "\x1b" not in text
    assert len(text.splitlines()) > len(checked)


def test_nor_in_what_is_said_of_this_computer() -> None:
    checks = [
        Check("store", True, "sound: 3 messages in /home/canaryhome/.local/share/outlook-tui/mail.db"),
        Check("folders", False, "others can read /srv/canaryhome/x", "chmod go= /srv/canaryhome/x"),
        Check("configuration", False, "canary.person@canary-domain.example is there twice"),
        Check("versions", False, r"C:\Users\canaryhome\python.exe -m pip install x"),
    ]
    text = report([Checked("", check) for check in checks], (OWN,), PRIVATE)
    assert "canary" not in text.lower()
    assert "…/mail.db" in text


def test_nor_by_the_names_of_folders_and_authorities() -> None:
    checks = [
        Check("imap folders", True, "6 folders (inbox: INBOX, sent: Canary Sent)"),
        Check(
            "imap encryption", True, "TLSv1.3, certificate valid until Nov 23 2026 GMT, issued by Canary CA"
        ),
    ]
    text = report([Checked(OWN.address, check) for check in checks], (OWN,))
    assert "canary" not in text.lower()
    assert "6 folders\n" in text
    assert "valid until Nov 23 2026 GMT\n" in text


def test_what_helps_stays() -> None:
    checks = [
        Check("imap name", True, "IPv4 none; IPv6 ::1"),
        Check("imap encryption", True, "TLSv1.3, valid until Nov 23 12:00:00 2026 GMT, issued by DigiCert"),
        Check("imap capabilities", True, "AUTH=XOAUTH2 IMAP4rev1 UIDPLUS"),
        Check("imap folders", True, "6 folders (inbox: INBOX)"),
        Check(
            "smtp sign-in", False,
            "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant. https://aka.ms/smtp_auth_disabled",
            "Ask for it at smtp-mail.outlook.com.", 77, 1.25,
        ),
        Check("token", True, "permissions: IMAP.AccessAsUser.All, SMTP.Send"),
    ]  # fmt: skip
    text = report([Checked(OUTLOOK.address, check) for check in checks], (OUTLOOK,))
    assert "Account 1: Outlook.com, imap, signs in by oauth2, kept in keyring" in text
    assert "  ok    imap name: IPv4 none; IPv6 ::1" in text
    assert "Nov 23 12:00:00 2026 GMT, issued by DigiCert" in text
    assert "  ok    imap folders: 6 folders\n" in text
    assert "  FAIL  smtp sign-in (1.2 s): 535 5.7.139 SmtpClientAuthentication" in text
    assert "https://aka.ms/smtp_auth_disabled" in text
    assert "        Ask for it at smtp-mail.outlook.com.\n" in text
    assert "IMAP.AccessAsUser.All, SMTP.Send" in text


def test_accounts_are_told_apart_by_number() -> None:
    second = Account("b@example.org", incoming=Protocol.NONE, smtp=Server("smtp.example.org", 465))
    checked = [
        Checked(second.address, Check("smtp port", False, "smtp.example.org refused")),
        Checked("gone@example.net", Check("smtp port", True)),
        Checked(OUTLOOK.address, Check("imap port", True)),
    ]
    text = report(checked, (OUTLOOK, second))
    assert text.index("Account 1: Outlook.com") < text.index(
        "Account 2: another mail service, only sends, no sign-in"
    )
    assert "(smtp server 2) refused" in text
    assert "gone" not in text


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_around_it(before: str, after: str) -> None:
    for text in ("canary.person@canary-domain.example", "imap.canary-server.example"):
        found = report([Checked(OWN.address, Check("imap port", False, f"{before} {text} {after}"))], (OWN,))
        assert text not in found

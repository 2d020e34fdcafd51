"""Sending: through a real Dovecot's submission, to a sink with TLS and sign-in, and the octets on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.conftest import SECRET
from tests.servers import scripted
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.scripted import Act, Scripted, rule
from tests.servers.smtp_sink import SmtpSink
from tui.model.account import Auth, Login, Server
from tui.model.draft import RecipientState
from tui.model.error import BadInput, Busy, Offline, Refused, SignInNeeded
from tui.model.secret import Secret
from tui.net.smtp import SmtpConnection, stuffed

SENDER = "billing@contoso.example"
RAW = b"From: billing@contoso.example\r\nSubject: x\r\n\r\n.dot\r\n..\r\nend\r\n"


@pytest.fixture(params=[False, True], ids=["starttls", "implicit"])
def secured(request: pytest.FixtureRequest, certs: Certificates) -> Iterator[SmtpSink]:
    """A sink that wants TLS and the user `me` with the password `pw`."""
    sink = SmtpSink(certs.server_context(), implicit=request.param, users={"me": "pw"})
    sink.start()
    yield sink
    sink.stop()


def send(smtp: SmtpConnection, *recipients: str, raw: bytes = RAW) -> tuple[int, str]:
    """One whole mail."""
    smtp.begin(SENDER, recipients, raw)
    smtp.body(raw)
    return smtp.dot()


def test_sends_over_tls_after_signing_in(secured: SmtpSink, certs: Certificates) -> None:
    smtp = SmtpConnection(secured.server, str(certs.ca))
    smtp.connect()
    smtp.sign_in(Login("me"), Secret("pw"))
    for n in range(3):
        assert send(smtp, f"r{n}@example.org")[0] == 250
    smtp.quit()
    assert [mail.raw for mail in secured.received] == [RAW] * 3
    assert secured.received[0].recipients == ("r0@example.org",)


def test_wrong_password(secured: SmtpSink, certs: Certificates) -> None:
    smtp = SmtpConnection(secured.server, str(certs.ca))
    smtp.connect()
    with pytest.raises(SignInNeeded) as raised:
        smtp.sign_in(Login("me"), Secret("nonsense"))
    assert "535" in raised.value.detail
    assert "nonsense" not in f"{raised.value.what} {raised.value.hint} {raised.value.detail}"
    smtp.quit()
    assert secured.received == []


@pytest.mark.dovecot
def test_submission_of_a_real_server(dovecot: Dovecot, sink: SmtpSink, user: str) -> None:
    smtp = SmtpConnection(dovecot.server("submission"), dovecot.ca_file)
    smtp.connect()
    smtp.sign_in(Login(user), SECRET)
    code, _ = send(smtp, f"{user}@example.org")
    smtp.quit()
    assert code == 250
    arrived = [mail for mail in sink.received if mail.recipients == (f"{user}@example.org",)]
    assert [mail.raw.partition(b"From:")[1:] for mail in arrived] == [(b"From:", RAW[5:])]


def test_each_recipient_has_an_answer_of_its_own(sink: SmtpSink) -> None:
    sink.refuse["gone@example.org"] = "550 5.1.1 no such mailbox"
    sink.refuse["later@example.org"] = "450 4.2.0 greylisted"
    smtp = SmtpConnection(sink.server)
    smtp.connect()
    answered = smtp.begin(
        SENDER, ["a@example.org", "gone@example.org", "later@example.org", "a@example.org"], RAW
    )
    assert [(each.address, each.state, each.code) for each in answered] == [
        ("a@example.org", RecipientState.ACCEPTED, 250),
        ("gone@example.org", RecipientState.REFUSED, 550),
        ("later@example.org", RecipientState.REFUSED, 450),
    ]
    assert answered[1].text == "5.1.1 no such mailbox"
    smtp.reset()
    assert send(smtp, "b@example.org")[0] == 250
    smtp.quit()
    sink.refuse.clear()


def test_foreign_characters_only_where_the_server_takes_them(sink: SmtpSink) -> None:
    smtp = SmtpConnection(sink.server)
    smtp.connect()
    raw = "Subject: Grüße\r\n\r\nÜbung\r\n".encode()
    assert send(smtp, "büro@example.org", raw=raw)[0] == 250
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(sink.received[-1].options)
    assert sink.received[-1].raw == raw
    smtp.quit()
    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as plain:
        smtp = SmtpConnection(plain.server())
        smtp.connect()
        with pytest.raises(Refused, match="büro@example"):
            smtp.begin(SENDER, ["büro@example.org"], RAW)
        with pytest.raises(Refused, match="7-bit"):
            smtp.begin(SENDER, ["a@example.org"], "Subject: x\r\n\r\nÜ\r\n".encode())
        with pytest.raises(Refused, match="1,000"):
            smtp.begin(SENDER, ["a@example.org"], b"x" * 1001)
        smtp.quit()
        assert not [line for line in plain.lines if line.startswith(b"MAIL")]


def test_nothing_of_this_computer_is_told(sink: SmtpSink) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as server:
        smtp = SmtpConnection(server.server())
        smtp.connect()
        smtp.quit()
        assert server.lines == [b"ehlo [127.0.0.1]\r\n", b"QUIT\r\n"]


def test_the_dot_leaves_only_when_asked() -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as server:
        smtp = SmtpConnection(server.server())
        smtp.connect()
        smtp.begin(SENDER, ["a@example.org"], RAW)
        smtp.body(RAW)
        smtp.close()
        assert server.heard(b"end\r\n")
    assert b".\r\n" not in server.lines


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (b"421 4.7.0 slow down", Busy),
        (b"450 later", Busy),
        (b"550 5.7.1 no", Refused),
        (b"530 5.7.0 sign in", SignInNeeded),
    ],
)
def test_refused_sender(code: bytes, error: type[Exception]) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp(rule(rb"^MAIL", code + b"\r\n"))) as server:
        smtp = SmtpConnection(server.server())
        smtp.connect()
        with pytest.raises(error):
            smtp.begin(SENDER, ["a@example.org"], RAW)
        smtp.quit()


def test_replies_to_the_dot_come_through() -> None:
    with Scripted(
        scripted.SMTP_GREETING, scripted.smtp(rule(rb"^\.\r\n", b"554-5.2.0 a\r\n554 b\r\n"))
    ) as server:
        smtp = SmtpConnection(server.server())
        smtp.connect()
        code, text = send(smtp, "a@example.org")
        assert (code, text) == (554, "5.2.0 a\nb")
        assert isinstance(smtp.refusal(code, text), Refused)
        smtp.quit()


@pytest.mark.parametrize("at", [rb"^MAIL", rb"^RCPT", rb"^DATA", rb"^\.\r\n"])
def test_cut_at_every_step(at: bytes) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp(rule(at, Act.CLOSE))) as server:
        smtp = SmtpConnection(server.server())
        smtp.connect()
        with pytest.raises(Offline):
            send(smtp, "a@example.org")
        smtp.quit()


def test_xoauth2_takes_two_steps_and_an_empty_line() -> None:
    features = b"250 AUTH XOAUTH2 LOGIN\r\n"
    challenge = b"334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiQmVhcmVyIn0=\r\n"
    rules = scripted.smtp(
        rule(rb"^dXNlcj1tZQ", challenge, b"235 in\r\n"),
        rule(rb"^\r\n", b"535 5.7.8 no\r\n"),
        features=features,
    )
    with Scripted(scripted.SMTP_GREETING, rules) as server:
        smtp = SmtpConnection(server.server())
        smtp.connect()
        with pytest.raises(SignInNeeded):
            smtp.sign_in(Login("me", Auth.OAUTH2), Secret("token"))
        smtp.sign_in(Login("me", Auth.OAUTH2), Secret("token"))
        smtp.quit()
    assert server.lines[1:4] == [b"AUTH XOAUTH2\r\n", b"dXNlcj1tZQFhdXRoPUJlYXJlciB0b2tlbgEB\r\n", b"\r\n"]


@pytest.mark.parametrize(
    "address",
    ["a@b>\r\nRCPT TO:<c@d", "a@b> SIZE=1", "a", "", "<a@b>", "a@b\0", "a b@c", "a@b\n", "a@" + "x" * 400],
)
def test_no_address_becomes_a_command(sink: SmtpSink, address: str) -> None:
    smtp = SmtpConnection(sink.server)
    smtp.connect()
    before = len(sink.received)
    with pytest.raises(BadInput):
        smtp.begin(address, ["a@example.org"], RAW)
    with pytest.raises(BadInput):
        smtp.begin(SENDER, ["a@example.org", address], RAW)
    smtp.quit()
    assert len(sink.received) == before


@given(st.binary(max_size=60).map(lambda raw: raw.replace(b"a", b"\r\n").replace(b"b", b"\r\n.")))
def test_no_text_can_end_itself(raw: bytes) -> None:
    sent = b"\r\n" + stuffed(raw)
    assert b"\r\n.\r\n" not in sent
    assert sent.replace(b"\r\n", b"").count(b"\r") == 0
    assert sent.replace(b"\r\n", b"").count(b"\n") == 0
    assert sent.endswith(b"\r\n")
    back = sent.replace(b"\r\n..", b"\r\n.")[2:]
    same = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert back == same if same.endswith(b"\r\n") else back == same + b"\r\n"


def test_the_id_that_outlook_puts_in_place_of_ours(sink: SmtpSink) -> None:
    reply = "2.0.0 OK <NEW-1@prod.outlook.com> [Hostname=X.prod.outlook.com]"
    assert SmtpConnection(Server("smtp-mail.outlook.com", 587)).replaced_id(reply) == "NEW-1@prod.outlook.com"
    assert SmtpConnection(Server("smtp.example.org", 587)).replaced_id(reply) == ""
    assert SmtpConnection(Server("smtp.office365.com", 587)).replaced_id("2.0.0 OK") == ""

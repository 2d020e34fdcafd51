"""Signing in from the shell: the real program, an identity service, a real Dovecot that takes its tokens."""

from __future__ import annotations

import json
import signal
import stat
import sys
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.cli.real_program import RealProgram, Talk
from tests.config import on_disk
from tests.servers.dovecot import Dovecot
from tests.servers.identity import Failure, IdentityServer
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]

BROWSER = """\
#!{python}
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile={ca!r})
direct = urllib.request.build_opener(
    urllib.request.ProxyHandler({{}}), urllib.request.HTTPSHandler(context=context)
)
direct.open(sys.argv[1], timeout=20).close()
"""


@pytest.fixture
def me(identity: IdentityServer, user: str) -> str:
    """The address of somebody who has a mailbox and can approve."""
    identity.user = f"{user}@example.org"
    return identity.user


@pytest.fixture
def program(tmp_path: Path) -> RealProgram:
    return RealProgram(tmp_path / "home")


@pytest.fixture
def words(identity: IdentityServer, oauth_dovecot: Dovecot, me: str) -> tuple[object, ...]:
    """What `account add` has to be told of the two servers."""
    ports = {"imap": oauth_dovecot.imaps, "pop3": oauth_dovecot.pop3s, "smtp": oauth_dovecot.submission}
    named = [(f"--{kind}-host", "localhost", f"--{kind}-port", port) for kind, port in ports.items()]
    return (
        "account", "add", me, *(word for pair in named for word in pair), "--smtp-security", "starttls",
        "--auth", "oauth2", "--client-id", identity.client_id, "--authority", identity.authority,
        "--ca-file", identity.certs.ca,
    )  # fmt: skip


@pytest.fixture
def added(program: RealProgram, words: tuple[object, ...], identity: IdentityServer) -> RealProgram:
    """The program with an account that was signed in by a code."""
    program(*words, "--device-code")
    identity.asked.clear()
    return program


def _mail(number: int) -> bytes:
    return (
        f"From: Billing <billing@contoso.example>\r\nTo: you@example.org\r\nSubject: Number {number}\r\n"
        f"Date: {formatdate(1_700_000_000 + number)}\r\nMessage-ID: <{number}@contoso.example>\r\n\r\nYes\r\n"
    ).encode()


def _accounts(program: RealProgram) -> list[str]:
    return [row["address"] for row in program("account", "list", "--json").records]


@pytest.fixture
def with_browser(program: RealProgram, tmp_path: Path, identity: IdentityServer) -> RealProgram:
    """The program on a desktop whose browser approves at once."""
    script = tmp_path / "browser"
    script.write_text(BROWSER.format(python=sys.executable, ca=str(identity.certs.ca)))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return replace(program, more={"DISPLAY": ":99", "BROWSER": str(script)})


def test_by_code_from_address_to_mail(
    program: RealProgram,
    words: tuple[object, ...],
    identity: IdentityServer,
    oauth_dovecot: Dovecot,
    sink: SmtpSink,
    me: str,
) -> None:
    identity.pending[:] = ["authorization_pending"]
    oauth_dovecot.deliver(me, _mail(1))

    talk = program(*words, "--device-code", "--json")

    (record,) = talk.records
    assert (record["address"], record["auth"], record["client_id"]) == (me, "oauth2", identity.client_id)
    assert any(line.endswith("ABCD1234") for line in talk.err)
    assert f"{identity.base}/common/deviceauth" in talk.err
    assert identity.asked["token device_code"] == 2
    assert program("sync", "--json").records[-1]["new"] == 1
    sent = program("send", "--json", "--to", "a@contoso.example", "--subject", "hello").records[0]
    assert sent["state"] == "sent"
    assert any(sent["message_id"].encode() in one.raw for one in sink.received)


def test_by_browser(with_browser: RealProgram, words: tuple[object, ...], identity: IdentityServer) -> None:
    with_browser(*words, "--browser", "--incoming", "pop3")

    assert identity.asked["token authorization_code"] == 1
    scope = next(form["scope"] for form in identity.forms if form.get("grant_type") == "authorization_code")
    assert "POP.AccessAsUser.All" in scope and "IMAP" not in scope
    with_browser("sync")
    assert identity.asked["token refresh_token"] >= 1


def test_by_pasted_address(
    program: RealProgram, words: tuple[object, ...], identity: IdentityServer, me: str
) -> None:
    with program.start(*words, "--paste") as talk:
        address = talk.line(f"{identity.base}/common/oauth2/v2.0/authorize")
        talk.say("https://www.example.org/nothing")
        talk.say("")
        talk.line("address")
        ending = identity.where_it_ends(address)
        talk.say(ending)
        assert talk.ended() == 0, talk.err
    assert _accounts(program) == [me]
    assert ending.partition("code=")[2][:20] not in "".join(talk.err)


def test_a_pasted_address_that_never_comes(
    program: RealProgram, words: tuple[object, ...], identity: IdentityServer
) -> None:
    with program.start(*words, "--paste") as talk:
        talk.line("/authorize")
        talk.hang_up()
        assert talk.ended() == 77
    assert _accounts(program) == []
    assert not program.keyring.exists() or program.keyring.read_text() == "{}"


def test_again_as_json_lines(added: RealProgram, identity: IdentityServer, me: str) -> None:
    talk = added("account", "login", "--device-code", "--json")

    waiting, done = talk.records
    assert waiting["expires"].startswith("20")
    del waiting["expires"]
    assert waiting == {
        "status": "waiting",
        "way": "device-code",
        "url": f"{identity.base}/common/deviceauth",
        "user_code": "ABCD1234",
    }
    assert done == {"status": "signed-in", "account": me, "username": me, "kept": True}


FAILURES = [
    (Failure(400, "authorization_declined"), 77),
    (Failure(400, "expired_token", (70019,)), 77),
    (Failure(400, "invalid_grant", (65001,)), 77),
    (Failure(401, "invalid_client", (7000218,)), 77),
    (Failure(400, "access_denied", (530032,)), 77),
]


@pytest.mark.parametrize(("failure", "code"), FAILURES, ids=lambda one: getattr(one, "error", ""))
def test_a_refusal_is_a_line_and_an_exit_code(
    added: RealProgram, identity: IdentityServer, me: str, failure: Failure, code: int
) -> None:
    before = added.keyring.read_text()
    identity.failures.append(failure)

    talk = added("account", "login", me, "--device-code", "--json", code=code)

    assert talk.records[-1]["status"] == "failed"
    assert (talk.records[-1]["account"], talk.records[-1]["exit_code"]) == (me, code)
    assert talk.records[-1]["what"] in talk.err
    assert added.keyring.read_text() == before, "the sign-in of before is kept"


def test_what_an_administrator_has_to_be_asked_for(
    added: RealProgram, identity: IdentityServer, me: str
) -> None:
    identity.failures.append(Failure(400, "invalid_grant", (65001,)))

    talk = added("account", "login", "--device-code", "--json", code=77)

    link = talk.records[-1]["consent_url"]
    assert link.startswith(f"{identity.base}/example.org/v2.0/adminconsent?client_id={identity.client_id}")
    assert f"  {link}" in talk.err and f"  My address: {me}" in talk.err


def test_where_nobody_can_be_reached(added: RealProgram, me: str) -> None:
    assert added("--offline", "account", "login", "--json", code=69).records[-1]["exit_code"] == 69
    added("account", "set", "authority=https://localhost:1/common")
    failed = added("account", "login", "--device-code", "--json", code=69).records[-1]
    assert (failed["status"], failed["exit_code"]) == ("failed", 69)


def test_somebody_else_is_refused_where_nobody_can_be_asked(
    program: RealProgram, words: tuple[object, ...], identity: IdentityServer
) -> None:
    identity.user = "other@example.org"

    talk = program(*words, "--device-code", code=77)

    assert any("other@example.org has signed in" in line for line in talk.err)
    assert _accounts(program) == []
    assert not program.keyring.exists() or program.keyring.read_text() == "{}"


def test_ctrl_c_leaves_nothing(
    program: RealProgram, words: tuple[object, ...], identity: IdentityServer
) -> None:
    identity.pending[:] = ["authorization_pending"] * 60
    with program.start(*words, "--device-code") as talk:
        talk.line("ABCD1234")
        talk.process.send_signal(signal.SIGINT)
        assert talk.ended() == 130
    assert _accounts(program) == []


def test_ctrl_c_is_a_line_for_programs(added: RealProgram, identity: IdentityServer) -> None:
    identity.pending[:] = ["authorization_pending"] * 60
    with added.start("account", "login", "--device-code", "--json") as talk:
        talk.line("ABCD1234")
        talk.process.send_signal(signal.SIGINT)
        assert talk.ended() == 130
    assert [record["status"] for record in talk.records] == ["waiting", "failed"]
    assert talk.records[-1]["exit_code"] == 130


def test_an_expired_token_is_renewed_silently_and_kept(
    added: RealProgram, identity: IdentityServer, oauth_dovecot: Dovecot, me: str
) -> None:
    oauth_dovecot.deliver(me, _mail(2))
    before = added.keyring.read_text()
    identity.expire_access_tokens()
    identity.strict = True

    for turn in (1, 0):
        assert added("sync", "--json").records[-1]["new"] == turn
    assert added.keyring.read_text() != before


def test_a_revoked_sign_in_keeps_what_was_written(
    added: RealProgram, identity: IdentityServer, me: str
) -> None:
    added("sync")
    identity.revoke()

    assert any("sign" in line.lower() for line in added("sync", code=77).err)
    written = ("send", "--json", "--to", "a@contoso.example", "--subject", "kept")
    sent = added(*written, code=75).records[0]
    assert (sent["state"], "ign in again" in sent["explanation"]) == ("queued", True)
    assert [row["subject"] for row in added("outbox", "--json").records] == ["kept"]
    added("account", "login", me, "--device-code")
    assert [row["state"] for row in added("outbox", "send", "--json").records] == ["sent"]


def test_signing_in_beside_a_program_that_waits_for_it(
    added: RealProgram, identity: IdentityServer, oauth_dovecot: Dovecot, me: str
) -> None:
    identity.revoke()
    with added.start("sync", "--watch", "--json") as leader:
        leader.line('"summary"')
        leader.line('"phase": "sign-in"')
        oauth_dovecot.deliver(me, _mail(3))
        added("account", "login", "--device-code")
        leader.line('"phase": "up-to-date"')
        assert len(added("list", "--json").records) == 1
        leader.process.send_signal(signal.SIGINT)
        assert leader.ended() == 130


def test_removing_an_account_forgets_its_sign_in(added: RealProgram) -> None:
    assert json.loads(added.keyring.read_text())

    added("account", "remove")

    assert json.loads(added.keyring.read_text()) == {}


def test_nobody_is_troubled_where_it_could_not_be_kept(added: RealProgram, identity: IdentityServer) -> None:
    refusing = replace(added, more={on_disk.REFUSES: "outlook-tui"})

    failed = refusing("account", "login", "--device-code", "--json", code=77).records

    assert [record["status"] for record in failed] == ["failed"]
    assert "did not take or give back" in failed[0]["what"]
    assert identity.asked["devicecode"] == 0


def test_a_store_that_fails_in_the_end_is_said(added: RealProgram) -> None:
    before = added.keyring.read_text()
    failing = replace(added, more={on_disk.REFUSES: "/oauth/"})

    talk = failing("account", "login", "--device-code", "--json", code=77)

    assert (talk.records[-1]["status"], talk.records[-1]["kept"]) == ("signed-in", False)
    assert "did not take or give back" in _said(talk)
    assert added.keyring.read_text() == before
    added("sync")


def test_for_this_session_only_is_said(added: RealProgram, me: str) -> None:
    added("account", "set", "secret_from=session")

    talk = added("account", "login", "--device-code", "--json")

    assert (talk.records[-1]["status"], talk.records[-1]["kept"]) == ("signed-in", False)
    assert "secret_from=keyring" in _said(talk)


def _said(talk: Talk) -> str:
    return "\n".join(talk.err)


def test_without_a_client_id_the_steps_to_one_are_told(program: RealProgram) -> None:
    talk = program("account", "add", "you@outlook.com", code=78)

    said = _said(talk)
    assert "https://entra.microsoft.com" in said and "  1. " in said and "OUTLOOK_TUI_CLIENT_ID" in said
    assert "There is no client id for Microsoft." in said
    google = _said(program("account", "add", "you@gmail.com", "--auth", "oauth2", code=78))
    assert "Desktop app" in google
    program("account", "add", "you@outlook.com", "--no-test")
    assert program("account", "login", "--json", code=78).records[-1]["exit_code"] == 78


def test_an_account_saved_untried_says_how_to_sign_in(
    program: RealProgram, words: tuple[object, ...], me: str
) -> None:
    added = program(*words, "--no-test")
    assert any(f"outlook-tui account login {me}" in line for line in added.out)

    assert f"outlook-tui account login {me}" in _said(program("sync", code=77))


def test_the_id_of_the_environment_and_of_the_settings(
    program: RealProgram, words: tuple[object, ...], identity: IdentityServer
) -> None:
    at = words.index("--client-id")
    without = (*words[:at], *words[at + 2 :])
    program(*without, code=78)
    replace(program, more={"OUTLOOK_TUI_CLIENT_ID": identity.client_id})(*without, "--device-code")
    program("account", "login", code=78)
    config = program.home / "config" / "config.toml"
    config.write_text(f'[general]\nclient_id = "{identity.client_id}"\n' + config.read_text())
    program("account", "login", "--device-code")

"""Which sign-in is chosen, what is said in each, and when another one is tried."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.account import Auth, Login, Server
from tui.model.error import BadInput, Busy, MailError, Offline, Refused, SignInNeeded, Untrusted
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
from tui.net import login
from tui.net.login import Answers, mechanisms, try_each

SERVER = Server("server.example.com", 143)
TOKEN = Login("user@example.com", Auth.OAUTH2)


def answers(name: str, user: str = "u", word: str = "p") -> Answers:
    """The client's side of a mechanism, as if at SERVER."""
    auth = Auth.OAUTH2 if name in login.TOKENS else Auth.PASSWORD
    return Answers(name, Login(user, auth), Secret(word), SERVER)


@pytest.mark.parametrize(
    ("login", "offered", "chosen"),
    [
        (Login("u"), "LOGIN PLAIN XOAUTH2", ["PLAIN", "LOGIN"]),
        (Login("u"), "LOGIN", ["LOGIN"]),
        (
            Login("u"),
            "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS DIGEST-MD5 ANONYMOUS EXTERNAL",
            ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"],
        ),
        (TOKEN, "PLAIN XOAUTH2", ["XOAUTH2"]),
        (TOKEN, "XOAUTH2 OAUTHBEARER PLAIN", ["OAUTHBEARER", "XOAUTH2"]),
    ],
)
def test_the_strongest_comes_first(login: Login, offered: str, chosen: list[str]) -> None:
    assert mechanisms(login, offered.split(), "h") == chosen


@pytest.mark.parametrize(("login", "offered"), [(Login("u"), {"XOAUTH2"}), (TOKEN, {"PLAIN"}), (TOKEN, {})])
def test_a_secret_that_the_server_does_not_take_is_not_said(login: Login, offered: set[str]) -> None:
    with pytest.raises(SignInNeeded) as raised:
        mechanisms(login, offered, "h")
    assert raised.value.retry is Retry.NEVER
    assert raised.value.hint


def test_what_is_said_of_a_password() -> None:
    assert answers("PLAIN", "ü", "p w")(b"") == "\0ü\0p w".encode()
    two = answers("LOGIN")
    assert (two(b"Username:"), two(b"Password:"), two(b"?")) == (b"u", b"p", b"")


def test_cram_md5_as_in_rfc_2195() -> None:
    tim = answers("CRAM-MD5", "tim", "tanstaaftanstaaf")
    said = tim(b"<1896.697170952@postoffice.reston.mci.net>")
    assert said == b"tim b913a602c7eda7a495b4e6e7334d3890"
    with pytest.raises(ValueError, match="challenge"):
        answers("CRAM-MD5")(b"")


def test_xoauth2_answers_an_error_with_an_empty_line() -> None:
    token = answers("XOAUTH2", "u@x", "t")
    assert token(b"") == b"user=u@x\x01auth=Bearer t\x01\x01"
    assert token(b'{"status":"401"}') == b""
    assert token.refusal == "status 401"
    assert "t" not in repr(token).replace("Answers(XOAUTH2)", "")


def test_oauthbearer_as_in_rfc_7628() -> None:
    """Section 4.1's example but for its port, and 4.3's answer to a failure."""
    token = answers("OAUTHBEARER", "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
    assert token(b"") == base64.b64decode(
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmd"
        "DRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
    )
    assert token(b'{"status":"invalid_token","scope":"example_scope"}') == b"\x01"
    assert token.refusal == "status invalid_token"


def test_a_name_in_oauthbearer_is_escaped() -> None:
    assert answers("OAUTHBEARER", "a,b=c@x", "t")(b"").startswith(b"n,a=a=2Cb=3Dc@x,\x01host=")


@pytest.mark.parametrize("nasty", ["a\r\nb", "a\0b", "a\nb"])
@pytest.mark.parametrize("name", ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"])
def test_no_line_ends(name: str, nasty: str) -> None:
    for user, word in ((nasty, "p"), ("u", nasty)):
        with pytest.raises(BadInput):
            answers(name, user, word)


@pytest.mark.parametrize("name", login.TOKENS)
def test_nothing_ends_a_field_of_a_token_message(name: str) -> None:
    for user, word in (("u\x01auth=Bearer other", "t"), ("u", "t\x01x=y")):
        with pytest.raises(BadInput):
            answers(name, user, word)


@given(st.binary(max_size=300), st.sampled_from(["XOAUTH2", "OAUTHBEARER", "PLAIN", "LOGIN"]))
def test_any_challenge_is_taken(challenge: bytes, name: str) -> None:
    side = answers(name)
    for _ in range(4):
        assert isinstance(side(login.decoded(challenge)), bytes)
    with side.exchange():
        pass
    assert "\n" not in side.refusal


@given(st.lists(st.binary(max_size=200) | st.just(b"r=x,s=eA==,i=4096"), max_size=5))
def test_no_challenge_makes_a_proof(challenges: list[bytes]) -> None:
    """Whatever a server says that does not know the password, its yes does not count."""
    side = answers("SCRAM-SHA-256")
    with pytest.raises(Untrusted), side.exchange():
        for challenge in challenges:
            side(challenge)


def tried(names: str, *outcomes: MailError | None) -> list[str]:
    """The mechanisms that were tried until one worked, each with its outcome."""
    said: list[str] = []

    def attempt(name: str) -> None:
        said.append(name)
        outcome = outcomes[len(said) - 1]
        if outcome:
            raise outcome

    try:
        try_each(names.split(), attempt, "imap")
    except MailError as error:
        said.append(error.what)
    return said


UNKNOWN = SignInNeeded("unknown", detail="Unsupported authentication mechanism.")
NO = SignInNeeded("no", detail="[AUTHENTICATIONFAILED] Authentication failed.")
NO_AGAIN = SignInNeeded("no again", detail="[AUTHENTICATIONFAILED] Authentication failed.")


def test_a_mechanism_that_the_server_does_not_know_costs_nothing() -> None:
    names = "SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN"
    assert tried(names, UNKNOWN, UNKNOWN, UNKNOWN, None) == names.split()
    assert tried("OAUTHBEARER XOAUTH2", UNKNOWN, None) == ["OAUTHBEARER", "XOAUTH2"]
    assert tried("PLAIN", UNKNOWN) == ["PLAIN", "unknown"]
    assert tried("PLAIN LOGIN", UNKNOWN, NO) == ["PLAIN", "LOGIN", "no"]
    smtp = Refused("x", detail="504 5.5.4 Unrecognized authentication type")
    outcomes: list[MailError | None] = [smtp, None]

    def attempt(_name: str) -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    try_each(["CRAM-MD5", "PLAIN"], attempt, "smtp")
    assert outcomes == []


def test_a_refusal_is_followed_by_one_other_try_at_most() -> None:
    names = "SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN"
    assert tried(names, NO, None) == ["SCRAM-SHA-256", "PLAIN"]
    assert tried(names, NO, NO_AGAIN) == ["SCRAM-SHA-256", "PLAIN", "no again"]
    assert tried("PLAIN LOGIN", NO) == ["PLAIN", "no"]
    assert tried("OAUTHBEARER XOAUTH2", NO) == ["OAUTHBEARER", "no"]
    assert tried("SCRAM-SHA-256 CRAM-MD5", NO) == ["SCRAM-SHA-256", "no"]


def test_what_is_no_refusal_ends_it() -> None:
    assert tried("CRAM-MD5 PLAIN", Busy("busy")) == ["CRAM-MD5", "busy"]
    assert tried("SCRAM-SHA-256 PLAIN", Untrusted("odd")) == ["SCRAM-SHA-256", "odd"]
    assert tried("CRAM-MD5 PLAIN", Offline("gone")) == ["CRAM-MD5", "gone"]
    assert tried("CRAM-MD5 PLAIN", NO, Offline("gone")) == ["CRAM-MD5", "PLAIN", "no"]
    assert tried("CRAM-MD5 PLAIN", UNKNOWN, Untrusted("odd")) == ["CRAM-MD5", "PLAIN", "odd"]


def test_an_error_challenge_has_no_control_characters() -> None:
    """JSON has a way of writing them that the text itself does not show."""
    token = answers("XOAUTH2", "u@x", "t")
    token(b"")
    token(rb'{"status":"\u001b]52;c;eA==\u0007"}')
    assert token.refusal == "status  ]52;c;eA== "

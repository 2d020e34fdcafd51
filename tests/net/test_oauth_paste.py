"""Signing in by pasting the address that a browser elsewhere ended on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.net.signing_in import ADDRESS, refused
from tests.servers.identity import IdentityServer
from tui.model.error import BadInput, Cancelled, ConsentNeeded, MailError, SignInNeeded
from tui.model.secret import Secret
from tui.model.sign_in import SignInStep, Way
from tui.net import oauth

Paste = Callable[[str], list[str | None]]


class Pasting:
    """A sign-in in which the person pastes what `paste` makes of the address to open, one after the other."""

    def __init__(self, identity: IdentityServer, paste: Paste, *, again: bool = False) -> None:
        self.steps: list[SignInStep] = []
        self.wrong: list[MailError] = []
        self.cancelled = threading.Event()
        self._identity, self._paste, self._again = identity, paste, again
        self._left: Iterator[str | None] = iter(())

    def run(self) -> oauth.Grant:
        """Sign in; cancelled when nothing is left to paste."""
        return oauth.by_paste(
            self._identity.identity(), ADDRESS, self._tell, self._next, self.wrong.append, self.cancelled,
            again=self._again,
        )  # fmt: skip

    def _tell(self, step: SignInStep) -> None:
        self.steps.append(step)
        self._left = iter(self._paste(step.url))

    def _next(self) -> Secret | None:
        try:
            text = next(self._left)
        except StopIteration:
            self.cancelled.set()
            return None
        return None if text is None else Secret(text)


@pytest.mark.parametrize(
    "shape",
    [
        "{}",
        "  {}\n",
        "<{}>",
        '"{}"',
        "{}#",
        "{query}",
        "?{query}",
        "{broken}",
    ],
)
def test_the_address_in_every_shape(identity: IdentityServer, shape: str) -> None:
    def paste(url: str) -> list[str | None]:
        end = identity.where_it_ends(url)
        query = end.partition("?")[2]
        broken = "\r\n".join(end[at : at + 40] for at in range(0, len(end), 40))
        return [None, shape.format(end, query=query, broken=broken)]

    pasting = Pasting(identity, paste)
    grant = pasting.run()

    assert grant.username == ADDRESS
    assert not pasting.wrong


def test_what_is_told(identity: IdentityServer) -> None:
    pasting = Pasting(identity, lambda url: [identity.where_it_ends(url)], again=True)
    pasting.run()
    (step,) = pasting.steps
    query = parse_qs(urlsplit(step.url).query)

    assert step.way is Way.PASTE
    assert query["redirect_uri"] == ["http://localhost"]
    assert query["response_mode"] == ["query"]
    assert query["login_hint"] == [ADDRESS]
    assert query["prompt"] == ["select_account"]


def test_a_wrong_state_is_told_and_waiting_goes_on(identity: IdentityServer) -> None:
    def paste(url: str) -> list[str | None]:
        identity.wrong_state = True
        wrong = identity.where_it_ends(url)
        identity.wrong_state = False
        return [wrong, identity.where_it_ends(url)]

    pasting = Pasting(identity, paste)
    grant = pasting.run()

    assert grant.username == ADDRESS
    assert [str(error) for error in pasting.wrong] == ["That address belongs to another sign-in."]
    assert identity.asked["token authorization_code"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no answer"),
        ("hello", "no answer"),
        ("http://localhost/", "no answer"),
        ("http://localhost/?code=abc", "no answer"),
        ("?code=a&code=b&state=c", "no answer"),
        ("?error=access_denied&state=c", "another sign-in"),
        ("\ud800?code=\ud800&state=\ud800", "another sign-in"),
        ("x" * 100_000, "no answer"),
        ("?" + "a=b&" * 1000, "no answer"),
    ],
)
def test_what_cannot_be_meant(identity: IdentityServer, text: str, words: str) -> None:
    pasting = Pasting(identity, lambda url: [text, identity.where_it_ends(url)])
    pasting.run()

    (error,) = pasting.wrong
    assert isinstance(error, BadInput)
    assert words in error.what
    assert error.hint


def test_the_address_to_begin_with_is_recognised(identity: IdentityServer) -> None:
    pasting = Pasting(identity, lambda url: [url, identity.where_it_ends(url)])
    pasting.run()

    assert [str(error) for error in pasting.wrong] == ["That is the address to begin with."]


def test_declined(identity: IdentityServer) -> None:
    identity.decline = True
    error = refused(Pasting(identity, lambda url: [identity.where_it_ends(url)]).run)

    assert type(error) is SignInNeeded
    assert error.what == "The sign-in was cancelled."


@pytest.mark.parametrize("number", [65001, 90094, 90095])
def test_a_redirect_that_asks_for_an_administrator(identity: IdentityServer, number: int) -> None:
    """A redirect has no error_codes: there the number stands before Microsoft's sentence only."""

    def paste(url: str) -> list[str | None]:
        state = parse_qs(urlsplit(url).query)["state"][0]
        return [f"?error=access_denied&error_description=AADSTS{number}%3A+Admin&state={state}"]

    error = refused(Pasting(identity, paste).run)

    assert isinstance(error, ConsentNeeded)
    assert error.link.startswith(f"{identity.base}/example.org/v2.0/adminconsent?")


def test_cancelled(identity: IdentityServer) -> None:
    assert isinstance(refused(Pasting(identity, lambda url: [None, None]).run), Cancelled)

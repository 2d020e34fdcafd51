"""Signing in at a real identity service over https on loopback, through a browser."""

from __future__ import annotations

import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.net.signing_in import ADDRESS, GOOGLE, MICROSOFT, browse, google, refused
from tests.servers.dovecot import Dovecot
from tests.servers.identity import CLIENT_ID, TENANT, IdentityServer
from tui.model.account import Auth, Login
from tui.model.error import Cancelled, SignInNeeded
from tui.model.secret import Secret
from tui.model.sign_in import SignInStep, Way
from tui.net import oauth
from tui.net.imap import ImapConnection
from tui.net.web import Web


def test_the_browser_way(identity: IdentityServer) -> None:
    told: list[SignInStep] = []
    began = time.time()
    grant = oauth.by_browser(identity.identity(), ADDRESS, told.append, identity.open, threading.Event())

    (step,) = told
    assert (step.way, step.opened, step.user_code) == (Way.BROWSER, True, "")
    assert step.until == pytest.approx(began + 600, abs=10)
    assert grant.refresh_token is not None
    assert identity.is_good(grant.refresh_token.reveal())
    assert grant.expires == pytest.approx(began + 3600, abs=10)
    assert grant.obtained == pytest.approx(began, abs=10)
    assert grant.scopes == (MICROSOFT.imap, MICROSOFT.smtp)
    assert (grant.username, grant.tenant) == (ADDRESS, TENANT)


def test_what_the_browser_is_asked(identity: IdentityServer) -> None:
    told: list[SignInStep] = []
    oauth.by_browser(identity.identity(), ADDRESS, told.append, identity.open, threading.Event())
    asked = {name: values[0] for name, values in parse_qs(urlsplit(told[0].url).query).items()}

    assert urlsplit(asked["redirect_uri"]).hostname == "localhost"
    assert urlsplit(asked["redirect_uri"]).path == ""
    assert set(asked["scope"].split()) == set(identity.identity().scopes)
    assert asked["client_id"] == CLIENT_ID
    assert asked["login_hint"] == ADDRESS
    assert asked["response_mode"] == "query"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert "prompt" not in asked
    assert "client_secret" not in told[0].url


def test_again_lets_the_person_choose(identity: IdentityServer) -> None:
    told: list[SignInStep] = []
    oauth.by_browser(identity.identity(), "", told.append, identity.open, threading.Event(), again=True)

    assert parse_qs(urlsplit(told[0].url).query)["prompt"] == ["select_account"]
    assert "login_hint" not in told[0].url


def test_no_two_sign_ins_are_alike(identity: IdentityServer) -> None:
    told: list[SignInStep] = []
    for _ in range(2):
        oauth.by_browser(identity.identity(), ADDRESS, told.append, identity.open, threading.Event())
    one, other = (parse_qs(urlsplit(step.url).query) for step in told)

    assert not any(one[name] == other[name] for name in ("state", "nonce", "code_challenge"))


def test_a_public_client_sends_no_secret(identity: IdentityServer) -> None:
    browse(identity, identity.identity(client_secret=Secret("hunter2")))

    assert "client_secret" not in identity.forms[-1]
    assert not any(name.lower() == "authorization" for name in identity.headers[-1])


def test_google(identity: IdentityServer) -> None:
    identity.client_secret = "of-an-installed-program"
    told: list[SignInStep] = []
    asked = google(identity, client_secret=Secret("of-an-installed-program"))
    grant = oauth.by_browser(asked, ADDRESS, told.append, identity.open, threading.Event(), again=True)
    query = parse_qs(urlsplit(told[0].url).query)

    assert query["access_type"] == ["offline"]
    assert query["prompt"] == ["consent select_account"]
    assert query["scope"][0].split() == sorted((GOOGLE.imap, "openid", "email"))
    assert "of-an-installed-program" not in told[0].url
    assert identity.asked["openid-configuration"] == 0
    assert grant.refresh_token is not None
    assert oauth.refresh(asked, grant.refresh_token).access_token != grant.access_token


def test_a_browser_that_does_not_start_is_told_of(identity: IdentityServer) -> None:
    told: list[SignInStep] = []
    cancelled = threading.Event()

    def tell(step: SignInStep) -> None:
        told.append(step)
        cancelled.set()

    error = refused(
        lambda: oauth.by_browser(identity.identity(), ADDRESS, tell, lambda url: False, cancelled)
    )

    assert isinstance(error, Cancelled)
    assert not told[0].opened


def test_declined(identity: IdentityServer) -> None:
    identity.decline = True
    error = refused(lambda: browse(identity))

    assert isinstance(error, SignInNeeded)
    assert error.what == "The sign-in was cancelled."
    assert error.detail.startswith("AADSTS65004: User declined")
    assert identity.asked["token authorization_code"] == 0


def test_a_browser_that_is_closed(identity: IdentityServer) -> None:
    error = refused(
        lambda: oauth.by_browser(
            identity.identity(), ADDRESS, lambda step: None, lambda url: True, threading.Event(), limit=0.2
        )
    )

    assert isinstance(error, SignInNeeded)
    assert "code" in error.hint


def test_the_state_of_another_sign_in_changes_nothing(identity: IdentityServer) -> None:
    identity.wrong_state = True

    def open_twice(url: str) -> bool:
        threads.append(threading.Thread(target=attempts, args=(url,)))
        threads[0].start()
        return True

    pages: list[int] = []
    threads: list[threading.Thread] = []

    def attempts(url: str) -> None:
        pages.append(identity.approve(url)[0])
        identity.wrong_state = False
        pages.append(identity.approve(url)[0])

    grant = oauth.by_browser(identity.identity(), ADDRESS, lambda step: None, open_twice, threading.Event())
    threads[0].join()

    assert pages == [400, 200]
    assert grant.username == ADDRESS


def test_the_nonce_of_another_sign_in(identity: IdentityServer) -> None:
    identity.wrong_nonce = True
    error = refused(lambda: browse(identity))

    assert isinstance(error, SignInNeeded)
    assert "another sign-in" in error.what


def test_an_answer_for_another_program(identity: IdentityServer) -> None:
    identity.audience = "another-program"
    error = refused(lambda: browse(identity))

    assert isinstance(error, SignInNeeded)
    assert "another program" in error.what


def test_a_stolen_code_is_worth_nothing(identity: IdentityServer) -> None:
    """PKCE: whoever reads the code on its way can only use it up (RFC 7636 1)."""
    statuses: list[int] = []
    browsers: list[threading.Thread] = []

    def steal(url: str) -> bool:
        end = identity.where_it_ends(url)
        form = {
            "grant_type": "authorization_code",
            "client_id": CLIENT_ID,
            "code": parse_qs(urlsplit(end).query)["code"][0],
            "redirect_uri": parse_qs(urlsplit(url).query)["redirect_uri"][0],
            "code_verifier": "a" * 43,
        }
        with Web(str(identity.certs.ca)) as thief:
            statuses.append(thief.post(f"{identity.authority}/oauth2/v2.0/token", form, "stealing").status)
        browsers.append(threading.Thread(target=identity.approve, args=(end,)))
        browsers[0].start()
        return True

    error = refused(
        lambda: oauth.by_browser(identity.identity(), ADDRESS, lambda step: None, steal, threading.Event())
    )
    browsers[0].join()

    assert statuses == [400]
    assert isinstance(error, SignInNeeded)
    assert error.what == "The code was used twice."


def test_an_answer_for_several_programs(identity: IdentityServer) -> None:
    identity.claims = {"aud": ["another-program", CLIENT_ID]}

    assert browse(identity).username == ADDRESS


def test_a_client_id_in_capitals(identity: IdentityServer) -> None:
    identity.audience = CLIENT_ID.upper()

    assert browse(identity).username == ADDRESS


def test_a_permission_that_was_not_ticked(identity: IdentityServer) -> None:
    identity.granted = "openid https://www.googleapis.com/auth/userinfo.email"
    error = refused(lambda: browse(identity, google(identity)))

    assert isinstance(error, SignInNeeded)
    assert "every permission" in error.what
    assert GOOGLE.imap in error.detail


def test_permissions_that_are_not_told(identity: IdentityServer) -> None:
    """RFC 6749 5.1: without `scope` it is what was asked for."""
    identity.granted = " "
    asked = google(identity)

    assert browse(identity, asked).scopes == asked.scopes


def test_permissions_under_other_names(identity: IdentityServer) -> None:
    """Nobody is sent away for what Microsoft calls its permissions."""
    identity.granted = "https://outlook.office365.com/IMAP.AccessAsUser.All SMTP.Send profile"

    assert "SMTP.Send" in browse(identity).scopes


@pytest.mark.parametrize("hours", [30, -30])
def test_a_clock_that_is_wrong_does_not_lock_anybody_out(identity: IdentityServer, hours: int) -> None:
    identity.clock_ahead = hours * 3600
    grant = browse(identity)

    assert grant.clock_ahead == pytest.approx(-hours * 3600, abs=10)
    assert grant.expires == pytest.approx(time.time() + 3600, abs=10)
    assert grant.refresh_token is not None
    assert oauth.refresh(identity.identity(), grant.refresh_token).username == ADDRESS


def test_cancelled_while_the_browser_is_open(identity: IdentityServer) -> None:
    cancelled = threading.Event()
    timer = threading.Timer(0.2, cancelled.set)

    def open_url(url: str) -> bool:
        timer.start()
        return True

    begun = time.monotonic()
    error = refused(
        lambda: oauth.by_browser(identity.identity(), ADDRESS, lambda step: None, open_url, cancelled)
    )

    assert isinstance(error, Cancelled)
    assert time.monotonic() - begun < 2.0
    timer.join()


@pytest.mark.dovecot
def test_its_token_opens_a_real_mailbox(identity: IdentityServer, oauth_dovecot: Dovecot, user: str) -> None:
    identity.user = user
    grant = browse(identity)
    connection = ImapConnection(oauth_dovecot.server("imaps"), oauth_dovecot.ca_file)
    connection.connect()
    connection.sign_in(Login(user, Auth.OAUTH2), grant.access_token)
    assert connection.folders()
    connection.close()


@pytest.mark.dovecot
def test_a_token_that_has_run_out_does_not(
    identity: IdentityServer, oauth_dovecot: Dovecot, user: str
) -> None:
    identity.user = user
    token = identity.grant()
    old = oauth.refresh(identity.identity(), token).access_token
    identity.expire_access_tokens()
    connection = ImapConnection(oauth_dovecot.server("imaps"), oauth_dovecot.ca_file)
    connection.connect()
    with pytest.raises(SignInNeeded):
        connection.sign_in(Login(user, Auth.OAUTH2), old)
    connection.close()

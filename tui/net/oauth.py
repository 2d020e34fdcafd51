"""Signing in by OAuth 2.0: refreshing, and the ways a person approves by. Each call is one conversation with
the service on the caller's thread; nothing is kept between calls, and nothing is saved here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from tui.model.error import BadInput, Cancelled, MailError, SignInNeeded
from tui.model.issuer import Identity
from tui.model.secret import Secret
from tui.model.sign_in import SignInStep, Way
from tui.net.loopback import Loopback, fits, response_of
from tui.net.oauth_client import Grant, Service
from tui.net.oauth_device import by_device
from tui.net.web import Web

__all__ = ["Grant", "Tell", "by_browser", "by_device", "by_paste", "refresh"]

Tell = Callable[[SignInStep], None]
_LIMIT = 600.0
"""Seconds: how long Microsoft's authorization codes and sign-in pages live."""
_NOWHERE = "http://localhost"
"""Where a browser is sent that nobody waits for: its address line then holds the answer."""


def refresh(identity: Identity, refresh_token: Secret) -> Grant:
    """A new access token, and the newest refresh token, which replaces the one given.

    Raises SignInNeeded when the sign-in has ended, Busy, Offline, Untrusted, Garbled, BadConfig.
    """
    with Web(identity.ca_file) as web:
        service = Service(identity, web)
        result = service.client.obtain_token_by_refresh_token(
            refresh_token.reveal(), scope=list(identity.scopes)
        )
        return service.grant(result, kept=refresh_token)


def by_browser(
    identity: Identity,
    hint: str,
    tell: Tell,
    open_url: Callable[[str], bool],
    cancelled: threading.Event,
    *,
    again: bool = False,
    limit: float = _LIMIT,
) -> Grant:
    """Approve in a browser on this computer, which comes back to a port of ours (RFC 8252).

    `hint` is the address to sign in with, `again` lets the person choose another account. `open_url` starts
    a browser and says whether it could. Raises SignInNeeded (also after `limit` seconds), Cancelled,
    BadConfig, and as `Web` does.
    """
    with Web(identity.ca_file) as web, Loopback() as listener:
        service = Service(identity, web)
        flow = _begun(service, listener.address, hint, again)
        until = time.time() + limit
        tell(SignInStep(Way.BROWSER, flow["auth_uri"], until=until, opened=open_url(flow["auth_uri"])))
        answer = listener.wait(flow["state"], cancelled, limit)
        listener.close()
        return _redeemed(service, flow, answer, hint)


def by_paste(
    identity: Identity,
    hint: str,
    tell: Tell,
    next_answer: Callable[[], Secret | None],
    wrong: Callable[[MailError], None],
    cancelled: threading.Event,
    *,
    again: bool = False,
) -> Grant:
    """Approve in a browser anywhere, and paste the address it ended on.

    `next_answer` waits a short while for what was pasted, None when nothing was; `wrong` is told of an answer
    that cannot be meant, and waiting goes on. Raises as `by_browser` does, without limit of time.
    """
    with Web(identity.ca_file) as web:
        service = Service(identity, web)
        flow = _begun(service, _NOWHERE, hint, again)
        tell(SignInStep(Way.PASTE, flow["auth_uri"]))
        while not cancelled.is_set():
            pasted = next_answer()
            if pasted is None:
                continue
            answer = _pasted(pasted.reveal())
            if fits(answer, flow["state"]):
                return _redeemed(service, flow, answer, hint)
            wrong(_not_meant(answer))
        raise Cancelled("The sign-in was cancelled.")


def _begun(service: Service, redirect: str, hint: str, again: bool) -> dict[str, Any]:
    """msal's flow: the address to open, and what must be remembered until the answer comes.

    The answer is asked for in the address: a browser without scripts and one whose address is pasted can give
    no other, and PKCE makes a code worthless to whoever else reads it. msal would warn of that, so it is told
    of the other kind.
    """
    asked = dict(service.identity.issuer.extra)
    prompts = [asked.pop("prompt", ""), "select_account" if again else ""]
    if prompt := " ".join(filter(None, prompts)):
        asked["prompt"] = prompt
    if hint:
        asked["login_hint"] = hint
    flow: dict[str, Any] = service.client.initiate_auth_code_flow(
        list(service.identity.scopes), redirect_uri=redirect, response_mode="form_post", **asked
    )
    flow["auth_uri"] = flow["auth_uri"].replace("response_mode=form_post", "response_mode=query")
    return flow


def _redeemed(service: Service, flow: dict[str, Any], answer: dict[str, str], address: str) -> Grant:
    """What the service gives for an answer that fits; one that is an error is raised as what it means."""
    try:
        result = service.client.obtain_token_by_auth_code_flow(flow, answer)
    except RuntimeError:  # msal's only one: the nonce of the id_token is not ours
        result = None
    if result is None:
        raise SignInNeeded("The service answered to another sign-in than this one.", "Start it again.")
    return service.grant(result, address=address)


def _pasted(text: str) -> dict[str, str]:
    """The parameters of a pasted address, or of its query alone; a terminal may have broken the line."""
    line = "".join(text.split()).strip("<>\"'")
    return response_of(line.rpartition("?")[2].partition("#")[0])


def _not_meant(answer: dict[str, str]) -> BadInput:
    if "state" in answer and ("code" in answer or "error" in answer):
        return BadInput(
            "That address belongs to another sign-in.",
            "Open the address shown here, and paste the one that its window ends on.",
        )
    if "code_challenge" in answer:
        return BadInput(
            "That is the address to begin with.",
            "Open it in a browser and sign in; paste the address of the page that comes last.",
        )
    return BadInput(
        "That address has no answer of the sign-in service in it.",
        "Copy the whole address line of the last page, which begins with http://localhost/?code=",
    )

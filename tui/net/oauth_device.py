"""Signing in with a code that is typed on another device (RFC 8628)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tui.model.error import Busy, Cancelled, Garbled, Offline, SignInNeeded
from tui.model.issuer import Identity
from tui.model.safe_text import safe_line
from tui.model.sign_in import SignInStep, Way
from tui.net.oauth_client import Grant, Service
from tui.net.web import Web, is_https

_WAITING = frozenset({"authorization_pending", "slow_down"})
_LONGEST_INTERVAL = 60
_ENDPOINT = "device_authorization_endpoint"


def by_device(identity: Identity, tell: Callable[[SignInStep], None], cancelled: threading.Event) -> Grant:
    """Get a code, tell it, and ask until it has been typed and approved, or has run out.

    Raises SignInNeeded (declined, run out, not allowed), Cancelled, BadConfig, and as `Web` does.
    """
    with Web(identity.ca_file) as web:
        service = Service(identity, web)
        if not identity.issuer.device_code or _ENDPOINT not in service.client.configuration:
            raise SignInNeeded(
                f"{identity.issuer.title} has no sign-in with a code for mail.",
                "Sign in through the browser.",
            )
        flow: dict[str, Any] = service.client.initiate_device_flow(list(identity.scopes))
        if "error" in flow:
            raise service.refused(flow)
        deadline = time.monotonic() + flow["expires_in"]
        tell(_step(flow, identity))
        return service.grant(_approved(service, flow, deadline, cancelled))


def _step(flow: dict[str, Any], identity: Identity) -> SignInStep:
    """What the person has to do; the page is opened by a browser, so only https will do."""
    if not is_https(flow.get("verification_uri")) or not flow.get("user_code") or not flow.get("device_code"):
        raise Garbled(
            f"The sign-in service ({urlsplit(identity.authority).hostname}) gave no code that can be used.",
            "Sign in through the browser instead.",
        )
    return SignInStep(
        Way.DEVICE,
        flow["verification_uri"],
        safe_line(flow["user_code"], 60),
        time.time() + flow["expires_in"],
        words=safe_line(flow.get("message", ""), 300),
    )


def _approved(
    service: Service, flow: dict[str, Any], deadline: float, cancelled: threading.Event
) -> dict[str, Any]:
    """Ask at the service's interval until there is a final answer (RFC 8628 3.5).

    msal adds five seconds to `interval` on slow_down. A broken connection doubles it, and is no end.
    """
    while (left := deadline - time.monotonic()) > 0:
        flow["interval"] = max(1, flow["interval"])  # msal would ask without end at 0
        flow.pop("latest_attempt_at", None)  # by which msal would warn if the clock was set back meanwhile
        if cancelled.wait(min(flow["interval"], left)):
            raise Cancelled("The sign-in was cancelled.")
        if time.monotonic() >= deadline:
            break
        try:
            answer: dict[str, Any] = service.client.obtain_token_by_device_flow(
                flow, exit_condition=lambda _: True
            )
        except (Offline, Busy) as error:
            longest = min(flow["interval"] * 2, _LONGEST_INTERVAL)
            flow["interval"] = max(longest, int(error.wait) if isinstance(error, Busy) else 0)
            continue
        if answer.get("error") not in _WAITING:
            return answer
    return {"error": "expired_token"}

"""How far this computer's clock is off, by that of a sign-in service: tokens need it right."""

from __future__ import annotations

from tui.model.issuer import Identity
from tui.net.web import Web


def ahead(identity: Identity) -> float:
    """By how many seconds our clock is ahead of the service's, 0 when it does not say (RFC 9110 6.6.1).

    Raises Offline, Untrusted, Busy, Garbled.
    """
    with Web(identity.ca_file) as web:
        address = f"{identity.authority}/.well-known/openid-configuration"
        return web.get(address, "asking for the time").clock_ahead

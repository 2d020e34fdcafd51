"""What the tests of signing in have in common."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.servers.identity import IdentityServer
from tui.model.error import MailError
from tui.model.issuer import Identity, Issuer, by_issuer
from tui.net import oauth
from tui.net.oauth import Grant

ADDRESS = "you@example.org"


def issuer(name: str) -> Issuer:
    """A known issuer."""
    found = by_issuer(name)
    assert found
    return found


MICROSOFT = issuer("microsoft")
GOOGLE = issuer("google")


def browse(identity: IdentityServer, asked: Identity | None = None, **options: bool) -> Grant:
    """A sign-in through a browser that approves."""
    never = threading.Event()
    return oauth.by_browser(
        asked or identity.identity(), ADDRESS, lambda step: None, identity.open, never, **options
    )


def refused(act: Callable[[], object]) -> MailError:
    """The error that `act` ends in."""
    with pytest.raises(MailError) as raised:
        act()
    return raised.value


def google(identity: IdentityServer, **changes: Any) -> Identity:
    """Google's way of signing in, at this server."""
    here = replace(
        GOOGLE,
        authority=identity.base,
        authorize=f"{identity.base}/o/oauth2/v2.0/authorize",
        token=f"{identity.base}/oauth2.0/token",
    )
    asked = identity.identity(scopes=(GOOGLE.imap, *GOOGLE.always), **changes)
    return replace(asked, issuer=here, authority=identity.base)

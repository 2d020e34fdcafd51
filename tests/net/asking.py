"""What the tests of short answers over https have in common."""

from __future__ import annotations

import traceback

import pytest

from tui.model.error import MailError
from tui.net.web import Web

DOING = "looking"


def asked(client: Web, address: str) -> MailError:
    """The error that a GET ends in."""
    with pytest.raises(MailError) as raised:
        client.get(address, DOING)
    return raised.value


def told(error: BaseException) -> str:
    """All that a log could say of an error: the whole chain, and its detail."""
    frames = traceback.TracebackException.from_exception(error).format(chain=True)
    detail = error.detail if isinstance(error, MailError) else ""
    return "".join(frames) + detail

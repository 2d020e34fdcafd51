"""Waiting for the server to speak first (RFC 2177)."""

from __future__ import annotations

import selectors
import socket

from tui.net.answer import Push
from tui.net.conversation import Conversation, Response, push

_LONGEST = 9 * 60.0  # Exchange falls silent after a while, and many home routers forget idle connections


def wait(talk: Conversation, waker: socket.socket, seconds: float) -> list[Push]:
    """IDLE until the server tells something, `waker` is readable or `seconds` (9 min at most) have passed.

    What the server told is returned, [] when it was silent. `waker` is not read: that is its owner's part.
    Octets are read only after DONE and in whole lines, so that a line that arrives in halves is not lost
    (mjs/imapclient#519); a push that came in one packet with the `+` is seen in the reader's buffer, where
    `select` cannot see it.
    """
    tag = talk.send("IDLE")
    told: list[Response] = []
    while not (response := talk.response()).text.startswith(b"+"):
        if talk.is_end(response, tag, "waiting for new mail"):
            return _pushes(told)  # over before it began; the caller goes round again
        told.append(response)
    link = talk.transport.link
    if not told and not link.has_input(talk.transport.reader):
        with selectors.DefaultSelector() as waiting:
            waiting.register(link.sock, selectors.EVENT_READ)
            waiting.register(waker, selectors.EVENT_READ)
            waiting.select(max(0.0, min(seconds, _LONGEST)))
    talk.transport.send(b"DONE\r\n")
    while not talk.is_end(response := talk.response(), tag, "waiting for new mail"):
        told.append(response)
    return _pushes(told)


def _pushes(told: list[Response]) -> list[Push]:
    return [found for response in told if (found := push(response))]

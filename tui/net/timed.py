"""An HTTP answer that has to be there in time, from its first line on.

A limit of silence does not suffice: a server that sends an octet now and then, or interim answers (RFC 9110
15.2) without end, is never silent and never done.
"""

from __future__ import annotations

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any


class TimedResponse(HTTPResponse):
    """As http.client's, but reading raises TimeoutError when `within` seconds have passed since it began."""

    def __init__(self, within: float, sock: socket.socket, *args: Any, **more: Any) -> None:  # noqa: ANN401
        super().__init__(sock, *args, **more)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), time.monotonic() + within))


class _Timed(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, deadline: float) -> None:
        super().__init__()
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - as in io
        if time.monotonic() > self._deadline:
            raise TimeoutError("timed out")
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()

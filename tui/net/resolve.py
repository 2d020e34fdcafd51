"""Looking up a server's addresses without being held by a name service that is silent."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

Address = tuple[socket.AddressFamily, Any]
"""A family and an address of it, as `socket.connect` takes them."""

_LOOK_EVERY = 0.05
_Answer = list[Address] | OSError | UnicodeError


def addresses(host: str, port: int, within: float, check: Callable[[], None]) -> list[Address]:
    """The addresses of `host` in the system's order, each once; `within` is in seconds.

    The system's own call can neither be broken off nor be given a time, and waits for half a minute where a
    network swallows its questions. So it is made on a thread that is left behind when `check` raises, or the
    time is up. Raises OSError and UnicodeError as `socket.getaddrinfo` does, TimeoutError.
    """
    answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(host, port, answers), name="name-lookup", daemon=True).start()
    deadline = time.monotonic() + within
    while True:
        try:
            answer = answers.get(timeout=_LOOK_EVERY)
        except queue.Empty:
            check()
            if time.monotonic() >= deadline:
                raise TimeoutError(f"looking up {host} timed out") from None
        else:
            break
    if isinstance(answer, OSError | UnicodeError):
        raise answer
    return answer


def _ask(host: str, port: int, answers: queue.SimpleQueue[_Answer]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answers.put(list(dict.fromkeys((family, address) for family, _, _, _, address in found)))
    except (OSError, UnicodeError) as error:
        answers.put(error)

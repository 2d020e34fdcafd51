"""Futures that engine threads complete: whoever asked may have given up, and closing may have come first."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any

from tui.model.error import MailError

log = logging.getLogger(__name__)


def answer(future: Future[Any], value: object = None) -> None:
    """Give a future its answer, unless it is settled or cancelled already."""
    with suppress(InvalidStateError):
        future.set_result(value)


def refuse(future: Future[Any], error: BaseException) -> None:
    """Give a future the error it ended with, unless it is settled or cancelled already."""
    with suppress(InvalidStateError):
        future.set_exception(error)


def answered(value: object = None) -> Future[Any]:
    """A future that has its answer already."""
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def refused(error: BaseException) -> Future[Any]:
    """A future that has ended with an error already."""
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def complete(future: Future[Any], act: Callable[[], object], doing: str) -> None:
    """Settle a future by what `act` answers or raises; `doing` names it in the log.

    Where `act` answers with a future of its own, that one's end is waited for, but not by this thread.
    """
    try:
        value = act()
    except MailError as error:
        refuse(future, error)
    except Exception as error:  # whoever asked is told; one command's fault must not end a thread
        log.exception("a command failed: %s", doing)
        refuse(future, error)
    else:
        if isinstance(value, Future):
            value.add_done_callback(lambda ended: complete(future, ended.result, doing))
        else:
            answer(future, value)


def in_thread(act: Callable[[], object], doing: str) -> Future[Any]:
    """Run something that may wait for a server or the keyring on a short daemon thread of its own."""
    future: Future[Any] = Future()
    threading.Thread(target=complete, args=(future, act, doing), name=f"short:{doing}", daemon=True).start()
    return future

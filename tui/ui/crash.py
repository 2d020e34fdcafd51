"""What happens when we have made a mistake: one sentence on the screen, the cause in the log, and no secrets.

Textual prints the local variables of every frame into the terminal's scrollback, passwords and mail among
them. So neither its report nor Python's own is used for errors nobody expected.
"""

from __future__ import annotations

import logging
import sys
import threading
from traceback import TracebackException
from types import TracebackType

log = logging.getLogger(__name__)

SENTENCE = (
    "outlook-tui had to stop: it met a mistake of its own. Your mail is safe on this computer; what was not "
    "sent waits in the outbox, and drafts were kept."
)


def report(error: BaseException) -> str:
    """The stack of an error without its local variables and without the error's own text.

    The text may hold mail or worse; class names, files and lines are enough to find the mistake.
    """
    lines = []
    chained: TracebackException | None = TracebackException.from_exception(error, capture_locals=False)
    while chained is not None:
        kind = chained.exc_type.__name__ if chained.exc_type else "error"
        lines.append(kind)
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in chained.stack]
        chained = chained.__cause__ or (None if chained.__suppress_context__ else chained.__context__)
    return "\n".join(lines)


def record(error: BaseException, where: str) -> str:
    """Write an error into the log. Answers the sentence to show the person."""
    log.critical("%s: %s", where, report(error))
    return SENTENCE


def install() -> None:
    """Take over the last resort for errors of the main thread and of all others."""

    def main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        sys.stderr.write(record(error, "main thread") + "\n")

    def thread(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None:
            record(failed.exc_value, failed.thread.name if failed.thread else "thread")

    sys.excepthook = main
    threading.excepthook = thread

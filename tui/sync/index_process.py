"""The process beside the screen that fills the search index: `python -m tui.sync.index_process DATABASE`.

It may be ended at any moment: each batch is one transaction. It ends by itself when all is done, or when the
program that began it has gone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tui.model.error import MailError
from tui.sync.indexing import index_all

_LEAST_URGENT = 19


def main(database: Path) -> int:
    """Index all that waits in `database`; 0, or 1 when the store cannot be written."""
    began_by = os.getppid()
    if hasattr(os, "nice"):
        os.nice(_LEAST_URGENT)
    try:
        index_all(database, lambda: os.getppid() != began_by)
    except MailError:
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))

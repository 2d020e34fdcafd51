"""Try the program without an account: servers on loopback, a sample mailbox, and a robot that answers."""

from __future__ import annotations

from tui.demo.demo import Demo

__all__ = ["Demo"]

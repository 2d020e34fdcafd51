"""By which of its own addresses this computer speaks to the internet."""

from __future__ import annotations

import socket

_OUT_THERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that belong to nobody (RFC 5737, RFC 3849)."""


def own_address() -> str:
    """The address, of IPv4 where there is a way by it, else of IPv6; "" where there is none at all.

    Nothing is sent: to connect a datagram socket only asks the routing table.
    """
    for family, address in _OUT_THERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.connect((address, 9))
                return str(asking.getsockname()[0])
        except OSError:  # no way by this family, or it is not spoken here at all
            continue
    return ""

"""Delivery reports (RFC 3464)."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from tui.demo import mime

_EXPLANATION = """\
Your message could not be delivered to

    {address}

The address was not found at the server that should know it. Check the spelling
and send the message again; asking will not help, this mail comes from a program.

The server said:  550 5.1.1 User unknown
"""


def undeliverable(address: str, header: bytes, when: datetime) -> mime.Part:
    """The content of a report that `address` does not exist; `header` is the header of the lost message."""
    status = (
        "Reporting-MTA: dns; outlook-demo.example\n"
        f"Arrival-Date: {format_datetime(when)}\n"
        "\n"
        f"Final-Recipient: rfc822; {address}\n"
        "Action: failed\n"
        "Status: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n"
    )
    parts = [
        mime.text(_EXPLANATION.format(address=address)),
        mime.Part((("Content-Type", "message/delivery-status"),), status.replace("\n", "\r\n").encode()),
        mime.Part((("Content-Type", "text/rfc822-headers"),), header),
    ]
    return mime.multipart("report", parts, "; report-type=delivery-status")

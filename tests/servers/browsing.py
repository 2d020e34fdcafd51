"""A person's browser, as far as signing in needs one: follows redirects, trusts the tests' authority."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


def _opener(ca_file: Path, *handlers: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(ca_file)))
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), tls, *handlers)


def visit(url: str, ca_file: Path) -> tuple[int, str]:
    """Open `url` and follow every redirect: status and text of the last page."""
    try:
        with _opener(ca_file).open(url, timeout=10) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def sent_on_to(url: str, ca_file: Path) -> str:
    """The address that the page at `url` sends the browser on to."""
    try:
        _opener(ca_file, _Stay()).open(url, timeout=10).close()
    except urllib.error.HTTPError as error:
        with error:
            return str(error.headers["Location"])
    raise AssertionError("the sign-in page did not send the browser on")

from __future__ import annotations

import pytest

from tui.mail import bodies, structure

Spec = str | tuple[str, list["Spec"]]


def build(spec: Spec, level: int = 0) -> bytes:
    """A message from a shape: a leaf is "type", "type name", "type !" (attached) or "type ~" (inline)."""
    if isinstance(spec, str):
        kind, _, extra = spec.partition(" ")
        field = {
            "": b"",
            "!": b"Content-Disposition: attachment\n",
            "~": b"Content-Disposition: inline\n",
        }.get(extra, b"Content-Disposition: inline; filename=%s\n" % extra.encode())
        inner = b"Subject: inner\n\nx" if kind == "message/rfc822" else kind.encode()
        return b"Content-Type: %s\n%s\n%s" % (kind.encode(), field, inner)
    kind, children = spec
    out = b"Content-Type: multipart/%s; boundary=b%d\n\n" % (kind.encode(), level)
    for child in children:
        out += b"--b%d\n" % level + build(child, level + 1) + b"\n"
    return out + b"--b%d--\n" % level


def names(parts: list[structure.Part]) -> list[str]:
    return [part.type for part in parts]


TEXT, HTML, PNG, PDF = "text/plain", "text/html", "image/png", "application/pdf"


@pytest.mark.parametrize(
    ("spec", "text", "html", "attached", "pictures"),
    [
        (TEXT, [TEXT], [TEXT], [], []),
        (f"{TEXT} !", [], [], [TEXT], []),
        (HTML, [HTML], [HTML], [], []),
        (PDF, [], [], [PDF], []),
        (PNG, [PNG], [PNG], [], [PNG]),
        (("alternative", [TEXT, HTML]), [TEXT], [HTML], [], []),
        (("alternative", [HTML]), [HTML], [HTML], [], []),
        (("alternative", [TEXT, "text/calendar"]), [TEXT], [TEXT], ["text/calendar"], []),
        (("alternative", [TEXT, ("related", [HTML, PNG])]), [TEXT], [HTML], [PNG], []),
        (("mixed", [TEXT, TEXT]), [TEXT, TEXT], [TEXT, TEXT], [], []),
        (("mixed", [TEXT, HTML]), [TEXT, HTML], [TEXT, HTML], [], []),
        (("mixed", [TEXT, f"{TEXT} log.txt"]), [TEXT], [TEXT], [TEXT], []),
        (("mixed", [f"{TEXT} first.txt"]), [TEXT], [TEXT], [], []),
        (("mixed", [TEXT, f"{PNG} ~"]), [TEXT, PNG], [TEXT, PNG], [], [PNG]),
        (("mixed", [TEXT, f"{PNG} !"]), [TEXT], [TEXT], [PNG], []),
        (("mixed", [TEXT, "message/rfc822"]), [TEXT], [TEXT], ["message/rfc822"], []),
        (("related", [HTML, PNG]), [HTML], [HTML], [PNG], []),
        (("signed", [TEXT, "application/pgp-signature"]), [TEXT], [TEXT], ["application/pgp-signature"], []),
    ],
)
def test_bodies_as_in_rfc_8621(
    spec: Spec, text: list[str], html: list[str], attached: list[str], pictures: list[str]
) -> None:
    found = bodies.divide(structure.read(build(spec)).root)
    assert names(found.text) == text
    assert names(found.html) == html
    assert names(found.attachments) == attached
    assert names(found.pictures) == pictures


def test_the_example_of_rfc_8621() -> None:
    spec: Spec = (
        "mixed",
        [
            "text/plain ~",
            (
                "mixed",
                [
                    (
                        "alternative",
                        [
                            ("mixed", ["text/plain ~", "image/jpeg ~", "text/plain ~"]),
                            ("related", ["text/html", "image/jpeg"]),
                        ],
                    ),
                    "image/jpeg !",
                    "application/x-excel",
                    "message/rfc822",
                ],
            ),
            "text/plain ~",
        ],
    )
    found = bodies.divide(structure.read(build(spec)).root)
    assert names(found.text) == ["text/plain", "text/plain", "image/jpeg", "text/plain", "text/plain"]
    assert names(found.html) == ["text/plain", "text/html", "text/plain"]
    assert names(found.attachments) == [
        "image/jpeg", "image/jpeg", "image/jpeg", "application/x-excel", "message/rfc822",
    ]  # fmt: skip


def test_a_multipart_without_delimiters_is_text_at_the_top_and_attached_below() -> None:
    top = structure.read(b"Content-Type: multipart/mixed; boundary=m\n\nwords").root
    assert bodies.divide(top).text == [top]
    nested = b"--m\nContent-Type: multipart/related; boundary=n\n\nwords\n--m--"
    root = structure.read(b"Content-Type: multipart/mixed; boundary=m\n\n" + nested).root
    assert names(bodies.divide(root).attachments) == ["multipart/related"]

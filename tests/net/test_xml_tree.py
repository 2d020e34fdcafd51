"""Small XML documents as trees, and large, deep or clever ones as refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.net import xml_tree


def test_a_tree_of_names_attributes_and_texts() -> None:
    root = xml_tree.read(b"<a k='v'> x<b>1</b>y <!-- no --><c/><b> 2 &amp; 3 </b><b> </b><?pi?></a>")
    assert (root.name, root.attributes, root.text.split()) == ("a", {"k": "v"}, ["xy"])
    assert root.texts("b") == ["1", "2 & 3"]
    assert root.text_of("b") == "1"
    assert root.text_of("none") == ""
    assert [child.name for child in root.children] == ["b", "c", "b", "b"]


def test_the_encoding_is_ours_whatever_it_says() -> None:
    assert xml_tree.read("<?xml version='1.0' encoding='latin-1'?><a>ü</a>".encode()).text == "ü"
    assert xml_tree.read(b"<?xml version='1.0' encoding='base64'?><a>x</a>").text == "x"
    assert xml_tree.read("<?xml version='1.0' encoding='utf-16'?><a>ü</a>".encode("utf-16")).text == "ü"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"<!DOCTYPE a><a/>", "document type"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "document type"),
        (b"<a>&x;</a>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<a/><b/>", "not well-formed"),
        (b"<a>" * 30 + b"</a>" * 30, "too deep"),
        (b"<a>" + b"<b/>" * 4_001 + b"</a>", "too many"),
        (b"<a>" + b" " * xml_tree.MOST_OCTETS + b"</a>", "longer than"),
    ],
)
def test_what_is_refused(document: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        xml_tree.read(document)


@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(document: bytes) -> None:
    for octets in (document, b"<a>" + document + b"</a>"):
        try:
            assert xml_tree.read(octets).name
        except ValueError:
            continue

"""XML before any reader looks at it: what is refused, what is mended, and that no bytes make it raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats import xmltree
from gateway.formats.raw import ElementPlaces
from tests.often import often

BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<a><b></a>", "X-01"),
        (b"<a><b>", "X-01"),
        (b"<a>\xff</a>", "X-01"),
        (b"<a>&nbsp;</a>", "X-01"),
        (BOMB, "X-02"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "X-02"),
        (BOMB.decode().encode("utf-16"), "X-02"),
        (b"<a>" * 5000, "X-01"),
        (b"", "X-01"),
    ],
)
def test_what_is_refused(data: bytes, code: str) -> None:
    root, found = xmltree.parse(data)
    assert root is None
    assert [one.code for one in found] == [code]


def test_a_declaration_that_names_another_encoding_is_not_believed() -> None:
    root, found = xmltree.parse('\n<?xml version="1.0" encoding="utf-16"?><a><b> Ærø </b></a>'.encode())
    assert xmltree.text(root, "b") == "Ærø"
    assert [one.code for one in found] == ["X-03"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<?xml version="1.0"?>\n<!-- <c> --><x:a y="1" xmlns:x="urn:n"/>', ("urn:n", "a")),
        ("<a xmlns='urn:n'><b/></a>", ("urn:n", "a")),
        ("<a>", ("", "a")),
        ("a,b,c", ("", "")),
    ],
)
def test_the_root_is_known_from_the_head(encoding: str, text: str, expected: tuple[str, str]) -> None:
    assert xmltree.root_of(text.encode(encoding)) == expected


def test_names_are_found_without_their_namespace_and_places_count_brothers() -> None:
    root, _ = xmltree.parse(b'<a xmlns="urn:n"><l><p xmlns=""><n>x</n></p><p><n> y\n</n><n/></p></l><!-- --><m/></a>')
    assert root is not None
    people = list(xmltree.children(xmltree.child(root, "l"), "p"))
    assert [xmltree.text(one, "n") for one in people] == ["x", "y"]
    assert xmltree.text(root, "m") is None
    assert xmltree.text(root, "none", "n") is None
    assert xmltree.place(people[1], "family_name").path == "/a/l/p[2]"
    assert xmltree.place(people[1][1]).path == "/a/l/p[2]/n[2]"
    assert ElementPlaces("/a/l/p", {"family_name": "n"}).at("family_name", 1).path == "/a/l/p[2]/n"
    assert ElementPlaces("/a/l/p").at("sex", 0).path == "/a/l/p[1]"


@often(50)
@given(st.binary(max_size=300).map(lambda data: b"<" + data) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    xmltree.root_of(data)
    root, found = xmltree.parse(data)
    assert (root is None) == any(one.code in ("X-01", "X-02") for one in found)

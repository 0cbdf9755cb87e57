"""EMSWe's XML and JSON with repairs: only the repaired text is another, and only where the text that was read still stands."""

import json

import pytest

from gateway.answers import NotMade, Repair, trees
from gateway.answers.copies import Change, Write
from gateway.findings import Place
from tests.answers.reading import corrected
from tests.answers.test_formality import JSON, XML

MOVEMENT = "<M><P><Name>A</Name></P><P><Name> B </Name></P></M>"
DOCUMENT = f"<?xml version='1.0' encoding='ISO-8859-1'?>\n<Envelope><!-- ours --><X>{MOVEMENT}{MOVEMENT}</X></Envelope>"
MEMBERS = {"a:E": {"x:P": [{"r:N": "A"}, {"r:N": {"@languageID": "EN", "$": " B "}}, {"r:N": 7}]}}


def change(path: str, was: str, becomes: str = "Å") -> Change[str]:
    return (Write(path, was, becomes, Repair(Place(path=path), "done")),)


@pytest.mark.parametrize(
    ("path", "was", "at"),
    [("/Envelope/X/M/P[1]/Name", "A", 0), ("/Envelope/X/M/P[2]/Name", "B", 1), ("/Envelope/X/M/P[4]/Name", "B", 3)],
)
def test_persons_are_counted_through_all_that_hold_them(path: str, was: str, at: int) -> None:
    copy = trees.corrected(DOCUMENT.encode("latin-1"), "emswe-xml", [change(path, was)])
    texts = [part.partition("<")[0] for part in copy.data.decode("latin-1").split("<Name>")[1:]]
    assert [place for place, text in enumerate(texts) if text == "Å"] == [at]
    assert b"<!-- ours -->" in copy.data
    assert len(copy.repairs) == 1


@pytest.mark.parametrize(
    "path", ["/Envelope/X/M/P[5]/Name", "/Envelope/X/M/P[1]/(2 letters)", "/Other/X", "/Envelope/X/M/P[1]/Name"]
)
def test_nothing_is_written_where_another_text_stands_or_none(path: str) -> None:
    copy = trees.corrected(DOCUMENT.encode("latin-1"), "emswe-xml", [change(path, "Z")])
    assert copy.repairs == ()
    assert "Å" not in copy.data.decode("latin-1")


def test_what_belongs_together_is_written_together_or_not_at_all() -> None:
    both = (*change("/Envelope/X/M/P[1]/Name", "A"), *change("/Envelope/X/M/P[2]/Name", "Z"))
    assert trees.corrected(DOCUMENT.encode("latin-1"), "emswe-xml", [both]).repairs == ()


def test_in_json_texts_with_attributes_too_and_numbers_never() -> None:
    changes = [change(f"/a:E/x:P/{at}/r:N", was, f"new {at}") for at, was in enumerate("AB7")]
    copy = trees.corrected(json.dumps(MEMBERS).encode(), "emswe-json", changes)
    assert [one["r:N"] for one in json.loads(copy.data)["a:E"]["x:P"]] == [
        "new 0",
        {"@languageID": "EN", "$": "new 1"},
        7,
    ]
    assert len(copy.repairs) == 2


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><Envelope>&x;</Envelope>", "emswe-xml"),
        (b"<Envelope>", "emswe-xml"),
        (b"{", "emswe-json"),
    ],
)
def test_what_cannot_be_written_again_is_said(data: bytes, format: str) -> None:
    with pytest.raises(NotMade, match="cannot be written again"):
        trees.corrected(data, format, [])


def test_a_message_in_order_comes_back_as_it_was() -> None:
    assert json.loads(corrected(JSON).data) == json.loads(JSON)
    assert corrected(XML).repairs == ()


def test_words_become_the_codes_of_emswe() -> None:
    untidy = XML.replace(b">SWE<", b">Sweden<").replace(b">2<", b">female<", 1)
    copy = corrected(untidy)
    assert b"Sweden" not in copy.data
    assert b"female" not in copy.data
    assert len(copy.repairs) == untidy.count(b">Sweden<") + untidy.count(b">female<")

"""An EMSWe message is answered with FRM in the syntax that it came in, as the public JSON Schema has it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.answers import NotMade, formality
from gateway.findings import Finding, Place, Severity
from gateway.formats import emswe
from gateway.formats.writing import WriteOrder
from tests.answers.reading import NOW
from tests.often import often
from tests.specimen import passenger_manifest

ORDER = WriteOrder(message_id="MSG-1", at=NOW, sender="XX0", recipient="NSW", visit_id="UT20261121-001")
XML, JSON = emswe.write_xml(passenger_manifest(), ORDER), emswe.write_json(passenger_manifest(), ORDER)
WRONG = Finding(
    "P-20", Severity.ERROR, "the sex is missing", Place(path="/Envelope/PXA/x/OnboardTransportPerson[2]/GenderCode", person=2, field="sex"), "give F, M or X"
)  # fmt: skip
ODD = Finding("P-71", Severity.WARNING, "looks odd <&>", Place(path="/x", person=1, field="family_name"))
DATE = Finding(
    "N-33", Severity.ERROR, "there is no such day", Place(person=1, field="document.expiry"), shape="8 digits"
)


def as_json(data: bytes, *findings: Finding, is_read: bool = True) -> Any:
    copy = formality.answer(data, findings, NOW, is_read=is_read)
    assert (copy.media_type, copy.ending) == ("application/json", ".frm.json")
    return json.loads(copy.data)


def texts(data: bytes) -> list[str]:
    """Every text of an XML answer, with its path of local names."""
    found = []
    for element in etree.fromstring(data).iter():
        steps = [etree.QName(one).localname for one in (*reversed(list(element.iterancestors())), element)]
        if element.text:
            found.append(f"{'/'.join(steps)}={element.text}")
    return found


def test_it_says_whose_answer_it_is() -> None:
    response = as_json(JSON)["env:Envelope"]["res:RES"]
    about = response["res:AcknowledgementDocument"]
    assert about["ram:ReferenceReferencedDocument"] == {"ram:TypeCode": "PXA", "ram:ID": "MSG-1"}
    assert response["res:SpecifiedLogisticsTransportMovement"] == {
        "ram:CallTransportEvent": {"ram:ID": "UT20261121-001"}
    }


@pytest.mark.parametrize(
    ("findings", "is_read", "status"),
    [((), True, "1"), ((ODD,), True, "1"), ((ODD, WRONG), True, "3"), ((WRONG,), False, "8")],
)
def test_the_status(findings: tuple[Finding, ...], is_read: bool, status: str) -> None:
    verdict = as_json(JSON, *findings, is_read=is_read)["env:Envelope"]["frm:FRM"]["frm:AcknowledgementDocument"]
    assert verdict["ram:StatusCode"] == status
    assert ("ram:Status" in verdict) == (ODD in findings)


def test_each_error_points_at_its_element_and_person() -> None:
    told = as_json(JSON, ODD, WRONG, DATE)["env:Envelope"]["frm:FRM"]["frm:AcknowledgementDocument"][
        "ram:ReferencedReportedError"
    ]
    assert told == [
        {
            "ram:TypeCode": "ERR-029",
            "ram:Description": ["P-20: the sex is missing. give F, M or X"],
            "ram:SequenceNumeric": 1,
            "ram:SpecifiedIdentifiedPointer": [
                {"ram:SequenceNumeric": 1, "ram:TagID": WRONG.place.path, "ram:SequenceID": "2"}
            ],
        },
        {
            "ram:TypeCode": "ERR-020",
            "ram:Description": ["N-33: there is no such day (8 digits)."],
            "ram:SequenceNumeric": 2,
            "ram:SpecifiedIdentifiedPointer": [{"ram:SequenceNumeric": 1, "ram:SequenceID": "1"}],
        },
    ]


def test_xml_is_answered_in_xml_with_the_same_words() -> None:
    copy = formality.answer(XML, [ODD, WRONG], NOW, is_read=True)
    assert copy.ending == ".frm.xml"
    found = texts(copy.data)
    assert "Envelope/RES/AcknowledgementDocument/ReferenceReferencedDocument/ID=MSG-1" in found
    assert "Envelope/FRM/AcknowledgementDocument/Status=warning P-71 at /x, person 1: looks odd <&>" in found
    assert "Envelope/FRM/AcknowledgementDocument/ReferencedReportedError/TypeCode=ERR-029" in found


def test_what_came_wrapped_goes_back_wrapped() -> None:
    assert list(as_json(b'{"formalityData": ' + JSON + b"}")) == ["frmResponse"]


def test_it_keeps_the_public_schema(shared_data: Path) -> None:
    schema = json.loads((shared_data / "emswe/schema-2.0.1/FRM_2.0.1.0.json").read_text("utf-8"))
    long = Finding(
        "X-1", Severity.ERROR, "x" * 900, Place(path="/" + "y" * 900, person=99999, field="vessel.imo"), "z" * 900
    )
    validator = jsonschema_rs.validator_for(schema)
    for findings in ((), (ODD,), (ODD, WRONG, DATE, long)):
        answer = as_json(JSON, *findings)
        assert [error.message for error in validator.iter_errors(answer)] == []


class Shape:
    """The names, obligations and order of elements, as far as the public JSON Schema has them, for no XSD of RES and FRM 2.0 is
    public: its properties are sorted by name, but its `required` arrays kept the order of the XSD."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.types = schema["$defs"]
        self.root = self.of(schema["properties"]["env:Envelope"])

    def of(self, node: dict[str, Any]) -> dict[str, Any]:
        """The type that a member has, one of its items where it is a list."""
        while "$ref" in node or "items" in node:
            node = node["items"] if "items" in node else self.types[node["$ref"].rpartition("/")[2]]
        if "oneOf" in node or "anyOf" in node:
            return self.of(next(iter(node.get("oneOf") or node["anyOf"])))
        return node

    def problems(self, members: list[tuple[str, Any]], type_: dict[str, Any], path: str = "") -> Iterator[str]:
        """`members`: (name, what is in it as such a list, or no list for a text)."""
        names = [name for name, _ in members]
        known = [name for name in type_.get("properties", {}) if name[:1] != "@"]
        yield from (f"{path}: no {name}" for name in type_.get("required", ()) if name not in names and name != "$")
        yield from (f"{path}: unknown {name}" for name in names if name not in known)
        ordered = [name for name in type_.get("required", ()) if name in names]
        if (found := list(dict.fromkeys(name for name in names if name in ordered))) != ordered:
            yield f"{path}: {found} instead of {ordered}"
        for name, held in members:
            if name in known and isinstance(held, list):
                yield from self.problems(held, self.of(type_["properties"][name]), f"{path}/{name}")


def of_json(value: Any) -> Any:
    """Members in their order, each item of a list as a member of its own."""
    if not isinstance(value, dict):
        return value
    pairs = ((name, held) for name, held in value.items() if name[:1] != "@")
    return [(name, of_json(one)) for name, held in pairs for one in (held if isinstance(held, list) else [held])]


def of_xml(element: etree._Element) -> Any:
    if not len(element):
        return element.text
    return [(f"{child.prefix}:{etree.QName(child).localname}", of_xml(child)) for child in element]


@pytest.fixture
def shape_of_frm(shared_data: Path) -> Shape:
    return Shape(json.loads((shared_data / "emswe/schema-2.0.1/FRM_2.0.1.0.json").read_text("utf-8")))


@pytest.mark.parametrize("findings", [(), (ODD,), (ODD, WRONG, DATE)], ids=["nothing", "a warning", "errors"])
def test_its_elements_have_the_names_and_the_order_of_the_public_schema(
    shape_of_frm: Shape, findings: tuple[Finding, ...]
) -> None:
    in_json = of_json(as_json(JSON, *findings)["env:Envelope"])
    in_xml = of_xml(etree.fromstring(formality.answer(XML, findings, NOW, is_read=True).data))
    assert list(shape_of_frm.problems(in_json, shape_of_frm.root)) == []
    assert list(shape_of_frm.problems(in_xml, shape_of_frm.root)) == []
    assert _names(in_json) == _names(in_xml)


def _names(members: Any) -> list[Any]:
    return [(name, _names(held)) for name, held in members] if isinstance(members, list) else []


def test_the_shape_sees_what_is_wrong(shape_of_frm: Shape) -> None:
    """Elements in another order, without one that must be there, and with one that nobody knows."""
    whole = of_xml(etree.fromstring(formality.answer(XML, [WRONG], NOW, is_read=True).data))
    response, verdict = whole[0][1], whole[1][1][0][1]
    for spoilt in (
        [whole[1]], [("res:RES", response[::-1]), whole[1]], [("res:RES", response[:-1]), whole[1]], [*whole, ("frm:MORE", "x")],
        [whole[0], ("frm:FRM", [("frm:AcknowledgementDocument", verdict[1:])])],
        [whole[0], ("frm:FRM", [("frm:AcknowledgementDocument", [verdict[0], (verdict[1][0], verdict[1][1][::-1])])])],
    ):  # fmt: skip
        assert list(shape_of_frm.problems(spoilt, shape_of_frm.root)), spoilt


@often(20)
@given(at=st.integers(0, 900), junk=st.binary(max_size=20), syntax=st.sampled_from([XML, JSON]))
def test_a_spoilt_message_is_an_answer_or_a_sentence(at: int, junk: bytes, syntax: bytes) -> None:
    try:
        copy = formality.answer(syntax[:at] + junk + syntax[at + len(junk) :], [WRONG], NOW, is_read=False)
    except NotMade:
        return
    assert json.loads(copy.data) if copy.ending == ".frm.json" else texts(copy.data)

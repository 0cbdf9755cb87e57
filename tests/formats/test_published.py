"""The published schemas are what the types say, and what is written holds to them, in JSON and in XML."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import xmlschema
from hypothesis import given
from lxml import etree

from gateway.formats import commonjson, commonxml
from gateway.formats.published import NAMESPACE, json_schema_text, xsd_text
from gateway.formats.writing import WriteOrder
from gateway.manifest import Manifest, Person, Vessel
from tests.manifests import manifests
from tests.often import often
from tests.specimen import NOW, crew_manifest, passenger, passenger_manifest

SCHEMAS = Path(__file__).parents[2] / "schemas"
ORDER = WriteOrder(message_id="1", at=NOW, sender="XX0", recipient="NSW")
JSON_SCHEMA = jsonschema_rs.validator_for(json.loads((SCHEMAS / "manifest.schema.json").read_text("utf-8")))
XSD = etree.XMLSchema(etree.parse(SCHEMAS / "manifest.xsd"))


def xml_of(manifest: Manifest) -> etree._Element:
    return etree.fromstring(commonxml.write(manifest, ORDER))


NOT_IN_XML = dict.fromkeys({*range(32)} - {9, 10, 13} | {0xFFFE, 0xFFFF}, "\ufffd")


def test_the_files_are_the_generated_texts() -> None:
    assert (SCHEMAS / "manifest.schema.json").read_text("utf-8") == json_schema_text()
    assert (SCHEMAS / "manifest.xsd").read_text("utf-8") == xsd_text()


@often(30)
@given(manifests())
def test_whatever_the_manifest_both_forms_are_valid(manifest: Manifest) -> None:
    assert JSON_SCHEMA.is_valid(json.loads(commonjson.write(manifest, ORDER)))
    assert XSD.validate(xml_of(manifest)), XSD.error_log.last_error


@often(20)
@given(manifests())
def test_the_xml_says_what_the_json_says(manifest: Manifest) -> None:
    document = json.loads(commonjson.write(manifest, ORDER))
    assert _as_json(xml_of(manifest), "Manifest") == _in_xml(document)


def test_another_xsd_library_agrees() -> None:
    schema = xmlschema.XMLSchema(str(SCHEMAS / "manifest.xsd"))
    for manifest in (passenger_manifest(), crew_manifest()):
        data = commonxml.write(manifest, ORDER)
        assert schema.is_valid(BytesIO(data))
        assert not schema.is_valid(BytesIO(data.replace(b"<kind>", b"<kind>x")))


@pytest.mark.parametrize(
    "spoilt",
    [
        (b'"birth_date":"1974-08-12"', b'"birth_date":"12.08.1974"'),
        (b'"code":"SWE"', b'"code":"SE"'),
        (b'"sequence":1,', b""),
        (b'"kind":"passengers"', b'"kind":"cargo"'),
        (b'"imo":"1234567"', b'"imo":"12345678"'),
        (b'"sequence":1,', b'"sequence":100000,'),
        (b'"sequence":1,', b'"sequence":1,"shoe_size":44,'),
        (b'"on_board":8', b'"on_board":-8'),
        (b'"code":"GRPIR"', b'"code":"PIR"'),
    ],
    ids=lambda pair: pair[1].decode() or "removed",
)
def test_a_spoilt_json_is_not_valid(spoilt: tuple[bytes, bytes]) -> None:
    data = commonjson.write(passenger_manifest(), ORDER)
    assert spoilt[0] in data
    assert not JSON_SCHEMA.is_valid(json.loads(data.replace(*spoilt, 1)))


@pytest.mark.parametrize(
    "spoilt",
    [
        (b"<birth_date>1974-08-12<", b"<birth_date>12.08.1974<"),
        (b"<birth_date>1974<", "<birth_date>１９７４<".encode()),
        (b"<code>SWE<", b"<code>SE<"),
        (b"<sequence>1</sequence>", b""),
        (b"<kind>passengers<", b"<kind>cargo<"),
        (b"<imo>1234567<", b"<imo>12345678<"),
        (b"<sequence>1<", b"<sequence>100000<"),
        (b"</sequence>", b"</sequence><shoe_size>44</shoe_size>"),
        (b"<on_board>8<", b"<on_board>-8<"),
        (b"<code>GRPIR<", b"<code>PIR<"),
        (b' xmlns="' + NAMESPACE.encode() + b'"', b""),
    ],
    ids=lambda pair: pair[1].decode() or "removed",
)
def test_a_spoilt_xml_is_not_valid(spoilt: tuple[bytes, bytes]) -> None:
    persons = (passenger(0), passenger(1, birth_date="1974"))
    data = commonxml.write(passenger_manifest(persons=persons), ORDER)
    assert spoilt[0] in data
    assert not XSD.validate(etree.fromstring(data.replace(*spoilt, 1)))


def test_what_xml_has_no_room_for_is_replaced_and_the_rest_is_kept() -> None:
    odd = "A\x00B\x1f\ufffe <&>\"' \r\n\t]]> \U0001f600"
    root = xml_of(passenger_manifest(vessel=Vessel(name=odd), persons=(Person(sequence=1, extras=((odd, odd),)),)))
    expected = odd.replace("\x00", "\ufffd").replace("\x1f", "\ufffd").replace("\ufffe", "\ufffd")
    assert root.findtext(f"{{{NAMESPACE}}}vessel/{{{NAMESPACE}}}name") == expected
    (extra,) = root.iter(f"{{{NAMESPACE}}}extras")
    assert (extra.get("key"), extra.text) == (expected, expected)


# --- the XML read back by the types, to compare it with the JSON ---------------------------------------------------

_DEFINITIONS = msgspec.json.schema(Manifest)["$defs"]


def _as_json(element: etree._Element, kind: str) -> dict[str, Any]:
    """The element as the JSON of the same type."""
    document: dict[str, Any] = {}
    for child in element:
        name = etree.QName(child).localname
        schema = _DEFINITIONS[kind]["properties"][name]
        schema = next((option for option in schema.get("anyOf", ()) if option != {"type": "null"}), schema)
        if name == "extras":
            document.setdefault(name, []).append([child.get("key"), child.text or ""])
        elif name == "code_lists":
            document.setdefault(name, {})[child.get("key")] = child.text or ""
        elif schema.get("type") == "array":
            document.setdefault(name, []).append(_value(child, schema["items"]))
        else:
            document[name] = _value(child, schema)
    return document


def _value(element: etree._Element, schema: dict[str, Any]) -> Any:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    if name and "properties" in _DEFINITIONS[name]:
        return _as_json(element, name)
    text = element.text or ""
    if schema.get("type") == "integer":
        return int(text)
    return text == "true" if schema.get("type") == "boolean" else text


def _in_xml(document: Any) -> Any:
    """As an XML document can show it: without empty lists, and U+FFFD for the characters that XML has not."""
    if isinstance(document, list):
        return [_in_xml(item) for item in document]
    if isinstance(document, dict):
        return {_in_xml(key): _in_xml(value) for key, value in document.items() if value != []}
    return document.translate(NOT_IN_XML) if isinstance(document, str) else document

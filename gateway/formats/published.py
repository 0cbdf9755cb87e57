"""The common schema in the two languages that others read: JSON Schema (2020-12) and XSD 1.0.

In: the Structs of `gateway.manifest`, and `handling` as the gateway adds it. Out: the text of `schemas/manifest.schema.json` and `schemas/manifest.xsd`.
Both are generated, never edited: `./gw schemas --write` puts them in place and a test fails when they lag behind.
The JSON Schema is stricter than the decoder in one point: it names unknown members, which the reader reports and skips.
"""

import json
from typing import Any

import msgspec

from gateway.formats.marking import Marked

SCHEMA_ID = "urn:maritime-passenger-gateway:manifest:1"
NAMESPACE = "urn:maritime-passenger-gateway:manifest:1"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of one manifest; `anyOf [X, null]` is folded into one type list so that errors name the leaf."""
    definitions = {name: _tidied(definition) for name, definition in sorted(_definitions().items())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Manifest",
        "description": "One list of persons on board, for one voyage leg: IMO FAL 5/6, EMSWe PXA/PXD/CWA/CWD and PAXLST in one.",
        "$ref": "#/$defs/Manifest",
        "$defs": definitions,
    }


def _definitions() -> dict[str, Any]:
    """Every type by its name; a manifest as it goes out, with its handling, is called what it is."""
    found: dict[str, Any] = dict(msgspec.json.schema(Marked)["$defs"])
    return found | {"Manifest": found.pop(Marked.__name__) | {"title": "Manifest"}}


def json_schema_text() -> str:
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _tidied(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {key: _tidied(value) for key, value in schema.items()}
    options = tidy.get("anyOf")
    if options and len(options) == 2 and {"type": "null"} in options:
        other = next(option for option in options if option != {"type": "null"})
        if isinstance(other.get("type"), str):
            del tidy["anyOf"]
            tidy = {**other, **tidy, "type": [other["type"], "null"]}
    if tidy.get("type") == "object" and "properties" in tidy:
        tidy["additionalProperties"] = False
    return tidy


_XSD_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}"
           targetNamespace="{NAMESPACE}" elementFormDefault="qualified" version="1">
  <xs:element name="manifest" type="Manifest"/>
"""


def xsd_text() -> str:
    """The XSD of one manifest: the same members in the Structs' order, a list as repeated elements."""
    parts = [_XSD_HEAD]
    for name, definition in sorted(_definitions().items()):
        parts.append(_simple_type(name, definition) if "enum" in definition else _complex_type(name, definition))
    return "".join(parts) + "</xs:schema>\n"


def _simple_type(name: str, definition: dict[str, Any]) -> str:
    values = "".join(f'      <xs:enumeration value="{value}"/>\n' for value in definition["enum"])
    return f'  <xs:simpleType name="{name}">\n    <xs:restriction base="xs:string">\n{values}    </xs:restriction>\n  </xs:simpleType>\n'


def _complex_type(name: str, definition: dict[str, Any]) -> str:
    required = set(definition.get("required", ()))
    elements = "".join(
        _element(member, schema, member in required) for member, schema in definition["properties"].items()
    )
    return f'  <xs:complexType name="{name}">\n    <xs:sequence>\n{elements}    </xs:sequence>\n  </xs:complexType>\n'


def _element(member: str, schema: dict[str, Any], is_required: bool) -> str:
    schema = next((option for option in schema.get("anyOf", ()) if option != {"type": "null"}), schema)
    if schema.get("type") == "array":
        return _repeated(member, schema)
    least = "" if is_required else ' minOccurs="0"'
    if "additionalProperties" in schema:  # a map, such as code_lists
        return _wrapped(f'<xs:element name="{member}"{least} maxOccurs="unbounded">', _KEYED)
    return _typed(f'<xs:element name="{member}"', schema, least)


def _repeated(member: str, schema: dict[str, Any]) -> str:
    many = ' minOccurs="0" maxOccurs="unbounded"'
    items = schema.get("items") or {}
    if schema.get("prefixItems") or items.get("type") == "array":  # pairs: (header, text)
        return _wrapped(f'<xs:element name="{member}"{many}>', _KEYED)
    return _typed(f'<xs:element name="{member}"', items, many)


_KEYED = (
    '<xs:complexType><xs:simpleContent><xs:extension base="xs:string">'
    '<xs:attribute name="key" type="xs:string" use="required"/>'
    "</xs:extension></xs:simpleContent></xs:complexType>"
)


def _wrapped(head: str, body: str) -> str:
    return f"      {head}{body}</xs:element>\n"


def _typed(head: str, schema: dict[str, Any], occurs: str) -> str:
    if "$ref" in schema:
        return f'      {head} type="{schema["$ref"].rsplit("/", 1)[1]}"{occurs}/>\n'
    kind = schema.get("type", "string")
    base = {"integer": "xs:nonNegativeInteger", "boolean": "xs:boolean"}.get(kind, "xs:string")
    facets = "".join(f'<xs:enumeration value="{value}"/>' for value in schema.get("enum", ()))
    if "pattern" in schema:  # XSD patterns are anchored already, and its \d means digits of any script
        pattern = schema["pattern"].strip("^$").replace("\\d", "[0-9]")
        facets += f'<xs:pattern value="{pattern}"/>'
    if schema.get("minimum"):
        facets += f'<xs:minInclusive value="{schema["minimum"]}"/>'
    if "maximum" in schema:
        facets += f'<xs:maxInclusive value="{schema["maximum"]}"/>'
    if not facets:
        return f'      {head} type="{base}"{occurs}/>\n'
    restriction = f'<xs:simpleType><xs:restriction base="{base}">{facets}</xs:restriction></xs:simpleType>'
    return _wrapped(f"{head}{occurs}>", restriction)

"""What a careful recipient checks in a delivery it has opened: the form's own schema, and how many persons are in it.

In: the payload. Out: `Verdict`. Uses the published schemas in schemas/, so that what the gateway writes is judged by
what it says it writes: JSON Schema (jsonschema-rs), XSD (lxml decides, xmlschema explains), PAXLST's own control counts.
"""

import json
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
from lxml import etree

from gateway.catalogue import schemas
from gateway.findings import Severity
from gateway.formats import paxlst


class Verdict(msgspec.Struct, frozen=True):
    """`problems` name places, never values."""

    form: str
    persons: int
    problems: tuple[str, ...] = ()


def validate(payload: bytes) -> Verdict:
    """Which form this is, how many persons it lists, and what is wrong with it."""
    head = payload[:64].lstrip()
    if head.startswith(b"{"):
        document = json.loads(payload)
        return _emswe_json(document) if "env:Envelope" in document else _common(document)
    if head.startswith(b"<"):
        return _xml(payload)
    return _paxlst(payload)


def _emswe_json(document: dict[str, Any]) -> Verdict:
    movements = [
        movement
        for code, formality in document["env:Envelope"].items()
        if code != "mai:MAI"
        for name, movement in formality.items()
        if name.endswith("SpecifiedLogisticsTransportMovement")
    ]
    persons = sum(len(movement["ram:OnboardTransportPerson"]) for movement in movements)
    return Verdict("emswe-json", persons, _schema_problems("emswe/person-lists.schema.json", document))


def _common(document: dict[str, Any]) -> Verdict:
    return Verdict("common-json", len(document.get("persons", ())), _schema_problems("manifest.schema.json", document))


@cache
def _json_schema(name: str) -> Any:
    return jsonschema_rs.validator_for(json.loads((schemas() / name).read_bytes()))


def _schema_problems(name: str, document: dict[str, Any]) -> tuple[str, ...]:
    errors = _json_schema(name).iter_errors(document)
    return tuple(f"/{'/'.join(map(str, error.instance_path))}: {error.kind.name}" for error in errors)[:20]


@cache
def _xsd(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(schemas() / name))


def _xml(payload: bytes) -> Verdict:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(payload, parser)
    is_emswe = etree.QName(root).localname == "Envelope"
    name, person = ("emswe/Envelope.xsd", "OnboardTransportPerson") if is_emswe else ("manifest.xsd", "persons")
    persons = sum(1 for _ in root.iter(f"{{*}}{person}"))
    problems = () if _xsd(name).validate(root) else _explained(name, payload)
    return Verdict("emswe-xml" if is_emswe else "common-xml", persons, problems)


def _explained(name: str, payload: bytes) -> tuple[str, ...]:
    import xmlschema  # half a second to import, and only needed when something is wrong

    errors = xmlschema.XMLSchema(str(schemas() / name)).iter_errors(payload)
    return tuple(f"{error.path}: {type(error.validator).__name__}" for _, error in zip(range(20), errors, strict=False))


def _paxlst(payload: bytes) -> Verdict:
    reading = paxlst.read(payload, {})
    persons = sum(one.size for one in reading.lists if not isinstance(one, msgspec.Struct) or hasattr(one, "size"))
    said = tuple(f"{f.place}: {f.text}" for f in reading.findings if f.severity is not Severity.INFO)
    return Verdict("paxlst-sea", persons, said)

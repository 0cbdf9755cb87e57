"""Article 4 in every form: the terms of a list stand in the list where the form has a place, and change nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from lxml import etree

from gateway.demo.validate import validate
from gateway.findings import Severity
from gateway.formats import commonjson, commonxml, emswe, emswe_xml, paxlst, paxlst_writer
from gateway.formats.marking import said
from gateway.formats.published import NAMESPACE
from gateway.formats.writing import WriteOrder
from gateway.keyring import PassedOn, Terms
from gateway.manifest import ListKind, Manifest, Purpose
from tests.process.office import as_file, entry, processed, recipient
from tests.process.office import catalogue as office
from tests.specimen import crew_member, passenger, passenger_manifest

STEP = PassedOn(
    holder="ut-piu",
    receiver="ux-piu",
    purposes=(Purpose.BORDER,),
    legal_basis="a treaty",
    decision="D 7/2026",
    at="2026-11-22T10:00:00+00:00",
)
TERMS = Terms(
    marking="confidential",
    purposes=(Purpose.BORDER,),
    legal_basis="an act's article 2 -- <as amended> & so on",
    route="piu-lists",
    as_of="2026-11-21T12:00:00+00:00",
    originator="specimen",
    onward="consent C-7",
    transfers=(STEP,),
)
ORDER = WriteOrder(
    message_id="1", at=datetime(2026, 11, 21, 12, tzinfo=UTC), sender="XX0", recipient="NSW", terms=TERMS
)
PLAIN = msgspec.structs.replace(ORDER, terms=None)
SCHEMAS = Path(__file__).parents[2] / "schemas"


def test_common_json_has_them_as_a_member_that_the_schema_knows_and_a_reader_passes_over() -> None:
    data = commonjson.write(passenger_manifest(), ORDER)
    document = json.loads(data)
    assert msgspec.convert(document["handling"], Terms) == TERMS
    schema = jsonschema_rs.validator_for(json.loads((SCHEMAS / "manifest.schema.json").read_text("utf-8")))
    assert schema.is_valid(document)
    assert not schema.is_valid(document | {"handling": {"marking": "secret"}})
    reading = commonjson.read(data, {})
    assert (reading.lists, reading.findings) == ([passenger_manifest()], [])


def test_common_xml_has_them_as_an_element_that_the_schema_knows() -> None:
    root = etree.fromstring(commonxml.write(passenger_manifest(), ORDER))
    xsd = etree.XMLSchema(etree.parse(SCHEMAS / "manifest.xsd"))
    assert xsd.validate(root), xsd.error_log.last_error
    handling = root.find(f"{{{NAMESPACE}}}handling")
    assert handling is not None
    assert handling.findtext(f"{{{NAMESPACE}}}onward") == "consent C-7"
    assert handling.findtext(f"{{{NAMESPACE}}}transfers/{{{NAMESPACE}}}decision") == "D 7/2026"


def test_paxlst_has_them_on_the_first_person_of_each_message() -> None:
    mixed = passenger_manifest(kind=ListKind.MIXED, persons=(passenger(0), crew_member(1), passenger(2)))
    data = paxlst_writer.write(mixed, ORDER)
    assert data.count(b"'FTX+AAI+++CONFIDENTIAL, for border only:legal basis?: an act?'s article 2 -- ") == 2
    assert data.count(b":onward?: consent C-7:passed on by ut-piu to ux-piu, decision D 7/2026'") == 2
    tags = [segment.split(b"+")[0] for segment in data.split(b"'")]
    assert tags[tags.index(b"FTX") - 1] in (b"ATT", b"DTM")
    reading = paxlst.read(data, {})
    assert [one.severity for one in reading.findings if one.severity is not Severity.INFO] == []
    assert validate(data).persons == 3


def test_paxlst_texts_are_no_longer_than_a_component_takes() -> None:
    long = msgspec.structs.replace(TERMS, legal_basis="x" * 900)
    data = paxlst_writer.write(passenger_manifest(), msgspec.structs.replace(ORDER, terms=long))
    [segment] = [one for one in data.split(b"'") if one.startswith(b"FTX")]
    assert max(len(component) for component in segment[len("FTX+AAI+++") :].split(b":")) <= 512


def test_emswe_xml_has_them_in_a_comment_and_is_otherwise_the_same() -> None:
    marked, plain = (emswe.write_xml(passenger_manifest(), order) for order in (ORDER, PLAIN))
    root = etree.fromstring(marked)
    [comment] = [node for node in root if isinstance(node, etree._Comment)]
    assert comment.text.strip().startswith(
        "CONFIDENTIAL, for border only; legal basis: an act's article 2 - - <as amended>"
    )
    root.remove(comment)
    assert etree.tostring(root, method="c14n") == etree.tostring(etree.fromstring(plain), method="c14n")
    assert etree.XMLSchema(etree.parse(SCHEMAS / "emswe" / "Envelope.xsd")).validate(etree.fromstring(marked))
    assert len(emswe_xml.read(marked, {}).findings) == len(emswe_xml.read(plain, {}).findings)


def test_emswe_json_has_no_place_for_them() -> None:
    assert emswe.write_json(passenger_manifest(), ORDER) == emswe.write_json(passenger_manifest(), PLAIN)


@pytest.mark.parametrize("form", ["common-json", "common-xml", "emswe-json", "emswe-xml", "paxlst-sea"])
def test_what_goes_out_is_marked_and_so_is_its_envelope(form: str) -> None:
    to = recipient(entry("one", form=form, marking="confidential", decision="D 1"))
    known = office(to)
    _, done = processed([as_file(passenger_manifest())], known)
    [payload] = done.owed[0].payloads
    marks = {"common-json": b'"marking":"confidential"', "common-xml": b"<marking>confidential<", "emswe-json": b""}
    assert marks.get(form, b"CONFIDENTIAL, for border and safety only") in payload.body
    assert payload.handling(version=2, changes=None).marking == "confidential"


def test_without_anything_said_nothing_is_written() -> None:
    manifest = passenger_manifest()
    assert b"handling" not in commonjson.write(manifest, PLAIN)
    assert b"FTX" not in paxlst_writer.write(manifest, PLAIN)
    assert b"<!--" not in emswe.write_xml(manifest, PLAIN)
    assert said(msgspec.structs.replace(TERMS, transfers=msgspec.UNSET))[4] == ""
    assert isinstance(manifest, Manifest)

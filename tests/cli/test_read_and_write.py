"""./gw read and ./gw write, as a line's office uses them."""

import json
from io import BytesIO
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from lxml import etree

from gateway.findings import Finding
from gateway.formats import commonjson, paxlst
from gateway.formats.forms import FORMS
from gateway.formats.published import json_schema
from gateway.formats.writing import WriteOrder
from gateway.manifest import Counts, Direction, Function, ListKind, Manifest
from gateway.route import NOTICES
from tests.cli.desk import PROJECT, gw
from tests.gtas_oracle import judge
from tests.often import often
from tests.specimen import NOW, VOYAGE, crew_manifest, crew_member, large_manifest, passenger, passenger_manifest

GOLDEN = PROJECT / "tests" / "golden"
ORDER = WriteOrder(message_id="1", at=NOW, sender="XX0", recipient="NSW")


def kept(folder: Path, *manifests: Manifest, name: str = "list.json") -> Path:
    path = folder / name
    path.write_bytes(b"[" + b",".join(commonjson.write(one, ORDER) for one in manifests) + b"]")
    return path


# --- read --------------------------------------------------------------------------------------------------------


def test_a_clean_list_is_summed_up(tmp_path: Path) -> None:
    result = gw("read", kept(tmp_path, passenger_manifest()))
    assert result.exit_code == 0
    assert "common-json: passengers list, 5 persons, SPECIMEN STAR (IMO 1234567), GRPIR to MTMLA" in result.output
    assert "5 persons, 0 errors, 0 warnings" in result.output


def test_errors_are_told_with_place_hint_and_clause(tmp_path: Path) -> None:
    result = gw("read", kept(tmp_path, passenger_manifest(persons=(passenger(0, sex=None),))))
    assert result.exit_code == 1
    assert "P-20  error    /0/persons/0/sex, person 1: the sex is missing" in result.output
    assert "hint: give F, M or" in result.output
    assert "98/41/EC art. 5" in result.output


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"{", b"PK\x03\x04"], ids=["empty", "a PDF", "cut JSON", "half a zip"]
)
def test_what_holds_no_list_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    result = gw("read", path)
    assert result.exit_code == 2
    assert " error " in result.output
    assert result.output.endswith("0 persons, 1 error, 0 warnings\n")


def test_several_files_are_one_submission(tmp_path: Path) -> None:
    first = kept(tmp_path, passenger_manifest(), name="1.json")
    second = kept(tmp_path, crew_manifest(persons=(crew_member(0, birth_date=None),)), name="2.json")
    result = gw("read", first, second)
    assert "file 2, /0/persons/0/birth_date" in result.output
    assert "6 persons" in result.output


def test_stdin_is_a_file_too() -> None:
    data = (GOLDEN / "paxlst" / "crew-list" / "input.edi").read_bytes()
    result = gw("read", "-", given=data)
    assert "paxlst: crew list, 3 persons, SPECIMEN STAR (IMO 9999993), ITBRI to GRCFU" in result.output


def test_json_holds_manifests_and_findings(tmp_path: Path) -> None:
    path = kept(tmp_path, passenger_manifest(persons=(passenger(0, sex=None), passenger(1))), crew_manifest())
    result = gw("read", "--json", path)
    assert result.exit_code == 1
    document = json.loads(result.stdout_bytes)
    assert set(document) == {"manifests", "findings"}
    assert [len(one["persons"]) for one in document["manifests"]] == [2, 3]
    validator = jsonschema_rs.validator_for(json_schema())
    assert all(validator.is_valid(one) for one in document["manifests"])
    findings = msgspec.convert(document["findings"], list[Finding])
    assert "P-20" in {finding.code for finding in findings}


def test_what_read_writes_read_reads(tmp_path: Path) -> None:
    """The JSON of one run is the input of the next, findings and all."""
    data = (GOLDEN / "paxlst" / "crew-list" / "input.edi").read_bytes()
    first = gw("read", "--json", "-", given=data).stdout_bytes
    again = gw("read", "--json", "-", given=first).stdout_bytes
    assert json.loads(first)["manifests"] == json.loads(again)["manifests"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.csv"], "nowhere.csv: No such file or directory"),
        ([PROJECT], "Is a directory"),
        ([], "Missing argument 'FILES...'"),
        (["--format", "pdf", "x"], "no such format: pdf. There are workbook, pnrgov, paxlst"),
        (["--carrier", "nobody", "x"], "no such carrier: nobody. There are "),
        (["--speed", "x"], "No such option"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(words: list[str | Path], said: str) -> None:
    result = gw("read", *words)
    assert result.exit_code == 2
    assert said in result.output


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, passenger_manifest())

    def closed(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", closed)
    result = gw("read", path)
    assert result.exit_code == 2
    assert "Permission denied" in result.output


def test_a_profile_is_read_with(tmp_path: Path) -> None:
    carriers = tmp_path / "carriers"
    carriers.mkdir()
    head = 'name = "Specimen Line"\ncontact = "lists@specimen.example"\nservice = "ferry"\n'
    agreed = '[tolerate.P-20]\nreason = "agreed"\nuntil = 2999-12-31\n'
    (carriers / "specimen.toml").write_text(head + agreed)
    (carriers / "spoilt.toml").write_text("name = 5\n")
    path = kept(tmp_path, passenger_manifest(persons=(passenger(0, sex=None), *passenger_manifest().persons[1:])))
    result = gw("read", "--carrier", "specimen", path, GATEWAY_CARRIERS=str(carriers))
    assert result.exit_code == 0
    assert "tolerated: agreed" in result.output
    spoilt = gw("read", "--carrier", "spoilt", path, GATEWAY_CARRIERS=str(carriers))
    assert spoilt.exit_code == 2
    assert "carriers/spoilt.toml: " in spoilt.output


def test_a_setting_that_is_wrong_is_said(tmp_path: Path) -> None:
    result = gw("read", "--carrier", "x", kept(tmp_path, passenger_manifest()), GATEWAY_CARIERS="/x")
    assert result.exit_code == 1
    assert "GATEWAY_CARIERS: no such setting" in result.output


def test_the_format_can_be_said(tmp_path: Path) -> None:
    result = gw("read", "--format", "paxlst", kept(tmp_path, passenger_manifest()))
    assert result.exit_code == 2
    assert "E-01" in result.output


@often(20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=400), st.sampled_from((b"UNB+", b"[{}]", b"\xd0\xcf\x11\xe0", b"PK\x05\x06"))))
def test_junk_is_findings_never_a_traceback(data: bytes) -> None:
    assert gw("read", "-", given=data).exit_code in (0, 1, 2)


@pytest.mark.parametrize(
    "path", sorted(GOLDEN.glob("*/*/input.*")), ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}"
)
def test_every_golden_file_can_be_read(path: Path) -> None:
    result = gw("read", path)
    assert result.exit_code in (0, 1, 2)
    assert result.output.splitlines()[-1].endswith(("warnings", "1 warning"))


# --- write -------------------------------------------------------------------------------------------------------


NUMBERS = Manifest(
    kind=ListKind.MIXED, counts=Counts(on_board=208), voyage=msgspec.structs.replace(VOYAGE, direction=Direction.DEPARTURE)
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written(form: str, tmp_path: Path) -> None:
    manifest = NUMBERS if form in NOTICES else passenger_manifest()
    result = gw("write", form, kept(tmp_path, manifest), "--sender", "MT0000000", "--visit", "MT20261125-001")
    assert result.exit_code == 0, result.output
    data = result.stdout_bytes
    if form.endswith("json"):
        assert json.loads(data)
    elif form.endswith("xml"):
        assert etree.parse(BytesIO(data)).getroot().tag.endswith(("Envelope", "manifest"))
    else:
        assert paxlst.read(data, {}).lists[0].size == 5  # type: ignore[union-attr]
    if form.startswith("emswe"):
        assert b"MT20261125-001" in data
        assert b"MT0000000" in data


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = kept(tmp_path, passenger_manifest())
    assert json.loads(gw("write", "common-json", path).stdout_bytes) == json.loads(path.read_bytes())[0]


@pytest.mark.parametrize("words", [[], ["-"]])
def test_a_manifest_comes_from_stdin(words: list[str]) -> None:
    result = gw("write", "emswe-json", *words, given=commonjson.write(crew_manifest(), ORDER))
    assert result.exit_code == 0
    assert "cwa:CWA" in json.loads(result.stdout_bytes)["env:Envelope"]


def test_a_mixed_list_needs_a_folder(tmp_path: Path) -> None:
    path = kept(tmp_path, passenger_manifest(kind=ListKind.MIXED, persons=(passenger(0), crew_member(1))))
    refused = gw("write", "emswe-xml", path)
    assert refused.exit_code == 2
    assert "this makes 2 messages; say --folder" in refused.output
    assert refused.stdout_bytes == b""
    result = gw("write", "emswe-xml", path, "--folder", tmp_path)
    assert result.exit_code == 0
    for name, code in (("1-passengers.xml", "PXA"), ("2-crew.xml", "CWA")):
        root = etree.parse(tmp_path / name).getroot()
        assert root.findtext(".//{*}TypeCode") == code


def test_a_long_list_for_gtas_is_as_many_files_as_gtas_takes(tmp_path: Path) -> None:
    path = kept(tmp_path, large_manifest(501))
    refused = gw("write", "paxlst-gtas", path)
    assert refused.exit_code == 2
    assert "this makes 2 messages; say --folder" in refused.output
    assert gw("write", "paxlst-gtas", path, "--folder", tmp_path).exit_code == 0
    for name, persons in (("1-passengers-01.edi", 500), ("1-passengers-02.edi", 1)):
        found = judge((tmp_path / name).read_bytes(), NOW)
        assert (found.loads, len(found.persons)) == (True, persons)


def test_who_is_left_out_is_named_by_the_place(tmp_path: Path) -> None:
    path = kept(tmp_path, passenger_manifest(persons=(passenger(0), passenger(1, birth_date="1968"))))
    result = gw("write", "emswe-json", path)
    assert result.exit_code == 1
    assert "person 2 of the passengers is left out: emswe-json needs birth_date" in result.stderr
    assert "TESTPERSON" not in result.output


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (passenger_manifest(persons=()), "the passengers cannot be written: EMSWe has no list without persons"),
        (passenger_manifest(function=Function.CHANGE), "EMSWe takes whole lists only"),
        (passenger_manifest(persons=(passenger(0, birth_date=None),)), "EMSWe has no list without persons"),
    ],
)
def test_what_the_form_cannot_say_is_not_written(manifest: Manifest, said: str, tmp_path: Path) -> None:
    result = gw("write", "emswe-json", kept(tmp_path, manifest))
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout_bytes == b""


def test_mistakes_of_the_manifest_are_told(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(commonjson.write(passenger_manifest(), ORDER).replace(b'"sex":"F"', b'"sex":"Q"'))
    result = gw("write", "common-json", path)
    assert result.exit_code == 1
    assert "J-03  error    /persons/0/sex" in result.stderr
    assert len(json.loads(result.stdout_bytes)["persons"]) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pdf"], "no such form: pdf. There are common-json"),
        ([], "Missing argument 'FORM'"),
        (["emswe-xml", "nowhere.json"], "does not exist"),
        (["emswe-xml", "."], "is a directory"),
        (["emswe-xml", "-", "--folder", "nowhere"], "does not exist"),
    ],
)
def test_a_wrong_order_is_said_in_a_sentence(words: list[str], said: str) -> None:
    result = gw("write", *words, given=b"{}")
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b'{"kind":"crew","kind":"crew"}'])
def test_what_is_no_manifest_cannot_be_written(data: bytes) -> None:
    result = gw("write", "common-xml", given=data)
    assert result.exit_code == 2
    assert "J-0" in result.stderr

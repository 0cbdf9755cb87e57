"""What single windows answer is read, in the ways they really write it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.emswe_response import Pointer, Reported, Status, read
from tests.often import often

FRM = """<env:Envelope xmlns:env="urn:un:unece:uncefact:data:standard:Envelope"
 xmlns:res="urn:un:unece:uncefact:data:standard:RES:MMTPlus" xmlns:frm="urn:un:unece:uncefact:data:standard:FRM:MMTPlus"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">
 <res:RES><res:ExchangedDocument><ram:ID>a-1</ram:ID><ram:PurposeCode>9</ram:PurposeCode></res:ExchangedDocument>
  <res:SpecifiedLogisticsTransportMovement><ram:CallTransportEvent><ram:ID>UT20260213-003</ram:ID></ram:CallTransportEvent>
  </res:SpecifiedLogisticsTransportMovement>
  <res:AcknowledgementDocument><ram:ID>ref-7</ram:ID>
   <ram:ReferenceReferencedDocument><ram:TypeCode>PXA</ram:TypeCode><ram:ID>m-1</ram:ID></ram:ReferenceReferencedDocument>
   <ram:AuthorityIssuerTradeParty><ram:Name>UT MNSW</ram:Name></ram:AuthorityIssuerTradeParty>
  </res:AcknowledgementDocument></res:RES>
 <frm:FRM><frm:AcknowledgementDocument><ram:StatusCode>8</ram:StatusCode><ram:Status languageID="en">see below</ram:Status>
  <ram:ReferencedReportedError><ram:TypeCode>ERR-020</ram:TypeCode><ram:Description>no such day</ram:Description>
   <ram:SequenceNumeric>1</ram:SequenceNumeric>
   <ram:SpecifiedIdentifiedPointer><ram:SequenceNumeric>1</ram:SequenceNumeric><ram:TagID>//ram:BirthDate</ram:TagID>
    <ram:SequenceID>3</ram:SequenceID></ram:SpecifiedIdentifiedPointer></ram:ReferencedReportedError>
 </frm:AcknowledgementDocument></frm:FRM></env:Envelope>"""

IN_JSON = {
    "env:Envelope": {
        "res:RES": {
            "res:ExchangedDocument": {"ram:ID": "a-1", "ram:PurposeCode": "9"},
            "res:SpecifiedLogisticsTransportMovement": {"ram:CallTransportEvent": {"ram:ID": "UT20260213-003"}},
            "res:AcknowledgementDocument": {
                "ram:ID": "ref-7",
                "ram:ReferenceReferencedDocument": {
                    "ram:IssuerAssignedID": None,
                    "ram:TypeCode": "PXA",
                    "ram:ID": "m-1",
                },
                "ram:AuthorityIssuerTradeParty": [{"ram:Name": "UT MNSW"}],
            },
        },
        "frm:FRM": {
            "frm:AcknowledgementDocument": {
                "ram:StatusCode": "8",
                "ram:Status": [{"@languageID": "en", "$": "see below"}],
                "ram:ReferencedReportedError": {  # one object for a list of one
                    "ram:TypeCode": "ERR-020",
                    "ram:Description": [{"@languageID": "EN", "$": "no such day"}],
                    "ram:SequenceNumeric": 1,
                    "ram:SpecifiedIdentifiedPointer": [{"ram:TagID": "//ram:BirthDate", "ram:SequenceID": 3}],
                },
            }
        },
    }
}


@pytest.mark.parametrize(
    "data",
    [
        FRM,
        json.dumps(IN_JSON),
        json.dumps({"frmResponse": IN_JSON, "errorKey": "VALIDATION_FAILED", "fieldErrors": None}),
    ],
    ids=["xml", "json", "wrapped"],
)
def test_the_same_answer_in_every_way(data: str) -> None:
    found = read(data.encode())
    assert found is not None
    assert (found.status, found.request, found.formality, found.visit) == (
        Status.REJECTED,
        "m-1",
        "PXA",
        "UT20260213-003",
    )
    assert (found.id, found.reference, found.authority, found.remarks) == ("a-1", "ref-7", "UT MNSW", ("see below",))
    assert found.reported == (Reported("ERR-020", "no such day", (Pointer("//ram:BirthDate", 3),)),)
    assert not found.is_control


def test_the_interface_itself_refuses() -> None:
    found = read(
        b"<FRM><ValidationError><errorCode>RIM_PLUGIN_0009</errorCode><error>unknown certificate</error></ValidationError></FRM>"
    )
    assert found is not None
    assert found.is_control
    assert [one.code for one in found.reported] == ["RIM_PLUGIN_0009"]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"<a/>", b"OK", b'{"delivery": "x"}', b"[" * 9999, b'{"a":' * 2000, b"{" * 99]
)
def test_what_is_no_answer(data: bytes) -> None:
    assert read(data) is None


@often(75)
@given(st.integers(0, len(FRM) - 1), st.binary(max_size=3))
def test_no_bytes_make_it_raise(at: int, put: bytes) -> None:
    spoilt = FRM.encode()
    read(spoilt[:at] + put + spoilt[at + 1 :])
    text = json.dumps(IN_JSON).encode()
    read(text[:at] + put + text[at + 1 :])


def test_real_answers(shared_data: Path) -> None:
    folder = shared_data / "emswe/samples-fintraffic-declarant-api"
    statuses = {path.name: found.status for path in folder.glob("*resp*.json") if (found := read(path.read_bytes()))}
    assert len(statuses) >= 5
    assert {status for name, status in statuses.items() if "error" in name} == {Status.REJECTED}
    assert {status for name, status in statuses.items() if "success" in name} == {Status.ACCEPTED}

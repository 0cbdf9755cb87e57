"""What ships tell single windows of their calls, in the editions and the syntaxes that are about."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.emswe_notice import Notice, read
from tests.often import often
from tests.sailing import at

RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
MAI = "urn:un:unece:uncefact:data:standard:MAI:MMTPlus"
_TIMES = {
    "eta": "EstimatedTransportMeansArrivalOccurrenceDateTime",
    "etd": "EstimatedTransportMeansDepartureOccurrenceDateTime",
    "ata": "ActualArrivalRelatedDateTime",
    "atd": "ActualDepartureRelatedDateTime",
}


def notice(
    code: str, *, visit: str = "", signed: datetime | None = None, imo: str = "", port: str = "",
    stops: tuple[tuple[int, str], ...] = (), passengers: int | None = None, purpose: int = 9, **times: datetime,
) -> bytes:  # fmt: skip
    """A message of MIG 2.0."""
    said = (
        f"<ram:FormattedActualDateTime>{(signed or at('2026-07-20T08:00')).isoformat()}</ram:FormattedActualDateTime>"
    )
    head = f"<mai:ExchangedDocument><ram:ID>m-1</ram:ID><ram:TypeCode>{code}</ram:TypeCode><ram:PurposeCode>{purpose}</ram:PurposeCode><ram:VersionID>2.0</ram:VersionID><ram:FirstSignatoryDocumentAuthentication>{said}</ram:FirstSignatoryDocumentAuthentication></mai:ExchangedDocument>"
    if visit:
        head += f"<mai:SpecifiedLogisticsTransportMovement><ram:CallTransportEvent><ram:ID>{visit}</ram:ID></ram:CallTransportEvent></mai:SpecifiedLogisticsTransportMovement>"
    call = "".join(f"<ram:{_TIMES[name]}>{value.isoformat()}</ram:{_TIMES[name]}>" for name, value in times.items())
    call += (
        f"<ram:OccurrenceLogisticsLocation><ram:ID>{port}</ram:ID></ram:OccurrenceLogisticsLocation>" if port else ""
    )
    body = f"<ram:CallTransportEvent>{call}</ram:CallTransportEvent>"
    if imo:
        body += f"<ram:UsedLogisticsTransportMeans><ram:Name>SPECIMEN STAR</ram:Name><ram:IMOID>{imo}</ram:IMOID></ram:UsedLogisticsTransportMeans>"
    if stops:
        each = "".join(
            f"<ram:ItineraryStopTransportEvent><ram:SequenceNumeric>{number}</ram:SequenceNumeric><ram:OccurrenceLogisticsLocation><ram:ID>{code_}</ram:ID></ram:OccurrenceLogisticsLocation></ram:ItineraryStopTransportEvent>"
            for number, code_ in stops
        )
        body += f"<ram:ItineraryTransportRoute>{each}</ram:ItineraryTransportRoute>"
    body += f"<ram:PassengerQuantity>{passengers}</ram:PassengerQuantity>" if passengers is not None else ""
    low = code.lower()
    formality = f'<{low}:{code} xmlns:{low}="urn:un:unece:uncefact:data:standard:{code}:MMTPlus"><{low}:SpecifiedLogisticsTransportMovement>{body}</{low}:SpecifiedLogisticsTransportMovement></{low}:{code}>'
    return f'<env:Envelope xmlns:env="urn:un:unece:uncefact:data:standard:Envelope" xmlns:mai="{MAI}" xmlns:ram="{RAM}"><mai:MAI>{head}</mai:MAI>{formality if purpose == 9 else ""}</env:Envelope>'.encode()


def the(data: bytes) -> Notice:
    found = read(data)
    assert found is not None
    return found


def test_a_notice_of_arrival() -> None:
    found = the(
        notice(
            "NOA", visit="FI20260720-001", signed=at("2026-07-19T08:00"), eta=at("2026-07-20T12:30+03:00"), etd=at("2026-07-20T15:00"),
            stops=((-1, "FIHEL"), (1, "LVRIX")), passengers=900,
        )
    )  # fmt: skip
    assert (found.formality, found.visit, found.authenticated) == ("NOA", "FI20260720-001", at("2026-07-19T08:00"))
    assert (found.eta, found.etd) == (at("2026-07-20T09:30"), at("2026-07-20T15:00"))
    last, following = found.stop(-1), found.stop(1)
    assert last is not None
    assert following is not None
    assert (last.port, following.port, found.carries_passengers) == ("FIHEL", "LVRIX", True)


def test_a_request_for_a_visit() -> None:
    found = the(notice("VID", imo="9074729", port="EETLL", eta=at("2026-07-20T12:30")))
    assert (found.imo, found.vessel, found.port, found.visit, found.carries_passengers) == (
        "9074729",
        "SPECIMEN STAR",
        "EETLL",
        "",
        False,
    )


def test_a_withdrawal_is_its_head() -> None:
    found = the(notice("NOA", visit="FI1", purpose=1))
    assert (found.is_withdrawn, found.eta) == (True, None)


def test_times_as_the_first_edition_writes_them() -> None:
    text = notice("ATA", visit="FI1", ata=at("2026-07-20T12:30")).decode()
    inner = "<qdt:DateTimeString xmlns:qdt='urn:x'>2026-07-20T12:30:00Z</qdt:DateTimeString>"
    assert the(text.replace("2026-07-20T12:30:00+00:00", inner).encode()).ata == at("2026-07-20T12:30")


@pytest.mark.parametrize("stated", ["2026-07-20T12:30:00", "2026-07-20", "soon", ""])
def test_a_time_without_an_offset_is_none(stated: str) -> None:
    text = notice("ATA", visit="FI1", ata=at("2026-07-20T12:30")).decode()
    assert the(text.replace("2026-07-20T12:30:00+00:00", stated).encode()).ata is None


def test_json_as_an_interface_wraps_it() -> None:
    event = {"ram:ActualDepartureRelatedDateTime": "2026-07-20T12:30:00Z"}
    head = {"mai:ExchangedDocument": {"ram:TypeCode": "ATD", "ram:PurposeCode": "9"}}
    tree = {
        "formalityData": {
            "env:Envelope": {
                "mai:MAI": head,
                "atd:ATD": {"atd:SpecifiedLogisticsTransportMovement": {"ram:CallTransportEvent": [event]}},
            }
        }
    }
    assert the(json.dumps(tree).encode()).atd == at("2026-07-20T12:30")


def test_samples_of_others(shared_data: Path) -> None:
    ata = the((shared_data / "emswe/xsd-1.0.0/example_ATA.xml").read_bytes())
    assert (ata.formality, ata.visit, ata.ata) == ("ATA", "TEST-20240326-001", at("2024-05-25T13:25"))
    noa = the((shared_data / "emswe/samples-fintraffic-declarant-api/post_req_create_NOA_error_400.json").read_bytes())
    assert (noa.visit, noa.eta, noa.etd) == ("FI20260213-003", at("2025-09-20T14:38"), at("2025-09-21T14:38"))
    assert [(one.number, one.port) for one in noa.stops] == [(-1, "FIHEL"), (1, "FIVAA")]


WHOLE = notice("NOA", visit="FI1", imo="9074729", port="EETLL", eta=at("2026-07-20T12:30"), stops=((-1, "FIHEL"),))


@often(40)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 40), st.binary(max_size=8)), max_size=4))
def test_no_bytes_make_it_raise(cuts: list[tuple[int, int, bytes]]) -> None:
    data: Any = WHOLE
    for where, gone, put in cuts:
        data = data[:where] + put + data[where + gone :]
    read(data)

"""What a single window says is said at the sender's own cell."""

import msgspec
import pytest

from gateway.findings import Place, Severity
from gateway.formats.emswe_response import Pointer, Reported, Response, Status
from gateway.formats.raw import CellPlaces, JoinedPlaces, OneOf
from gateway.process.authority import Delivered, findings, for_operator

PLACES = CellPlaces({"birth_date": "H", "sex": "F"}, [5, 6, 9, 12], "FAL 6", {"birth_date": "Date of birth"})
SENT = Delivered(
    authority="UT MNSW",
    places=PLACES,
    persons=[0, 2, 3],  # the second of the list could not be written
    header={"voyage.visit_id": Place(sheet="FAL 6", cell="B2")},
    whole=Place(sheet="FAL 6"),
    file=2,
)


def _said(*pointers: Pointer, status: Status = Status.REJECTED, code: str = "ERR-020"):
    reported = Reported(code, "no such day", pointers)
    return findings(Response(status=status, reference="ref-7", reported=(reported,)), SENT)


PATH = "pxa:SpecifiedLogisticsTransportMovement"


@pytest.mark.parametrize(
    "pointer",
    [
        Pointer("/env:Envelope.pxa:PXA." + PATH + ".ram:OnboardTransportPerson.ram:BirthDate", 2),
        Pointer("/env:Envelope/pxa:PXA/" + PATH + "/ram:OnboardTransportPerson[2]/ram:BirthDate"),
        Pointer("//ram:OnboardTransportPerson[ram:SequenceNumeric='2']/ram:BirthDate/text()"),
        Pointer("$.env:Envelope.pxa:PXA." + PATH + ".ram:OnboardTransportPerson[1].ram:BirthDate"),
        Pointer("/env:Envelope/pxa:PXA/" + PATH + "/ram:OnboardTransportPerson/1/ram:BirthDate"),
    ],
)
def test_every_way_to_name_a_value_leads_to_the_cell(pointer: Pointer) -> None:
    verdict, error = _said(pointer)
    assert (verdict.code, verdict.place) == ("R-01", Place(file=2, sheet="FAL 6"))
    assert "no. ref-7" in verdict.text
    assert error.code == "R-04"
    assert error.severity is Severity.ERROR
    assert (error.place.cell, error.place.file, error.place.person) == ("H9", 2, 3)
    assert "ERR-020" in error.text
    assert error.text.endswith("“no such day”: this is not a valid date")


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        (
            Pointer("/env:Envelope.pxa:PXA.ram:OnboardTransportPerson[1].ram:BirthDate"),
            "the birth dates, of nobody known",
        ),
        (Pointer("/Envelope/PXA/OnboardTransportPerson[9]/BirthDate"), "a person who is not there"),
        (Pointer("anything", 99_999), "nowhere"),
        (Pointer(), "nothing"),
    ],
)
def test_what_leads_nowhere_is_said_of_the_list(pointer: Pointer, place: str) -> None:
    assert _said(pointer)[1].place.cell is None, place
    assert _said(pointer)[1].place.sheet == "FAL 6"


def test_a_value_of_the_header() -> None:
    path = "/env:Envelope.mai:MAI.mai:SpecifiedLogisticsTransportMovement.ram:CallTransportEvent.ram:ID"
    assert _said(Pointer(path))[1].place.cell == "B2"


def test_of_several_lists_that_became_one_each_value_in_its_own_file() -> None:
    decks = tuple(OneOf(file, member, 2, PLACES) for file, member in ((1, None), (2, None), (3, "deck 3.csv")))
    joined = msgspec.structs.replace(
        SENT,
        places=JoinedPlaces(decks),
        persons=[0, 2, None, 5],
        file=1,
        header={"reference": Place(file=4, cell="B3")},
    )

    def place(path: str, number: int | None) -> Place:
        reported = Reported("ERR-020", pointers=(Pointer(path, number),))
        return findings(Response(status=Status.REJECTED, reported=(reported,)), joined)[1].place

    born = "//ram:OnboardTransportPerson/ram:BirthDate"
    found = [place(born, number) for number in (1, 2, 3, 4)]
    assert [(one.file, one.member, one.cell) for one in found] == [
        (1, None, "H5"), (2, None, "H5"), (1, None, None), (3, "deck 3.csv", "H6"),
    ]  # fmt: skip
    assert place("/env:Envelope/mai:MAI/mai:ExchangedDocument/ram:ID", None) == Place(file=4, cell="B3")


def test_verdicts() -> None:
    assert [one.code for one in _said(status=Status.CONDITIONAL)] == ["R-03", "R-05"]
    assert [one.code for one in _said(status=Status.INCOMPLETE)] == ["R-02", "R-04"]
    assert [one.code for one in _said(status=Status.ACCEPTED, code="WRN-001")] == ["R-05"]
    assert findings(Response(status=Status.ACCEPTED), SENT) == []
    assert [one.code for one in findings(Response(status=None, is_withdrawn=True), SENT)] == ["R-07"]


def test_what_the_operator_has_to_mend_is_not_asked_of_the_line() -> None:
    control = Response(status=Status.REJECTED, reported=(Reported("RIM_PLUGIN_0009", "secret text"),), is_control=True)
    (said,) = findings(control, SENT)
    assert said.code == "R-06"
    assert "secret" not in said.text
    assert for_operator(control) == ["RIM_PLUGIN_0009"]
    assert for_operator(Response(status=Status.REJECTED, reported=(Reported("ERR-020"),))) == []


def test_an_alarm_tells_published_codes_only() -> None:
    """A name looks like a code, and an operator reads alarms."""
    reported = tuple(map(Reported, ("ERIKSSON", "RIM_PLUGIN_0009", "ERR-020")))
    assert for_operator(Response(status=Status.REJECTED, reported=reported)) == ["RIM_PLUGIN_0009"]

"""A PAXLST is answered with CUSRES: one for each message, pointing at its segments, and read back by our own segmenter."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers import NotMade, interchanges
from gateway.findings import Finding, Place, Severity
from gateway.formats import edifact, edifact_messages, paxlst
from tests.answers.reading import NOW, marked, read
from tests.often import often

GOLDEN = Path(__file__).parents[1] / "golden" / "paxlst"
SAMPLES = sorted(folder.name for folder in GOLDEN.iterdir())


def taken_apart(data: bytes) -> list[list[list[list[str]]]]:
    """The segments of each message; fails where the syntax, a count or a reference is not right."""
    findings: list[Finding] = []
    found = [
        [interchange.cut(index) for index in range(message.start, message.end)]
        for interchange in edifact.interchanges(data, findings)
        for message in edifact_messages.messages(interchange, 1, findings)
    ]
    assert findings == []
    return found


def sample(name: str) -> bytes:
    return (GOLDEN / name / "input.edi").read_bytes()


def sent(*segments: str) -> bytes:
    texts = ["UNB+UNOC:3+SPECIMENLINE:ZZ+HARBOUR:ZZ+261121:0900+77", *segments, "UNZ+1+77"]
    return "'".join(texts).encode() + b"'"


LIST = sent(
    "UNH+M7+PAXLST:D:05B:UN:IATA+SP0417", "BGM+745+DOC1", "RFF+TN:TN99", "TDT+20+0417", "LOC+125+GRPIR", "LOC+87+MTMLA",
    "NAD+FL+++ERIKSSON:ANNA", "ATT+2++Q", "NAD+FL+++TESTPERSON:OLE", "ATT+2++M", "CNT+42:2", "UNT+12+M7",
)  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_answered_message_by_message(name: str) -> None:
    data = sample(name)
    theirs = [m for one in edifact.interchanges(data, []) for m in edifact_messages.messages(one, 1, [])]
    ours = taken_apart(marked(data).data)
    assert len(ours) == len(theirs)
    for answer, message in zip(ours, theirs, strict=True):
        assert answer[0][2] == ["CUSRES", "D", "05B", "UN", "IATA"]
        assert answer[0][3:] == ([[message.access]] if message.access else [])
        assert [one[1][1] for one in answer if one[0] == ["RFF"] and one[1][0] == "ACW"] == [
            message.interchange.cut(message.start)[1][0]
        ]


def test_references_parties_and_the_verdict() -> None:
    (answer,) = taken_apart(marked(LIST).data)
    assert answer[1] == [["BGM"], ["962"], ["DOC1"], ["11"], ["CA"]]
    assert answer[2:4] == [[["RFF"], ["TN", "TN99"]], [["RFF"], ["ACW", "M7"]]]
    (interchange,) = edifact.interchanges(marked(LIST).data, [])
    assert interchange.cut(0)[1:4] == [["UNOC", "3"], ["HARBOUR", "ZZ"], ["SPECIMENLINE", "ZZ"]]
    assert (interchange.cut(0)[5], interchange.cut(1)[1]) == ([NOW.strftime("%y%m%d%H%M%S") + "00"], ["CUSRES"])


def test_a_finding_points_at_its_segment_and_says_what_to_do() -> None:
    (answer,) = taken_apart(marked(LIST).data)
    at = next(index for index, one in enumerate(answer) if one == [["ERC"], ["N-22"]])
    assert answer[at - 1] == [["ERP"], ["2", "ATT", "8"]]  # UNH is 1
    assert answer[at + 1][:2] == [["FTX"], ["AAO"]]
    assert answer[at + 1][4][:2] == [
        "this is not a sex; expected M, F or X, or the words (1 letter)",
        "write M, F, or X where the document says unspecified",
    ]


def test_a_clean_list_is_accepted_and_a_piece_of_one_refused() -> None:
    (answer,) = taken_apart(interchanges.answer(LIST, [], NOW, is_read=True).data)
    assert (answer[1][4], answer[-2:]) == (["AP"], [[["ERP"], ["1"]], [["ERC"], ["0"]]])
    refused = LIST[: LIST.index(b"CNT")]
    assert "E-14" in [finding.code for finding in read(refused).findings]
    assert taken_apart(marked(refused).data)[0][1][4] == ["RE"]


def test_more_than_99_findings_are_counted() -> None:
    found = [Finding("X-1", Severity.WARNING, "looks odd", Place(segment=8, tag="ATT", person=1))] * 150
    (answer,) = taken_apart(
        interchanges.answer(LIST, [*found, Finding("X-2", Severity.ERROR, "wrong")], NOW, is_read=True).data
    )
    groups = [one for one in answer if one[0] == ["ERC"]]
    assert (len(groups), groups[0], groups[-1]) == (99, [["ERC"], ["X-2"]], [["ERC"], ["MORE"]])
    assert answer[-1][4][0].startswith("53 more")


def test_what_is_not_latin_1_or_a_separator_is_written_all_the_same() -> None:
    found = [Finding("X-1", Severity.ERROR, "the column 'Επώνυμο+:?' …\n")]
    (answer,) = taken_apart(interchanges.answer(LIST, found, NOW, is_read=True).data)
    assert answer[-1][4] == ["the column 'Eponymo+:?' ..."]


@often(40)
@given(at=st.integers(0, len(LIST)), junk=st.binary(max_size=12), cut=st.booleans())
def test_a_spoilt_list_is_an_answer_or_a_sentence(at: int, junk: bytes, cut: bool) -> None:
    data = LIST[:at] + junk + (b"" if cut else LIST[at + len(junk) :])
    found = paxlst.read(data, {}).findings
    if list(edifact.interchanges(data, [])):
        taken_apart(interchanges.answer(data, found, NOW, is_read=True).data)
    else:
        with pytest.raises(NotMade):
            interchanges.answer(data, found, NOW, is_read=True)

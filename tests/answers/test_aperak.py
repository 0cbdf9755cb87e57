"""APERAK: asked for, or where there is no PAXLST to be answered with CUSRES. Read back by our own segmenter."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers import NotMade, acknowledged, interchanges
from gateway.findings import Finding, Place, Severity
from gateway.formats import paxlst
from tests.answers.reading import NOW, marked, read
from tests.answers.test_cusres import LIST, SAMPLES, sample, taken_apart
from tests.often import often

WRONG = Finding(
    "N-22", Severity.ERROR, "it's no sex: M+F:X?", Place(segment=9, tag="ATT", person=1), "write M, F or X", "UN/EDIFACT 3499"
)  # fmt: skip


def aperak(data: bytes, *found: Finding, is_read: bool = True) -> bytes:
    return interchanges.answer(data, found, NOW, is_read=is_read, as_aperak=True).data


def test_the_golden_sample() -> None:
    """Written by hand from the directory: separators released, positions counted from UNH, times in UTC."""
    assert aperak(LIST, WRONG).decode() == (Path(__file__).parent / "aperak.edi").read_text().replace("\n", "")


def test_it_is_taken_apart_again_and_says_what_it_said() -> None:
    (answer,) = taken_apart(aperak(LIST, WRONG))
    assert answer[0][2] == ["APERAK", "D", "05B", "UN"]
    assert answer[-2][4] == ["it's no sex: M+F:X? ".strip(), "write M, F or X", "UN/EDIFACT 3499"]
    assert answer[-1] == [["RFF"], ["ACW", "M7", "8"]]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_can_be_answered_with_it(name: str) -> None:
    found = read(sample(name)).findings
    assert taken_apart(aperak(sample(name), *found))


def test_what_was_taken_is_accepted_and_what_was_not_is_refused() -> None:
    assert [taken_apart(aperak(LIST, is_read=is_read))[0][1][1::2] for is_read in (True, False)] == [
        [["962"], ["30"]],
        [["963"], ["27"]],
    ]


@pytest.mark.parametrize(
    ("data", "reference"),
    [(LIST.replace(b"PAXLST", b"CUSREP"), "M7"), (b"UNB+UNOC:3+SPECIMENLINE+HARBOUR+261121:0900+77'UNZ+0+77'", "77")],
    ids=["another message", "no message"],
)
def test_without_a_passenger_list_there_is_nothing_else_to_answer_with(data: bytes, reference: str) -> None:
    copy = marked(data)
    assert copy.ending == ".aperak.edi"
    (answer,) = taken_apart(copy.data)
    assert (answer[1][1], answer[1][3]) == (["963"], ["27"])
    assert answer[3] == [["RFF"], ["ACW", reference]]
    assert {"E-12", "E-49"} & {one[1][0] for one in answer if one[0] == ["ERC"]}
    assert marked(LIST).ending == ".cusres.edi"


def test_only_edifact_is_answered_so() -> None:
    with pytest.raises(NotMade, match="answers EDIFACT"):
        acknowledged(b"{}", "common-json", [], is_read=True, at=NOW)


SIGNS = st.text(alphabet="?'+:AÅΩ\n ", max_size=12)


@often(30)
@given(words=SIGNS, hint=SIGNS)
def test_no_text_can_leave_its_component(words: str, hint: str) -> None:
    (answer,) = taken_apart(aperak(LIST, Finding("X-1", Severity.ERROR, f"x{words}", hint=f"y{hint}")))
    told = answer[-1][4]
    assert len(answer[-1]) == 5
    assert [text[0] for text in told] == ["x", "y"]
    assert told[0][1:].count("?") == words.count("?")


@often(30)
@given(at=st.integers(0, len(LIST)), junk=st.binary(max_size=12))
def test_a_spoilt_list_is_an_answer_or_a_sentence(at: int, junk: bytes) -> None:
    data = LIST[:at] + junk + LIST[at + len(junk) :]
    try:
        answer = aperak(data, *paxlst.read(data, {}).findings)
    except NotMade:
        return
    taken_apart(answer)

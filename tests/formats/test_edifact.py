"""EDIFACT syntax: the segmenter against one that goes character by character, and what it tolerates."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Finding
from gateway.formats import edifact
from gateway.formats.edifact import Separators, cut, interchanges, recognise, write_segment
from tests.often import often

UNB = "UNB+UNOC:3+LINE:ZZ+PORT:ZZ+261121:0900+1'"
BODY = "UNH+1+PAXLST:D:05B:UN'BGM+745'UNT+3+1'"
UNZ = "UNZ+1+1'"


def charwise(text: str, separators: Separators) -> list[list[list[str]]]:
    """Segments of elements of components, one character at a time: a release sign makes the next character text."""
    segments: list[list[list[str]]] = []
    elements: list[list[str]] = [[""]]
    released = False
    for char in text:
        if released:
            elements[-1][-1] += char
            released = False
        elif char == separators.release and char != " ":
            released = True
        elif char == separators.terminator:
            segments.append(elements)
            elements = [[""]]
        elif char == separators.element:
            elements.append([""])
        elif char == separators.component:
            elements[-1].append("")
        else:
            elements[-1][-1] += char
    return [*segments, elements] if elements != [[""]] else segments


def read(data: bytes) -> tuple[list[list[list[list[str]]]], list[str]]:
    """Segments of every interchange, and the codes of the findings."""
    findings: list[Finding] = []
    found = [[one.cut(index) for index in range(len(one.segments))] for one in interchanges(data, findings)]
    return found, [finding.code for finding in findings]


def tags(data: bytes) -> list[list[str]]:
    return [[segment[0][0] for segment in one] for one in read(data)[0]]


@st.composite
def _messages(draw: st.DrawFn) -> tuple[Separators, str]:
    signs = draw(st.permutations(":+?'$\"*#|;~^=%!"))
    separators = Separators(signs[0], signs[1], draw(st.sampled_from([signs[2], " "])), signs[3])
    alphabet = "".join(signs[:4]) * 3 + "AZ09 éЖ" + signs[4]
    return separators, draw(st.text(alphabet, max_size=80))


@given(_messages())
@often(300)
def test_segments_as_character_by_character(drawn: tuple[Separators, str]) -> None:
    separators, text = drawn
    component, element, release, terminator = (
        separators.component, separators.element, separators.release, separators.terminator,
    )  # fmt: skip
    head = f"UNB{element}UNOY{component}4{terminator}UNH{element}1{terminator}"
    data = f"UNA{component}{element}.{release} {terminator}{head}NAD{element}{text}".encode()
    found, codes = read(data)
    expected = _tidy(charwise(f"{head}NAD{element}{text}", separators))
    assert [_tidy(one) for one in found] == [expected]
    assert not [code for code in codes if code != "E-05"]


def _tidy(segments: list[list[list[str]]]) -> list[list[list[str]]]:
    """Blanks around a segment carry nothing; a segment of nothing is none."""
    tidy = []
    for segment in segments:
        whole = [list(element) for element in segment]
        whole[0][0] = whole[0][0].lstrip(" ")
        whole[-1][-1] = whole[-1][-1].rstrip(" ")
        if whole != [[""]]:
            tidy.append(whole)
    return tidy


@given(st.lists(st.lists(st.text("AZ09 ?'+:éß", max_size=8), min_size=1, max_size=5), min_size=1, max_size=6))
@often(150)
def test_what_is_written_is_read(elements: list[list[str]]) -> None:
    segment = write_segment("NAD", *elements)
    data = f"{UNB}{segment}UNZ+1+1'".encode("iso8859-1")
    read_back = charwise(segment, Separators())[0]
    assert read_back[1:] == _without_empty_end(elements)
    if segment == segment.strip() and not segment.startswith("NAD '"):
        assert read(data)[0][0][1] == read_back


def _without_empty_end(elements: Sequence[Sequence[str]]) -> list[list[str]]:
    kept = [list(element) for element in elements]
    while kept and kept[-1] == [""]:
        kept.pop()
    return kept


def test_a_doubled_release_sign_releases_nothing_else() -> None:
    assert cut(next(interchanges(f"{UNB}RFF+AVF:ABC??'NAD+FL'{UNZ}".encode(), [])).segments[1], Separators())[1] == [
        "AVF",
        "ABC?",
    ]
    assert tags(f"{UNB}RFF+AVF:ABC??'NAD+FL'{UNZ}".encode()) == [["UNB", "RFF", "NAD", "UNZ"]]
    assert tags(f"{UNB}RFF+AVF:ABC???'NAD+FL'{UNZ}".encode()) == [["UNB", "RFF", "UNZ"]]


@pytest.mark.parametrize(
    ("una", "finding"),
    [
        ("", False),
        ("UNA:+.? '", False),
        ("UNA:+.?*'", False),  # syntax 4's repetition mark, written and never used
        ("UNA:+.? '   ", False),
        ("UNA:+\\*'", True),  # one character short
        ("UNA:+.? ’", True),  # a word processor's quotation mark
        ("UNA*+.? '", True),  # not what follows
        ("UNA:+.+ '", True),
    ],
)
def test_una(una: str, finding: bool) -> None:
    data = (una + UNB + "NAD+FL+++O?'TEST:A'" + BODY + UNZ).encode()
    found, codes = read(data)
    assert found[0][1] == [["NAD"], ["FL"], [""], [""], ["O'TEST", "A"]]
    assert [code for code in codes if code != "E-03"] == (["E-02"] if finding else [])


@pytest.mark.parametrize("signs", [":*?$", ':+?"', "|^~!", ";*\\#"])
def test_own_separators_with_and_without_una(signs: str) -> None:
    component, element, release, terminator = signs
    plain = UNB + "UNG+PAXLST'" + "NAD+FL+++TEST:A'" + BODY + UNZ
    own = plain.translate(str.maketrans({":": component, "+": element, "'": terminator}))
    for una in ("", f"UNA{component}{element}.{release} {terminator}"):
        found, codes = read((una + own).encode())
        assert found[0][2] == [["NAD"], ["FL"], [""], [""], ["TEST", "A"]]
        assert codes == []


def test_a_blank_release_sign_is_none() -> None:
    found, _ = read(f"UNA:+.  '{UNB}NAD+FL+++WHO?:A'{BODY}{UNZ}".encode())
    assert found[0][1][4] == ["WHO?", "A"]


def test_folded_lines_byte_order_mark_and_control_characters() -> None:
    whole = "UNA:+.? '" + UNB + "NAD+FL+++TEST:ANNA'" + BODY + UNZ
    folded = "\r\n".join(whole[at : at + 7] for at in range(0, len(whole), 7))
    for data in (
        folded.encode(),
        b"\xef\xbb\xbf" + whole.encode(),
        b"\x01" + whole.encode() + b"\x03",
        whole.encode() + b"\r\n \x1a",
    ):
        assert recognise(data)
        assert read(data) == read(whole.encode())


def test_what_a_mail_gateway_adds_is_skipped_and_said() -> None:
    findings: list[Finding] = []
    noisy = f"QU HDQRMXX\r\n.ATHRMXX 210900\r\n{UNB}{BODY}{UNZ}\r\nThis mail was checked.\r\n".encode()
    assert [len(one.segments) for one in interchanges(noisy, findings)] == [5]
    assert [(finding.code, finding.text[:12]) for finding in findings] == [
        ("E-05", "25 character"),
        ("E-05", "22 character"),
    ]


def test_blanks_and_tabs_between_segments() -> None:
    spaced = (UNB + BODY + UNZ).replace("'", "' \t ").replace("UNH", "\n  UNH")
    assert tags(spaced.encode()) == [["UNB", "UNH", "BGM", "UNT", "UNZ"]]


def test_several_interchanges_are_numbered_through() -> None:
    two = list(interchanges((UNB + BODY + UNZ + "\n" + UNB + BODY + UNZ).encode(), []))
    assert [(one.first, len(one.segments)) for one in two] == [(1, 5), (6, 5)]
    assert two[1].place(1).segment == 7


def test_no_terminator_behind_the_last_segment() -> None:
    assert tags((UNB + BODY + "UNZ+1+1").encode()) == [["UNB", "UNH", "BGM", "UNT", "UNZ"]]


def test_a_bare_message_is_read_and_said() -> None:
    data = BODY.encode()
    assert recognise(data)
    assert tags(data) == [["UNH", "BGM", "UNT"]]
    assert read(data)[1] == ["E-06"]


@pytest.mark.parametrize(
    ("syntax", "text", "charset", "finding"),
    [
        ("UNOA", "MÜLLER", "utf-8", "UTF-8"),
        ("UNOA", "MÜLLER", "iso8859-1", "CP1252"),
        ("UNOC", "MÜLLER", "iso8859-1", None),
        ("UNOC", "MÜLLER", "utf-8", "UTF-8"),
        ("UNOD", "Łódź", "iso8859-2", None),
        ("UNOE", "ИВАНОВА", "iso8859-5", None),
        ("UNOE", "Иванова", "utf-8", "UTF-8"),
        ("UNOF", "ΔΟΚΙΜΗ", "iso8859-7", None),
        ("UNOK", "Şahin", "iso8859-9", None),
        ("UNOY", "Ζωή Иванова", "utf-8", None),
        ("UNOY", "Zoë", "iso8859-1", "CP1252"),
        ("UNOC", "O’TEST", "cp1252", "CP1252"),
        ("SIRE", "Zoë", "utf-8", "UTF-8"),
    ],
)  # fmt: skip
def test_character_sets(syntax: str, text: str, charset: str, finding: str | None) -> None:
    findings: list[Finding] = []
    data = f"UNB+{syntax}:3+A+B+261121:0900+1'NAD+FL+++".encode() + text.encode(charset) + f":A'{BODY}{UNZ}".encode()
    interchange = next(interchanges(data, findings))
    assert interchange.cut(1)[4] == [text, "A"]
    assert [one.text.rpartition("as ")[2] for one in findings] == ([finding] if finding else [])


def test_bytes_that_fit_no_character_set_are_read_all_the_same() -> None:
    data = b"UNB+UNOF:3+A+B+261121:0900+1'NAD+FL+++" + b"\xd2\x81\xff" + f":A'{BODY}{UNZ}".encode()
    found, codes = read(data)
    assert len(found[0]) == 6
    assert codes == ["E-03"]


@pytest.mark.parametrize(
    "text", ["", "UN", "hello", "name;UNB;UNH", '{"note": "UNB+UNOA:4+A+B"}', "<x>UNB+UNOA:4</x>", "UNBOUND+UNOA"]
)
def test_other_texts_are_not_recognised(text: str) -> None:
    assert not recognise(text.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"UNB+UNOA:4'" + b"'" * 3_000_000,
        b"UNB+UNOA:4'" + b"A'" * 2_100_000,
        b"UNB+UNOA:4'" * 200_000,
        b"UNB+UNOA:4'NAD" + b"+" * 3_000_000,
        b"UNB+UNOA:4'NAD+" + b":" * 3_000_000,
        b"UNB+UNOA:4'NAD+" + b"?" * 3_000_000,
    ],
    ids=["terminators", "segments", "interchanges", "elements", "components", "release signs"],
)
def test_a_flood_is_bounded(data: bytes) -> None:
    found: list[Finding] = []
    read_ones = list(interchanges(data, found))
    assert sum(len(one.segments) for one in read_ones) <= edifact.MAX_SEGMENTS
    for one in read_ones:
        assert all(
            len(part) < 100 for index in range(min(len(one.segments), 9)) for part in (one.cut(index), *one.cut(index))
        )

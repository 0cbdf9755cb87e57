"""Invented PAXLST messages for tests, put together from parts."""

from gateway.formats import paxlst
from gateway.formats.raw import RawList, Reading

TRANSPORT = "TDT+20+0417+1++ZZZZ:172:20+++9999993:146:11:EXAMPLE STAR:GRC"
LEG = ("LOC+125+ITBRI:139:6", "DTM+189:202605311800:203", "LOC+87+GRPIR:139:6", "DTM+232:202606010500:203")
HEADER = ("BGM+745+LIST0001+9", "NAD+MS+++PORT AGENT", TRANSPORT, *LEG)
ANNA = ("NAD+FL+++ERIKSSON:ANNA:MARIA", "ATT+2++F", "DTM+329:19740812:102")
OLE = ("NAD+FM+++TESTPERSON:OLE", "ATT+2++M", "DTM+329:680229")


def message(*segments: str, reference: str = "1", access: str = "V1", part: str = "01:F", kind: str = "PAXLST") -> str:
    """UNH..UNT with the right count."""
    return "'".join(
        (f"UNH+{reference}+{kind}:D:05B:UN+{access}+{part}", *segments, f"UNT+{len(segments) + 2}+{reference}", "")
    )


def interchange(*messages: str) -> str:
    """UNB..UNZ around messages; the count is of messages."""
    return "".join(("UNB+UNOC:3+LINE:ZZ+PORT:ZZ+260601:1200+C1'", *messages, f"UNZ+{len(messages)}+C1'"))


def read(*segments: str) -> Reading:
    """A file of one message with these segments."""
    return paxlst.read(interchange(message(*segments)).encode("iso8859-1"), {})


def one(reading: Reading) -> RawList:
    [raw] = reading.lists
    assert isinstance(raw, RawList)
    return raw


TEACHER = (
    "NAD+FL+++TEACHER:A", "DTM+329:740812", "RFF+AVF:1", "RFF+ABO:1", "RFF+SEA:1", "RFF+YZY:1", "RFF+AEA:1", "DOC+P:110:111+1",
    "DTM+36:300101", "DTM+182:200101", "DOC+39+1", "DTM+36:300101", "DOC+F:::CARD+1", "DOC+V+1", "DTM+36:300101", "DTM+182:200101",
)  # fmt: skip
"""A person whose plain segments teach the reader what stands before a value."""


def person(*segments: str, nad: str = "NAD+FL+++ERIKSSON:ANNA") -> tuple[RawList, dict[str, str | None], list[str]]:
    """The last of three persons, with these segments behind NAD: the list, the values, the codes of the findings."""
    reading = read(*HEADER, *TEACHER, *TEACHER, nad, *segments, "CNT+42:3")
    raw = one(reading)
    values = {field: column[2] for field, column in (*raw.columns.items(), *raw.extras.items())}
    return raw, {field: text for field, text in values.items() if text is not None}, codes(reading)


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]

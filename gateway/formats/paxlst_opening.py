"""The two segments of PAXLST that open something: NAD a person, DOC one of the person's documents.

In: a segment cut into elements. Out: what it says, and whether it says nothing but that and a plain name or number, as nearly all do.
"""

from typing import Final, NamedTuple

from gateway.formats.paxlst_segments import joined, text_at

PERSONS: Final = frozenset(("FL", "FM", "DDU", "DDT", "CPE", "VW", "ZZZ", "DEE", "DFY"))
"""NAD 3035 of persons. VW (responsible party) and ZZZ say that it is one, not which kind: the list's kind does."""

CREW: Final = frozenset(("FM", "DDT", "CPE"))
NAMES: Final = ("family_name", "given_names", "middle_names")

Series = tuple[str, ...]
"""The prefixes of a person's documents, first, second …; or of the visas."""

_DOCUMENTS: Final = ("document", "document2", "document3")
_VISAS: Final = ("visa", "visa2")


class Opened(NamedTuple):
    """What DOC says: `values` of the document, `more` for which there is no field. `is_plain`: kind and number alone."""

    series: Series
    values: dict[str, str]
    more: str
    is_plain: bool


def role_of(parts: list[list[str]], usual: str) -> str:
    """NAD 3035: what the person is on board; `usual` where the code does not say."""
    code = text_at(parts, 1).upper()
    return code if code in PERSONS and code not in ("ZZZ", "VW") else usual


def is_plain_person(parts: list[list[str]]) -> bool:
    """Whether NAD says nothing but the role and a name in components."""
    is_person = text_at(parts, 1).upper() in PERSONS
    return is_person and len(parts) == 5 and parts[2:4] == [[""], [""]] and 1 < len(parts[4]) <= len(NAMES)


def document_of(parts: list[list[str]]) -> Opened:
    """DOC: a document by its kind, or a visa (code V)."""
    parts = [*parts, *([[""]] * (3 - len(parts)))]
    code, text, number = text_at(parts, 1), text_at(parts, 1, 3), text_at(parts, 2)
    more = joined([parts[1][4:], parts[2][1:], *parts[3:]])
    is_plain = len(parts) == 3 and len(parts[1]) < 4 and len(parts[2]) == 1
    if code.upper() == "V":
        return Opened(_VISAS, {"number": number, "type": text}, more, is_plain)
    values = {"number": number, "type": code or text, "other_type": text if code else ""}
    return Opened(_DOCUMENTS, values, more, is_plain)

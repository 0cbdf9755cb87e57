"""The persons of EPC messages: one table for the dialects of 2011 and 2021, by path below `CrewData`, `PassengerData` and so on.

In: the persons' elements. Out: a `Fields` (columns, places, extras) and findings. What the dialects do otherwise than one value
an element is settled here: ports in three parts, an issuing state in the place of a date, codes of duties.
Addresses stay beside as extras. The particulars of health belong into the health declaration and to nobody who gets a list
(GDPR art. 9), so they are left out, which is said. ISO 28005-2:2011 and ISO 28005-2:2021.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec
from lxml import etree

from gateway.codes import ranks
from gateway.codes.countries import country
from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats import epc_ports
from gateway.formats.raw import ElementPlaces
from gateway.formats.xmlpeople import Columns, Fields, columns_of, sorted_out

ISSUER_IN_DATE = Rule(
    id="X-17",
    severity=Severity.WARNING,
    text="'IssueDate' holds the code of a state; it was read as the issuing state",
    hint="give the issuing state in IssuingCountry, and a date in IssueDate",
    cites="ISO 28005-2, PersonIdDocument",
)
HEALTH = Rule(
    id="X-21",
    severity=Severity.INFO,
    text="'PersonHealthParticulars' is no part of a list of persons; it was left out",
    hint="send it in the maritime declaration of health",
    cites="Regulation (EU) 2016/679 article 9; FAL Convention 2.6.1 and 2.7.3",
)
DUTY = Rule(
    id="X-24",
    severity=Severity.INFO,
    text="'Duty/Code' is not a code of the IMO Compendium; without Duty/Text it was read as the rank in words, else kept beside",
    hint="give the rank in words in Duty/Text, or the five-digit code of IMO0043",
    cites="IMO Compendium IMO0042, IMO0043",
)
RULES: tuple[Rule, ...] = (ISSUER_IN_DATE, HEALTH, DUTY)

_OWN = {
    "PersonReference": "carrier_reference",
    "Name/FamilyName": "family_name",
    "Name/GivenName": "given_names",
    "Name/MiddleName": "middle_names",
    "Name": "full_name",
    "Gender": "sex",
    "DateOfBirth": "birth_date",
    "PlaceOfBirth": "birth_place",
    "CountryOfBirth": "birth_country",
    "Nationality": "nationality",
    "Nationality[2]": "nationality2",
    "Nationality[3]": "nationality3",
    "CountryOfResidence": "residence_country",
    "Transit": "transit",
    "EmbarkationDate": "embarked_at",
    "DebarkationDate": "disembarks_on",
    "EmbarkationPort": "embarkation",
    "DebarkationPort": "disembarkation",
    "Duty/Text": "rank",
    "Duty": "rank",
    "Remarks": "remarks",
}
_PAPER = {
    "IdDocument": "type",
    "IdNumber": "number",
    "IssuingCountry": "issuer",
    "IssueDate": "issued",
    "ExpirationDate": "expiry",
}
_PAPERS = ("PersonIdDocument", "PassengerIdDocument")
_OF_VISA = ("IdNumber", "IssuingCountry", "ExpirationDate")
_PORTS = {"EmbarkationPort": "embarkation", "DebarkationPort": "disembarkation"}
_HEALTH = "PersonHealthParticulars"
_KEPT = (
    "HomeAddress/", "VisitAddress/", "EmbarkationPort/", "DebarkationPort/", "Duty/Code",
    "VisaNumber/", "VisaNumber[2]/",  # when a visa was issued, and of which type
)  # fmt: skip


def _papers() -> Iterator[tuple[str, str]]:
    for element in _PAPERS:
        for at, field in (("", "document"), ("[2]", "document2"), ("[3]", "document3")):
            yield from ((f"{element}{at}/{part}", f"{field}.{name}") for part, name in _PAPER.items())
    for at, field in (("", "visa"), ("[2]", "visa2")):
        yield f"VisaNumber{at}", f"{field}.number"
        yield from ((f"VisaNumber{at}/{part}", f"{field}.{_PAPER[part]}") for part in _OF_VISA)


FIELDS = _OWN | dict(_papers())
"""Path below the person's element -> field, of both dialects."""


def read_people(people: Sequence[etree._Element], path: str, message: int | None) -> tuple[Fields, list[Finding]]:
    """Everybody. `path`: of the persons' elements; `message`: the list's number, where a file has several."""
    columns, both = _columns(people)
    ill = [one for one in columns if re.split(r"[/\[]", one)[0] == _HEALTH]
    for one in ill:
        del columns[one]
    located = {stem: _parts_of_port(columns, stem) for stem in _PORTS}
    settled = _Settled(sorted_out(columns, len(people), FIELDS), path, message)
    for field, below in settled.fields.names.items() if both else ():
        settled.fields.names[field] = below.replace(
            _PAPERS[0], f"*[{' or '.join(f'self::{name}' for name in _PAPERS)}]"
        )
    for stem, parts in located.items():
        settled.ports(stem, parts)
    for prefix in ("document", "document2", "document3"):
        settled.issuers(prefix)
    settled.duties()
    if ill:
        settled.findings.append(HEALTH.at(Place(message=message, path=path)))
    return settled.fields, settled.findings + settled.fields.findings(settled.places, _KEPT)


def _columns(people: Sequence[etree._Element]) -> tuple[Columns, bool]:
    """The columns. Where documents of both dialects stand in one list (True), they count as one kind of element: two documents of
    a person must not become one."""
    columns = columns_of(people)
    if not all(any(path.startswith(name) for path in columns) for name in _PAPERS):
        return columns, False
    return columns_of(people, {_PAPERS[1]: _PAPERS[0]}), True


def _parts_of_port(columns: Columns, stem: str) -> list[list[str | None] | None]:
    """The columns of code, country and name, wherever the dialect puts them; taken out of the columns."""
    parts = []
    for part in ("UNLoCode", "CountryCode", "Name"):
        direct, within = columns.pop(f"{stem}/{part}", None), columns.pop(f"{stem}/Location/{part}", None)
        both = [one or other for one, other in zip(direct, within, strict=True)] if direct and within else None
        parts.append(both or direct or within)
    return parts


class _Settled:
    """What takes more than one column to know."""

    def __init__(self, fields: Fields, path: str, message: int | None) -> None:
        self.fields = fields
        self.places = ElementPlaces(path, fields.names, message)
        self.findings: list[Finding] = []
        self._nobody: list[str | None] = [None] * fields.size

    def ports(self, stem: str, parts: Sequence[list[str | None] | None]) -> None:
        """Code, country and name of a port as one text; what that does not say stays beside."""
        if not any(parts):
            return
        rows = zip(*(part or self._nobody for part in parts), strict=True)
        read = [epc_ports.port(*row) for row in rows]
        self.fields.take(_PORTS[stem], stem, [one.port for one in read])
        for part, left in (("Name", [one.name for one in read]), ("CountryCode", [one.country for one in read])):
            if any(left):
                self.fields.extras[f"{stem}/{part}"] = left
        for rule in epc_ports.RULES:
            self._say(rule, _PORTS[stem], [index for index, one in enumerate(read) if one.rule is rule])

    def issuers(self, prefix: str) -> None:
        """A list whose documents nowhere name an issuing state, and whose dates of issue are states."""
        issued = self.fields.columns.get(f"{prefix}.issued", ())
        states = {text for text in set(issued) if text and text.isalpha() and len(text) in (2, 3) and country(text)}
        if not states or f"{prefix}.issuer" in self.fields.columns:
            return
        self._say(ISSUER_IN_DATE, f"{prefix}.issued", [index for index, text in enumerate(issued) if text in states])
        self.fields.columns[f"{prefix}.issuer"] = [text if text in states else None for text in issued]
        self.fields.columns[f"{prefix}.issued"] = [None if text in states else text for text in issued]
        self.fields.names[f"{prefix}.issuer"] = self.fields.names[f"{prefix}.issued"]

    def duties(self) -> None:
        """Codes of duties: those of the IMO Compendium are codes, words are words, the rest is left as it is."""
        codes = self.fields.extras.pop("Duty/Code", None)
        if codes is None:
            return
        strange = [index for index, code in enumerate(codes) if code and not ranks.is_known(code)]
        stated = self.fields.columns.get("rank", self._nobody)
        words = [index for index in strange if not stated[index] and not (codes[index] or "").isdigit()]
        for field, indexes in (("rank_code", set(range(len(codes))).difference(strange)), ("rank", set(words))):
            if any(codes[index] for index in indexes):
                mine = [code if index in indexes else None for index, code in enumerate(codes)]
                self.fields.take(field, "Duty/Code", mine)
        if left := set(strange).difference(words):
            self.fields.extras["Duty/Code"] = [code if index in left else None for index, code in enumerate(codes)]
        self._say(DUTY, "rank_code", strange)

    def _say(self, rule: Rule, field: str, indexes: Sequence[int]) -> None:
        """Once, at the first of these persons."""
        if indexes:
            finding = rule.at(self.places.at(field, indexes[0]))
            count = f" ({len(indexes)} persons)" if len(indexes) > 1 else ""
            self.findings.append(msgspec.structs.replace(finding, text=finding.text + count))

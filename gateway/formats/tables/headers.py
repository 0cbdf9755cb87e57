"""Finds the row of column headers by what it says, and which column is which field.

In: a sheet, and the profile's own names of columns. Out: a `Header`: where the table starts, field -> column, and the columns
that nobody knows. Headers stand in one row or in two, the upper one a group ("Passport") over columns ("Number", "Expiry") or
the header itself where the lower is blank; merged cells count for all they cover. The row with the most known headers wins,
never a row by its number alone: the UK's three generations have it in rows 3 and 7, the IMO template in 18.
"""

import re
from collections.abc import Mapping

import msgspec

from gateway.findings import shape
from gateway.formats.grid import Sheet, letters
from gateway.formats.tables.words import COLUMNS, LABELS, is_ours, is_worded, key

MOST_ROWS_ABOVE = 60
_LONGEST_SHOWN = 40
_NAMES = {"family_name", "given_names", "full_name"}
_NEXT = {"nationality": "nationality2", "nationality2": "nationality3"} | {
    f"{before}.{part}": f"{after}.{part}"
    for before, after in (("document", "document2"), ("document2", "document3"), ("visa", "visa2"))
    for part in ("type", "number", "issuer", "expiry", "issued")
    if not (before == "visa" and part in ("type", "issued"))
}
_PERSON_WORDS = re.compile(r"^(passenger|pax|guest|crew member|crewmember|crew|traveller|person|holder)( s)? ")
_GROUPS = (
    ("visa", "visa"),
    ("permit", "permit"),
    ("seaman", "seabook"),
    ("seafarer", "seabook"),
    ("discharge", "seabook"),
)
_NATURES = (
    (
        re.compile(
            r"passport|passi?nummer|pasnummer|passnr|reisepass|passeport|pasaporte|passaporto|paspoort|passin|paszport|διαβατ"
        ),
        "passport",
    ),
    (
        re.compile(r"id card|identity card|personalausweis|dni\b|dowod osobisty|henkilokortti|carte identite"),
        "identity card",
    ),
)
_DOCUMENT = re.compile(r"document|identity|dokument|documento|asiakirja|dokumentas|εγγραφ")
_UNDER_A_DOCUMENT = dict.fromkeys(["number", "no", "nr", "nummer", "numero", "numer", "numar", "cislo", "broj", "номер", "αριθμος", "szam"], "number") | {
    "type": "type", "kind": "type", "country": "issuer", "state": "issuer",
}  # fmt: skip
_PARTS = frozenset(("number", "issuer", "expiry", "issued"))


class Header(msgspec.Struct, kw_only=True):
    """`row` is the last header row, from 0. `natures`: "document" or "document2" -> the kind of document its header names.
    `named`: the columns that the profile speaks of; `twins`: those that an earlier column has the very same header as."""

    row: int
    first_row: int
    columns: dict[str, int]
    texts: dict[int, str]
    unknown: list[int]
    doubled: list[int]
    natures: dict[str, str]
    named: frozenset[int] = frozenset()
    twins: list[int] = []

    def shown(self, column: int) -> str:
        """The sender's own header, fit for a message: its pattern only, where it is not made of the words of headers. A line end
        that was lost makes headers of the first person's values."""
        text = " ".join(self.texts.get(column, "").split())
        if column in self.named or (len(text) <= _LONGEST_SHOWN and is_worded(text)):
            return text
        return shape(text)

    def located(self, column: int) -> str:
        """As `shown`, with the column's letters where that does not name it."""
        shown = self.shown(column)
        if not shown or shown != " ".join(self.texts[column].split()):
            return f"{letters(column)}, {shown}" if shown else f"column {letters(column)}"
        return shown


def find(sheet: Sheet, named: Mapping[str, str], ignored: frozenset[str], row: int | None = None) -> Header | None:
    """The table's header, or None. `named` and `ignored` are the profile's, by `key`; `row` is where it says to look."""
    rows = _rows(sheet, row)
    fields = _Fields(named, ignored)
    best, header = 0 if row is None else -1, None
    for number in range(len(rows)) if row is None else [row] * (row < len(rows)):
        groups = _groups(rows[number - 1]) if number else [""] * len(rows[number])
        both = [text or upper for text, upper in zip(rows[number], groups, strict=True)]
        if 10 * sum(map(bool, both)) <= best:
            continue  # too few cells to do better, known or not: below the header that is nearly every row
        above = fields.reaching(groups, rows[number])
        for depth, texts in ((1, rows[number]), (2, both)):
            score = fields.score(texts, above)
            if score > best:
                best, header = score, (number, depth, texts, above)
    return _assigned(fields, *header) if header else None


def _groups(row: list[str]) -> list[str]:
    """The row above, unless one text covers most of it, or stands alone at its start: that is a title, not a group."""
    filled = [text for text in row if text]
    if len(filled) == 1 and row[0]:
        return [""] * len(row)
    return [text if text and filled.count(text) * 2 <= len(row) else "" for text in row]


def _rows(sheet: Sheet, last: int | None) -> list[list[str]]:
    """The first rows, with merged cells filled in all that they cover."""
    count = min(sheet.height, max(MOST_ROWS_ABOVE, (last or 0) + 1))
    rows = [[text or "" for text in sheet.row(number)] for number in range(count)]
    for top, left, bottom, right in sheet.merged:
        if top < count and left < len(sheet.columns) and rows[top][left]:
            for number in range(top, min(bottom + 1, count)):
                for column in range(left, min(right + 1, len(sheet.columns))):
                    rows[number][column] = rows[top][left]
    return rows


class _Fields:
    """Header text -> field, with what has been looked up kept for this one sheet."""

    def __init__(self, named: Mapping[str, str], ignored: frozenset[str]) -> None:
        self.named, self.ignored = named, ignored
        self.known: dict[tuple[str, str], str] = {}
        self.plain: dict[str, str] = {}

    def of(self, text: str, group: str = "") -> str:
        """The field, "-" for a column to leave out, "" for an unknown one."""
        if not text:
            return ""
        found = self.known.get((text, group))
        if found is None:
            found = self.known[text, group] = self._profile(text) or self._grouped(text, group)
        return found

    def reaching(self, groups: list[str], texts: list[str]) -> list[str]:
        """The group above each column. Where its cells are not merged, it stands above the first of its columns only, and holds for
        those behind that mean something else with it ("Passport" over "Type", "Number"), up to the first that is none of its."""
        found, group = list(groups), ""
        for column, (upper, text) in enumerate(zip(groups, texts, strict=True)):
            group = upper or group
            if upper or not text or not group:
                continue
            own, both = self.of(text), self.of(text, group)
            if own != both and (own in ("", "sequence") or own.startswith("document.")):
                found[column] = group
            elif own and not own.startswith("document."):
                group = ""
        return found

    def score(self, texts: list[str], group: list[str]) -> int:
        """Ten a known field, if they make a table: names and more, or four; each other filled cell takes one away."""
        found = {self.of(text, upper) for text, upper in zip(texts, group, strict=True)} - {"", "-"}
        people = found - _OF_THE_LIST
        is_table = len(people) >= (3 if people & _NAMES else 4) or {"family_name", "given_names"} <= people
        if not is_table and (not self.named or sum(key(text) in self.named for text in set(texts) if text) < 2):
            return 0
        strange = sum(1 for text, upper in set(zip(texts, group, strict=True)) if text and not self.of(text, upper))
        return max(10 * len(found) - strange, 1)

    def _profile(self, text: str) -> str:
        word = key(text)
        return self.named.get(word, "-" if word in self.ignored or is_ours(text) else "")

    def _grouped(self, text: str, group: str) -> str:
        field = self.plain.get(text)
        if field is None:
            field = self.plain[text] = _plain(text)
        upper = key(group) if group and group != text else ""
        if not upper:
            return field
        words = key(text)
        if both := next(
            filter(None, map(COLUMNS.get, (f"{upper} {words}", f"{words} {upper}", f"{upper}{words}"))), ""
        ):
            return both
        slot = next((slot for word, slot in _GROUPS if word in upper), "")
        part = "number" if field == "sequence" else _UNDER_A_DOCUMENT.get(words, "")
        if part and (part in _PARTS if slot else _is_of_a_document(upper)):
            return f"{slot or 'document'}.{part}"
        if slot and field.startswith("document.") and field.split(".")[1] in _PARTS:
            return f"{slot}.{field.split('.')[1]}"
        return field


_OF_THE_LIST = set(LABELS.values())


def _is_of_a_document(group: str) -> bool:
    return bool(_DOCUMENT.search(group)) or any(pattern.search(group) for pattern, _ in _NATURES)


def _plain(text: str) -> str:
    """The field of a header on its own: as it stands, without hints in brackets, its first line, or the part that is known."""
    bare = re.sub(r"[(\[{][^)\]}]*[)\]}]?", " ", text)
    line = text.strip().split("\n")[0]
    for form in dict.fromkeys((text, bare, line, re.sub(r"[(\[{].*", " ", line))):  # most texts are one form only
        words = key(form)
        field = _word(words) or _word(_PERSON_WORDS.sub("", words))
        if field:
            return field
    parts = re.split(r"[/|\n]| - ", bare)
    fields = {COLUMNS.get(key(part), "") for part in parts} - {""} if len(parts) > 1 else set()
    return fields.pop() if len(fields) == 1 else ""


def _word(words: str) -> str:
    field = COLUMNS.get(words) or LABELS.get(words, "")
    return "" if field == "-" or field.startswith("this.") else field


def _assigned(fields: _Fields, row: int, depth: int, texts: list[str], above: list[str]) -> Header:
    """Each column its field. The profile's columns first; the second of a kind gets the second place, where there is one."""
    header = Header(
        row=row, first_row=row - depth + 1, columns={}, unknown=[], doubled=[], natures={},
        texts={column: text for column, text in enumerate(texts) if text},
        named=frozenset(column for column, text in enumerate(texts) if text and key(text) in fields.named),
    )  # fmt: skip
    found = [(column, fields.of(text, upper)) for column, (text, upper) in enumerate(zip(texts, above, strict=True))]
    for column, field in sorted(found, key=lambda pair: (pair[0] not in header.named, _late(pair[1]), pair[0])):
        if not field:
            header.unknown.append(column)
        elif field != "-":
            _put(header, column, field, key(above[column] + " " + texts[column]))
    header.unknown.sort()
    _settle_names(header.columns)
    return header


def _late(field: str) -> int:
    """Columns whose meaning depends on what else is there come last."""
    return 2 if field == "document.nature" else 1 if field.startswith(("seabook.", "idcard.")) else 0


def _put(header: Header, column: int, field: str, words: str) -> None:
    taken = header.columns
    if field == "document.nature":
        field = "document.other_type" if "document.type" in taken else "document.type"
    family, _, part = field.partition(".")
    if family in ("seabook", "idcard"):
        nature = "seafarer's book" if family == "seabook" else "identity card"
        slot = next((s for s in ("document", "document2", "document3") if header.natures.get(s) == nature), "") or (
            "document"
            if "document.number" not in taken
            else "document2"
            if "document2.number" not in taken
            else "document3"
        )
        field = f"{slot}.{part}"
        header.natures[slot] = nature
    while field in taken and field in _NEXT:
        field = _NEXT[field]
    if field in taken:
        header.doubled.append(column)
        return
    taken[field] = column
    slot, _, part = field.partition(".")
    if part == "number" and slot.startswith("document") and slot not in header.natures:
        nature = next((nature for pattern, nature in _NATURES if pattern.search(words)), "")
        others = (
            sum(bool(pattern.search(words)) for pattern, _ in _NATURES) > 1
            or " or " in words
            or re.search(r" id( |$)", words)
        )
        if nature and not (others and nature == "passport"):
            header.natures[slot] = nature


def _settle_names(columns: dict[str, int]) -> None:
    """ "Name" beside "Vorname" is the family name; "Nombre" or "Nome" alone is the whole name."""
    if "full_name" in columns and "given_names" in columns and "family_name" not in columns:
        columns["family_name"] = columns.pop("full_name")
    if "given_names" in columns and not columns.keys() & {"family_name", "full_name"}:
        columns["full_name"] = columns.pop("given_names")

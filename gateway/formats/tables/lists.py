"""One table -> one raw list: its columns of persons, its header, whose list it is, and how its dates are written.

In: a sheet and the header that `headers` found on it. Out: a `RawList`, which may hold nobody, and findings.
"""

from collections.abc import Mapping, Sequence

from gateway.findings import Finding, Place
from gateway.formats.grid import Column, Sheet, letters
from gateway.formats.raw import HEADER_FIELDS, CellPlaces, HeaderValue, RawList
from gateway.formats.tables import findings as said
from gateway.formats.tables import labels, layouts, rows, typed
from gateway.formats.tables.headers import Header
from gateway.formats.tables.words import CREW, LABELS, PASSENGERS, key
from gateway.manifest import ListKind

_OF_THE_LIST = frozenset(HEADER_FIELDS) | set(LABELS.values())
_OF_EACH_PERSON = {"departure.port": "embarkation", "arrival.port": "disembarkation"}
_PASSENGERS_ONLY = frozenset(("cabin", "transit", "booking_reference", "ticket_number", "special_care", "visa.number"))

Texts = Sequence[str | None]


def read(sheet: Sheet, header: Header, format: str) -> tuple[RawList, list[Finding]]:
    """Everything above and below a header."""
    sheet, findings = _unmerged(sheet, header)
    people = rows.find(sheet, header)
    places = CellPlaces(
        columns={field: letters(at) for field, at in header.columns.items()},
        rows=[sheet.line(row) for row in people.rows],
        sheet=sheet.name,
        headers={field: header.shown(at) for field, at in header.columns.items() if at in header.texts},
    )
    above = labels.find(sheet, range(header.first_row))
    findings += other_boxes(sheet, above)
    stated = {**people.counts, **above.header}
    columns: dict[str, Texts] = {}
    for field, at in header.columns.items():
        texts = sheet.columns[at].at(people.rows)
        if field in _OF_THE_LIST:
            findings += _constant(field, texts, header, places, stated, columns)
            continue
        kinds = _kinds(sheet.columns[at], people.rows)
        columns[field], found = typed.settle(field, texts, kinds, places)
        findings += found
    if any(people.roles) and "role" not in columns:
        columns["role"] = people.roles
    titles = [
        key(text) for row in range(header.first_row) for text in sheet.row(row) if text and not labels.is_label(text)
    ]
    layout = layouts.known(titles, frozenset(key(text) for text in header.texts.values()))
    if layout and layout.choices:
        layouts.codes_of_choices(columns)
        _beside_each_other(places, "rank", "rank_code", columns)
    kind, unsure = _kind(key(sheet.name or ""), titles, columns, bool(layout and layout.choices))
    findings += unsure if people.rows else []
    findings += layouts.tab_findings(layout, sheet.name)
    natures = {"document": layout.nature} if layout and layout.nature else {}
    findings += _natures(natures | header.natures, columns, places)
    settled, unclear = settle_header(stated)
    extras, strange = _extras(sheet, header, people.rows)
    strange += [_taken(sheet, header, column) for column in header.twins] if people.rows else []
    stands = {name: letters(column) for name, (column, _) in extras.items()}
    return RawList(
        format=format,
        kind=kind,
        is_kind_assumed=bool(unsure),
        size=len(people.rows),
        columns=columns,
        places=places,
        header=settled,
        dialects={**_hinted(header), **(layout.dialects if layout else {})},
        extras={name: texts for name, (_, texts) in extras.items()},
        letters=stands,
    ), [*findings, *unclear, *strange, *people.findings]


def _beside_each_other(places: CellPlaces, field: str, second: str, columns: Mapping[str, Texts]) -> None:
    """Two fields stand in one cell."""
    if second in columns and second not in places.columns:
        for of in (places.columns, places.headers):
            of[second] = of[field]


def form(sheet: Sheet, above: labels.Labels, format: str) -> tuple[RawList, list[Finding]]:
    """A form without a table, such as FAL 1: the voyage, the ship and the counts."""
    titles = titles_of(sheet)
    layout = layouts.known(titles, frozenset())
    settled, unclear = settle_header(above.header)
    findings = [*layouts.tab_findings(layout, sheet.name), *other_boxes(sheet, above), *unclear]
    return RawList(
        format=format,
        kind=ListKind.MIXED,
        size=0,
        columns={},
        places=CellPlaces(columns={}, rows=[], sheet=sheet.name),
        header=settled,
        dialects={"times": layout.dialects["times"]} if layout else {},
    ), findings


def titles_of(sheet: Sheet) -> list[str]:
    """What stands on the first rows of a form."""
    return [key(text) for row in range(min(3, sheet.height)) for text in sheet.row(row) if text]


def other_boxes(sheet: Sheet, above: labels.Labels) -> list[Finding]:
    boxes = ", ".join(above.left_out)
    return [said.OTHER_BOXES.at(Place(sheet=sheet.name), boxes=boxes)] if boxes else []


def settle_header(stated: dict[str, HeaderValue]) -> tuple[dict[str, HeaderValue], list[Finding]]:
    settled, unclear = labels.settled(stated)
    return settled, [said.UNCLEAR_END.at(unclear.place)] if unclear else []


def _unmerged(sheet: Sheet, header: Header) -> tuple[Sheet, list[Finding]]:
    """The sheet with the value of cells merged over several rows in each of them, below the header."""
    merged = [
        area for area in sheet.merged if area[0] > header.row and area[2] > area[0] and area[1] < len(sheet.columns)
    ]
    used = [
        area
        for area in merged
        if sheet.columns[area[1]].text(area[0]) is not None and area[1] in header.columns.values()
    ]
    if not used:
        return sheet, []
    columns, height = list(sheet.columns), sheet.height
    for at in {area[1] for area in used}:
        column = columns[at]
        texts = [*column.texts, *[None] * (height - len(column.texts))]
        kinds = list(_kinds(column, range(height)))
        for top, left, bottom, _ in used:
            if left == at:
                for row in range(top + 1, min(bottom + 1, height)):
                    texts[row], kinds[row] = texts[top], kinds[top]
        columns[at] = Column(texts, "".join(kinds))
    place = Place(sheet=sheet.name, cell=f"{letters(used[0][1])}{used[0][0] + 1}")
    filled = Sheet(name=sheet.name, columns=columns, hidden=sheet.hidden, lines=sheet.lines)
    return filled, [said.MERGED.at(place, count=len(used))]


def _kinds(column: Column, at: Sequence[int]) -> str:
    if len(column.kinds) == 1:
        return column.kinds * len(at)
    kinds, end = column.kinds, len(column.kinds)
    return "".join([kinds[row] if row < end else "t" for row in at])


def _constant(
    field: str,
    texts: Texts,
    header: Header,
    places: CellPlaces,
    stated: dict[str, HeaderValue],
    columns: dict[str, Texts],
) -> list[Finding]:
    """A column about the sailing, as booking systems write it, is part of the header if it says the same for everyone."""
    given = [index for index, text in enumerate(texts) if text is not None]
    if not given:
        return []
    if len({str(texts[index]).strip() for index in given}) == 1:
        stated[field] = HeaderValue(str(texts[given[0]]), places.at(field, given[0]))
        return []
    own = _OF_EACH_PERSON.get(field)
    if own and own not in header.columns:
        columns[own] = texts
        places.columns[own] = places.columns[field]
        places.headers[own] = places.headers.get(field, "")
        return []
    first = next(index for index in given if texts[index] != texts[given[0]])
    return [said.SEVERAL_SAILINGS.at(places.at(field, first), header=header.located(header.columns[field]))]


def _natures(natures: Mapping[str, str], columns: dict[str, Texts], places: CellPlaces) -> list[Finding]:
    """The kind of document that the form, or the header of its numbers ("Passport No."), names, where no column says it."""
    findings = []
    for slot, nature in natures.items():
        if f"{slot}.type" in columns or not any(columns.get(f"{slot}.number", ())):
            continue
        columns[f"{slot}.type"] = [nature if number is not None else None for number in columns[f"{slot}.number"]]
        _beside_each_other(places, f"{slot}.number", f"{slot}.type", columns)
        place = Place(sheet=places.sheet, column=places.headers[f"{slot}.number"], field=f"{slot}.type")
        findings.append(said.DOCUMENT_BY_HEADER.at(place, nature=nature))
    return findings


def _kind(tab: str, titles: list[str], columns: Mapping[str, Texts], by_title: bool) -> tuple[ListKind, list[Finding]]:
    """Whose list it is: as its columns of roles (unless the form goes `by_title`), its tab, its titles, or its columns say, in
    this order."""
    if any(columns.get("role", ())) and not by_title:
        return ListKind.MIXED, []
    for words in (tab, *titles):
        is_crew, is_passengers = bool(CREW.search(words)), bool(PASSENGERS.search(words))
        if is_crew or is_passengers:
            kind = ListKind.MIXED if is_crew and is_passengers else ListKind.CREW if is_crew else ListKind.PASSENGERS
            return kind, []
    if "rank" in columns and not columns.keys() & _PASSENGERS_ONLY:
        return ListKind.CREW, []
    assumed = [] if columns.keys() & _PASSENGERS_ONLY else [said.KIND_ASSUMED.at()]
    return ListKind.PASSENGERS, assumed


def _hinted(header: Header) -> dict[str, str]:
    """Field -> the order of day and month that its header asks for."""
    orders = {
        field: layouts.hinted_order(header.texts.get(at, ""))
        for field, at in header.columns.items()
        if typed.is_date(field)
    }
    return {field: order for field, order in orders.items() if order}


def _extras(sheet: Sheet, header: Header, at: list[int]) -> tuple[dict[str, tuple[int, Texts]], list[Finding]]:
    """The columns that nobody knows, as far as they say anything of a person, by their headers."""
    extras: dict[str, tuple[int, Texts]] = {}
    findings = []
    for column in sorted([*header.unknown, *header.doubled]):
        texts = sheet.columns[column].at(at)
        if not any(text is not None for text in texts):
            continue
        name = " ".join(header.texts.get(column, "").split()) or f"column {letters(column)}"
        extras[name if name not in extras else f"{name} ({letters(column)})"] = column, texts
        rule = said.SAME_COLUMN if column in header.doubled else said.UNKNOWN_COLUMN
        findings.append(rule.at(_header_cell(sheet, header, column), header=header.located(column)))
    return extras, findings


def _taken(sheet: Sheet, header: Header, column: int) -> Finding:
    field = next(field for field, at in header.columns.items() if at == column)
    place = _header_cell(sheet, header, column)
    return said.SAME_HEADER.at(place, header=header.located(column), field=field.replace("_", " "))


def _header_cell(sheet: Sheet, header: Header, column: int) -> Place:
    if sheet.name is None:
        return Place(line=sheet.line(header.row))
    return Place(sheet=sheet.name, cell=f"{letters(column)}{header.row + 1}")

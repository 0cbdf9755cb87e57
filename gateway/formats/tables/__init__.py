"""Tables of any origin -> the lists on them: workbooks and delimited texts share everything in this folder.

In: a `Grid` and the carrier's options. Out: a `Reading`: a `RawList` for each sheet with persons, or one without persons for a
form such as FAL 1, which holds the ship, the voyage and the counts. Everything on a sheet is read, left out with a finding,
or a finding itself. `headers` finds the columns, `twins` tells those of one header apart, `rows` finds the persons, `labels` what stands above them, `lists` joins them.

Options: `sheet` (the tab to read), `header` (the row of the headers, from 1), `columns` (their header -> field), `ignore`
(headers to leave out), `file_name` (what the file's `name` says, see `filename`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from gateway.findings import Finding, Place
from gateway.formats.grid import Grid, Sheet, letters
from gateway.formats.raw import HeaderValue, RawList, Reading
from gateway.formats.tables import filename, headers, labels, layouts, lists, rows, twins, typed
from gateway.formats.tables import findings as said
from gateway.formats.tables.words import is_ours, key

RULES = (*said.RULES, *layouts.RULES, *rows.RULES, *typed.RULES, *filename.RULES)

_FORM = 4  # labels, filled or not, that make a sheet without a table a form
_MOST_ROWS_OF_A_FORM = 120
_MOST_NAMES = 12  # Finland's template has 60 sheets of codes
_TABLE = 5  # values on a row of a form without a label


def read(grid: Grid, options: Mapping[str, Any], format: str) -> Reading:
    """All lists of a file."""
    return read_headed(grid, options, format)[0]


def read_headed(grid: Grid, options: Mapping[str, Any], format: str) -> tuple[Reading, list[headers.Header]]:
    """All lists of a file, and the headers of its tables."""
    sheets, findings = _wanted([sheet for sheet in grid.sheets if not _is_ours(sheet)], options.get("sheet"))
    tables: list[tuple[Sheet, headers.Header]] = []
    others: list[Sheet] = []
    for sheet in sheets:
        header = header_of(sheet, options)
        tables += [(sheet, header)] if header else []
        others += [] if header else [sheet]
    tables, hidden = _visible(tables)
    findings += hidden
    read_lists = [(sheet, *lists.read(sheet, header, format)) for sheet, header in tables]
    forms = [(sheet, found) for sheet in others if (found := _form(sheet)).seen >= _FORM]
    found_lists = _with_persons(read_lists, findings)
    for sheet, found in _inherit(found_lists, forms, findings) if found_lists else forms:
        form, said_of_it = lists.form(sheet, found, format)
        found_lists.append(form)
        findings += [*said_of_it, *_table_without_headers(sheet)]
    if found_lists and (template := options.get("file_name")):
        findings += _named(found_lists, *filename.read(template, options.get("name")))
    findings += _not_read(others, [sheet for sheet, _ in forms], bool(found_lists or tables))
    found_headers = [header for _, header in tables]
    findings += _gone(options.get("columns", {}), found_headers)
    return Reading(lists=found_lists, findings=findings), found_headers


def header_of(sheet: Sheet, options: Mapping[str, Any]) -> headers.Header | None:
    """The header of this sheet's table, as the profile or the words on the sheet say."""
    named = {key(header): field for header, field in options.get("columns", {}).items()}
    ignored = frozenset(key(header) for header in options.get("ignore", ()))
    found = headers.find(sheet, named, ignored, _header_row(sheet, options.get("header")))
    return twins.settle(sheet, found, named) if found else None


def _wanted(sheets: Sequence[Sheet], name: str | None) -> tuple[list[Sheet], list[Finding]]:
    if name is None or [sheet.name for sheet in sheets] == [None]:
        return list(sheets), []
    found = [sheet for sheet in sheets if sheet.name is not None and key(sheet.name) == key(name)]
    return found, [] if found else [said.NO_SUCH_SHEET.at(sheet=name)]


def _is_ours(sheet: Sheet) -> bool:
    return bool(sheet.columns) and is_ours(sheet.columns[0].text(0))


def _header_row(sheet: Sheet, stated: int | None) -> int | None:
    if stated is None:
        return None
    return next((row for row in range(sheet.height) if sheet.line(row) == stated), None)


def _form(sheet: Sheet) -> labels.Labels:
    """The boxes of a sheet without a table, and of which end of the leg they are where the form itself is of one."""
    found = labels.find(sheet, range(min(sheet.height, _MOST_ROWS_OF_A_FORM)))
    if ends := layouts.end_of_form(lists.titles_of(sheet)):
        this, other = ends
        found.header.setdefault("direction", HeaderValue(this, Place(sheet=sheet.name, cell="A3")))
        if found.header.pop(f"{other}.estimated", None):
            found.left_out.append(f"estimated time of {other}")
    return found


def _visible(
    tables: list[tuple[Sheet, headers.Header]],
) -> tuple[list[tuple[Sheet, headers.Header]], list[Finding]]:
    """Hidden sheets count only where no list can be seen: they are often last month's."""
    seen = [pair for pair in tables if not pair[0].hidden]
    if seen:
        return seen, [said.HIDDEN_LIST.at(Place(sheet=sheet.name)) for sheet, _ in tables if sheet.hidden]
    return tables, [said.HIDDEN_READ.at(Place(sheet=sheet.name)) for sheet, _ in tables]


def _with_persons(read_lists: list[tuple[Sheet, RawList, list[Finding]]], findings: list[Finding]) -> list[RawList]:
    """The lists with persons, or with a count that says that there are none."""
    kept: list[RawList] = []
    has_persons = any(found.size for _, found, _ in read_lists)
    for sheet, found, said_of_it in read_lists:
        stated = [value.text.strip() for field, value in found.header.items() if field.startswith("counts.")]
        if found.size or stated:
            kept.append(found)
            findings += said_of_it
        if not found.size and not (stated and set(stated) <= {"0"}):
            rule = said.EMPTY_SHEET if has_persons else said.NO_PERSONS
            findings.append(rule.at(Place(sheet=sheet.name)))
    return kept


def _table_without_headers(sheet: Sheet) -> list[Finding]:
    """A form has labels and values; a row of more values than labels is of a table whose headers are not known."""
    for row in range(sheet.height):
        filled = [(column, text) for column, text in enumerate(sheet.row(row)) if text is not None]
        if len(filled) >= _TABLE and not any(labels.is_label(text) for _, text in filled):
            line = sheet.line(row)
            place = (
                Place(line=line)
                if sheet.name is None
                else Place(sheet=sheet.name, cell=f"{letters(filled[0][0])}{line}")
            )
            return [said.NO_HEADER.at(place, rows=headers.MOST_ROWS_ABOVE)]
    return []


Form = tuple[Sheet, labels.Labels]


def _inherit(found: list[RawList], forms: Sequence[Form], findings: list[Finding]) -> list[Form]:
    """What a form in the same file says of ship and voyage holds for its lists, where they say nothing themselves; what it says
    of an arrival holds for no list of a departure. Out: the forms that hold for no list."""
    alone: list[Form] = []
    for sheet, above in forms:
        settled, unclear = lists.settle_header(above.header)
        fitting = [index for index, one in enumerate(found) if not labels.is_of_other_end(settled, one.header)]
        if not fitting and len(settled) > 1:  # more than its end
            alone.append((sheet, above))
            continue
        findings += [*unclear, *lists.other_boxes(sheet, above)]
        for index in fitting:
            found[index] = msgspec.structs.replace(found[index], header={**settled, **found[index].header})
    return alone


def _named(found: list[RawList], named: Mapping[str, HeaderValue], findings: list[Finding]) -> list[Finding]:
    """What the file's name says holds for its lists, where neither they nor a form say it."""
    for index, one in enumerate(found):
        if labels.is_of_other_end(named, one.header):
            findings.append(filename.OTHER_END.at(one.header["direction"].place))
            continue
        end = {"direction": one.header["direction"]} if "direction" in one.header else {}
        settled, unclear = lists.settle_header({**named, **end})
        found[index] = msgspec.structs.replace(one, header={**settled, **one.header})
        findings += unclear
    return findings


def _not_read(others: Iterable[Sheet], forms: Sequence[Sheet], is_something: bool) -> list[Finding]:
    rest = [sheet for sheet in others if sheet not in forms and sheet.height]
    if is_something or forms:
        names = ", ".join(f'"{(sheet.name or "")[:40]}"' for sheet in rest[:_MOST_NAMES])
        names += f" and {len(rest) - _MOST_NAMES} more" if len(rest) > _MOST_NAMES else ""
        return [said.NOT_READ.at(sheets=names)] if names else []
    return [said.NO_HEADER.at(rows=headers.MOST_ROWS_ABOVE)]


def _gone(columns: Mapping[str, str], found: list[headers.Header]) -> list[Finding]:
    there = {key(text) for header in found for text in header.texts.values()}
    return [said.COLUMN_GONE.at(header=header) for header in columns if found and key(header) not in there]

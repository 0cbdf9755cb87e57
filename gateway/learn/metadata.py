"""What the files are and say as a whole: where their tables stand, encoding and delimiter, ships, and what their names hold.

In: samples and the tables found in them. Out: lines for the draft and its summary. A file's name is described by its shape:
people's names turn up in them.
"""

import codecs
import re
from collections.abc import Sequence

from gateway.codes import imo, ports
from gateway.learn.facts import Said
from gateway.learn.meaning import Sure
from gateway.learn.sample import Sample
from gateway.learn.sheets import Table

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_PLAIN = ("utf-8", "utf-8-sig")


def described(sample: Sample, found: Sequence[Table]) -> str:
    """One line: what the file is, and where its lists stand."""
    parts = [sample.format]
    if sample.delimiter:
        parts.append(
            f"{_DELIMITERS[sample.delimiter]}, {named(sample.encoding)}{' (likely)' if sample.guessed else ''}"
        )
    unit = "row" if sample.grid and any(sheet.name for sheet in sample.grid.sheets) else "line"
    for table in found:
        tab = f'sheet "{table.sheet.name}": ' if table.sheet.name else ""
        how = "" if table.by_words else ", found by what stands below it"
        parts.append(f"{tab}{len(table.rows):,} persons, headers in {unit} {table.line}{how}")
    parts += [f"{size:,} persons" for size in sample.sizes if not found]
    if held := _held(sample.name):
        parts.append(f"its name holds {held}")
    return "; ".join(parts)


def named(encoding: str) -> str:
    """The encoding as people write it."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return encoding
    return re.sub(r"^cp(125\d)$", r"windows-\1", name)


def reads(samples: Sequence[Sample], found: Sequence[Table]) -> list[Said]:
    """What a reader must be told: the tab and the row that no header word shows, the delimiter, the encoding."""
    said = []
    lines = {table.line for table in found if not table.by_words}
    if len(lines) == 1 and not any(table.by_words for table in found):
        tabs = {table.sheet.name for table in found}
        if (
            len(tabs) == 1
            and (tab := tabs.copy().pop())
            and any(sample.grid and len(sample.grid.sheets) > 1 for sample in samples)
        ):
            said.append(Said("sheet", tab, Sure.LIKELY, "the only one with what looks like persons"))
        said.append(
            Said(
                "header",
                str(lines.pop()),
                Sure.LIKELY,
                "it looks like the row of the headers: we know none of their words",
            )
        )
    delimiters = {sample.delimiter for sample in samples if sample.delimiter}
    if len(delimiters) == 1:
        is_shown = any(table.by_words for table in found)
        why = "" if is_shown else "it cuts most lines into equally many values"
        said.append(Said("delimiter", delimiters.pop(), Sure.CERTAIN if is_shown else Sure.LIKELY, why))
    guessed = {named(sample.encoding) for sample in samples if sample.guessed}
    others = {named(sample.encoding) for sample in samples if sample.encoding and not sample.guessed} - set(_PLAIN)
    if len(guessed) == 1 and not others:
        said.append(Said("encoding", guessed.pop(), Sure.LIKELY, "by its letters; compare a few names with accents"))
    return said


def vessels(samples: Sequence[Sample]) -> list[Said]:
    """The ships that the lists name, by IMO number; a ship's name alone, or a number in a file's name, is a question."""
    named: dict[str, set[str]] = {}
    for number, name in (ship for sample in samples for ship in sample.ships):
        if name or imo.is_valid(number):
            named.setdefault(imo.compact(number) if imo.is_valid(number) else "", set()).add(name)
    alone = named.pop("", set()) - {name for names in named.values() for name in names} - {""}
    said = [_ship(number, sorted(names - {""})) for number, names in named.items()]
    said += [Said("", name, Sure.UNKNOWN, "the lists name the ship without its IMO number") for name in sorted(alone)]
    in_names = {number for sample in samples for number in re.findall(r"(?<!\d)[1-9]\d{6}(?!\d)", sample.name)}
    said += [
        Said(number, "", Sure.UNKNOWN, "a valid IMO number stands in the file's name")
        for number in sorted(in_names - named.keys())
        if imo.is_valid(number)
    ]
    return said


def _ship(number: str, names: Sequence[str]) -> Said:
    if len(names) == 1:
        return Said(number, names[0], Sure.CERTAIN, "")
    why = "the samples give it several names" if names else "no list names this ship"
    return Said(number, "", Sure.UNKNOWN, why)


def _held(name: str) -> str:
    """What a file's name holds that a list may lack; never the name."""
    parts = re.split(r"[^A-Z\d-]+", name.rpartition(".")[0].upper())
    held = [
        ("a date", re.search(r"(?<!\d)(20\d\d-?[01]\d-?[0-3]\d|[0-3]\d-?[01]\d-?20\d\d)(?!\d)", name)),
        ("an IMO number", any(len(number) == 7 and imo.is_valid(number) for number in re.findall(r"\d+", name))),
        ("ports", any(len(code) == 5 and ports.is_sea_port(code) for part in parts for code in part.split("-"))),
    ]
    return " and ".join(what for what, is_there in held if is_there)

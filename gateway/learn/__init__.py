"""Studies samples of a line's lists and drafts its profile: what is certain, what is likely, and what only the line can tell.

In: samples (bytes already taken apart), today, and what is known of the line. Out: a `Draft`, which `profile` writes as TOML
(grammar: `gateway.carrier`) and sums up. Every line of a draft that counts is certain (`meaning`); what is likely stands
beside it as a comment to take or to strike out, and no column is left out in silence.

Privacy: a draft goes into a repository and is read by strangers. It holds header words, code words (`facts` says which),
counts, shapes, and the ship. No value of a person gets into it, nor into any exception or representation of this package.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from gateway import carrier
from gateway.formats import tables
from gateway.formats.raw import FIELDS
from gateway.formats.tables.words import key
from gateway.learn import facts, metadata, sheets
from gateway.learn.draft import Draft, Entry, Given, Values, merged
from gateway.learn.meaning import Meaning, Sure, meanings
from gateway.learn.profile import toml
from gateway.learn.sample import Sample, filled, of_table
from gateway.learn.sheets import Table

__all__ = ("Draft", "Given", "Sample", "Sure", "checked", "draft", "of_table", "study")


def study(samples: Sequence[Sample], today: date) -> list[tuple[Sample, Table, list[Meaning]]]:
    """Every table of the samples, and what its columns mean."""
    return [
        (sample, table, meanings(table))
        for sample in samples
        if sample.grid
        for table in sheets.find(sample.grid, today)
    ]


def draft(samples: Sequence[Sample], today: date, given: Given) -> Draft:
    """The profile that these samples suggest."""
    studied = study(samples, today)
    entries = merged([one for _, _, found in studied for one in found])
    fields = {key(entry.header): entry.field for entry in entries}
    known = [m for _, _, found in studied for m in found if m.field and fields[key(m.column.named)] == m.field]
    fixed = {field for sample in samples for one in sample.lists for field in one.dialects}
    codes = facts.codes(known, fixed)
    sizes = [len(table.rows) for _, table, _ in studied if table.rows]
    sizes += [size for sample in samples if sample.grid is None for size in sample.sizes if size]
    size = facts.people(sizes)
    found = Draft(
        given=given,
        service=facts.service({m.field for m in known}.union(*(sample.fields for sample in samples))),
        files=[metadata.described(sample, [table for of, table, _ in studied if of is sample]) for sample in samples],
        entries=_speaking(entries, [table for _, table, _ in studied]),
        reads=metadata.reads(samples, [table for _, table, _ in studied]),
        vessels=metadata.vessels(samples),
        dates=_one_each(facts.dates(known, fixed, today)),
        codes=_one_each(codes),
        lookups=facts.lookups(known, {one.key for one in codes}),
        expect=[*([size] if size else []), *facts.shares(known)],
    )
    read = checked(found)
    if isinstance(read, carrier.Carrier):
        likely = {entry.header: entry.field for entry in found.of(Sure.LIKELY)}
        options: dict[str, str | int] = {
            one.key: int(one.value) if one.key == "header" else one.value for one in found.reads if one.value
        }
        taken = msgspec.structs.replace(read, columns=likely | read.columns, reads={"table": options})
        without, drafted = (sum(filled(one, profile) for one in samples) for profile in (None, read))
        found.values = Values(without, drafted, sum(filled(one, taken) for one in samples) if likely else drafted)
    return found


def checked(found: Draft) -> carrier.Carrier | list[str]:
    """The profile that the draft is once its placeholders are filled in, or what is wrong with what the user gave."""
    return carrier.parse(found.given.id or "draft", toml(msgspec.structs.replace(found, given=found.given.filled_in())))


def _one_each(said: list[facts.Said]) -> list[facts.Said]:
    """What several samples say of the same field: once where they agree, else a question."""
    found: dict[str, facts.Said] = {}
    for one in said:
        first = found.setdefault(one.key, one)
        if first.value != one.value:
            found[one.key] = facts.Said(one.key, "", Sure.UNKNOWN, "the samples differ")
    return list(found.values())


def _speaking(entries: list[Entry], found: list[Table]) -> list[Entry]:
    """The entries, those left to their own words that mean more than a field: the group above them, a seafarer's book."""
    for entry in entries:
        tables_of_it = (table for table in found if table.by_words and entry.sure is Sure.CERTAIN)
        entry.own_words |= bool(entry.field) and entry.field not in FIELDS
        entry.own_words = entry.own_words or not all(_is_same(table, entry) for table in tables_of_it)
    return entries


def _is_same(table: Table, entry: Entry) -> bool:
    """Whether naming this one column leaves what the words say of the others, and of it, as it was."""
    columns = [at for at, text in table.header.texts.items() if key(text) == key(entry.header)]
    if not columns or not any(column.field for column in table.columns if column.at in columns):
        return len(columns) < 2
    again = tables.header_of(table.sheet, {"columns": {entry.header: entry.field}, "header": table.line})
    return again is not None and (again.columns, again.natures) == (table.header.columns, table.header.natures)

"""Writes a draft: as a carrier profile in TOML that `gateway.carrier` accepts, and as a few lines for whoever asked for it.

In: a `Draft`. Out: texts. Lines that count are certain; "# …  # likely: …" is to be taken by deleting its first sign, or
deleted; "?" marks what only the line can tell. Placeholders say FILL IN, and the gateway takes no profile that still does.
"""

import json
from collections.abc import Iterator, Sequence

from gateway.carrier import PLACEHOLDER
from gateway.learn.draft import Draft, Entry
from gateway.learn.facts import Said
from gateway.learn.meaning import Sure

_MOST_NAMED = 6


def toml(draft: Draft) -> str:
    """The profile."""
    blocks = [
        list(_top(draft)),
        _table("vessels", draft.vessels, quoted=True),
        _table("reads.table", draft.reads),
        list(_columns(draft)),
        _table("dates", draft.dates, quote_keys=True),
        _table("codes", draft.codes, quote_keys=True),
        *(
            _table(f"lookup.{kind}", said, quote_keys=True, note="theirs = ours")
            for kind, said in draft.lookups.items()
        ),
        _expect(draft.expect),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def questions(draft: Draft) -> list[str]:
    """What is not certain, one line each, the placeholders first."""
    given = draft.given
    missing = [f"--{key}" for key in ("name", "contact") if not getattr(given, key)]
    asked = (
        []
        if draft.is_a_list
        else ["no list was found: ./gw read says why; a row of headers above the persons may be missing"]
    )
    asked += [f"say who the line is: {' and '.join(missing)}"] if missing else []
    if not given.service:
        asked.append(f"is it a {draft.service[0]} line? It looks so: {draft.service[1]} (--service)")
    asked += [f'"{one.header}" is likely {one.field}: {one.why}' for one in draft.of(Sure.LIKELY)]
    asked += [f'"{one.header}" is not known: {one.why}' for one in draft.of(Sure.UNKNOWN)]
    asked += [f"dates of {one.key}: {one.why}{_perhaps(one)}" for one in draft.dates if one.sure is not Sure.CERTAIN]
    asked += [f"codes of {one.key}: {one.why}{_perhaps(one)}" for one in draft.codes if one.sure is not Sure.CERTAIN]
    for kind, said in draft.lookups.items():
        words = [f'"{one.key}"' + (f" (likely {one.value})" if one.value else "") for one in said]
        more = f" and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
        asked.append(f"what do these words for {kind} mean: {', '.join(words[:_MOST_NAMED])}{more}")
    asked += [f"ship: {one.why}" for one in draft.vessels if one.sure is not Sure.CERTAIN]
    asked += [f"{one.key} is likely {one.value}: {one.why}" for one in draft.reads if one.sure is not Sure.CERTAIN]
    return asked


def summary(draft: Draft) -> Iterator[str]:
    """What was found and what is unsure, for a terminal."""
    for line in draft.files:
        yield f"  {line}"
    certain, likely, unknown = (len(draft.of(sure)) for sure in (Sure.CERTAIN, Sure.LIKELY, Sure.UNKNOWN))
    empty = sum(not entry.filled for entry in draft.of(Sure.CERTAIN))
    if draft.entries:
        by_header = f" ({empty} of them empty, by their headers alone)" if empty else ""
        yield f"  columns: {certain} certain{by_header}, {likely} likely, {unknown} not known"
    for one in draft.dates:
        if one.sure is Sure.CERTAIN:
            yield f"  dates: {one.key} is {one.value}: {one.why}"
    for one in draft.vessels:
        if one.sure is Sure.CERTAIN:
            yield f"  ship: {one.value} (IMO {one.key})"
    yield f"  values read into fields: {_values(draft)}"
    asked = questions(draft)
    yield f"To settle ({len(asked)}):" if asked else "Nothing to settle."
    yield from (f"{number:>3}. {one}" for number, one in enumerate(asked, 1))


def _values(draft: Draft) -> str:
    without, drafted, likely = draft.values
    parts = [f"{drafted:,} with this draft"]
    parts += [f"{likely:,} with what is likely"] if likely != drafted else []
    parts += [f"{without:,} without it"] if without != drafted else []
    return ", ".join(parts)


def _perhaps(one: Said) -> str:
    return f"; likely {one.value}" if one.value else ""


def _top(draft: Draft) -> Iterator[str]:
    given = draft.given
    persons = "; ".join(draft.files)
    yield f"# Drafted from {len(draft.files)} sample{'s' if len(draft.files) > 1 else ''}: {_comment(persons)}."
    if questions(draft):
        yield '# Lines that count are certain. Take or delete those that say "likely"; "?" is for the line to answer.'
    yield f"name    = {_quoted(given.name or PLACEHOLDER + ': the line')}"
    yield f"contact = {_quoted(given.contact or PLACEHOLDER + ': the e-mail address of those who mend their lists')}"
    kind, why = draft.service
    yield f"service = {_quoted(given.service or PLACEHOLDER + ': cruise or ferry')}" + (
        "" if given.service else f" # likely {kind}: {why}"
    )
    unread = [entry for entry in draft.of(Sure.UNKNOWN) if entry.filled and entry.is_named]
    if unread:
        yield f"# ignore = [{', '.join(_quoted(entry.header) for entry in unread)}] # ? if they are not ours to keep"


def _columns(draft: Draft) -> Iterator[str]:
    shown = [entry for entry in draft.entries if entry.field or entry.filled]
    if not shown:
        return
    yield "[columns] # their header = our field"
    width = max(len(_quoted(entry.header)) for entry in shown)
    for entry in shown:
        yield _column(entry, width)


def _column(entry: Entry, width: int) -> str:
    name, why = f"{_quoted(entry.header):<{width}}", _comment(entry.why)
    if entry.own_words:
        return f"# {name} is read by its own words"
    if entry.sure is Sure.CERTAIN:
        return f'{name} = "{entry.field}"' + ("" if entry.filled else " # empty here")
    return f'# {name} = "{entry.field}" # likely: {why}' if entry.field else f'# {name} = "?" # {why}'


def _table(
    name: str, said: Sequence[Said], *, quoted: bool = False, quote_keys: bool = False, note: str = ""
) -> list[str]:
    if not said:
        return []
    keys = [_quoted(one.key) if quoted or quote_keys else one.key for one in said]
    width = max(map(len, keys))
    lines = [_line(key.ljust(width), one) for key, one in zip(keys, said, strict=True)]
    return [f"[{name}]" + (f" # {note}" if note else ""), *lines]


def _line(key: str, one: Said) -> str:
    value = one.value if one.value.isdigit() and one.key == "header" else _quoted(one.value or "?")
    why = _comment(one.why)
    if one.sure is Sure.CERTAIN:
        return f"{key} = {value}" + (f" # {why}" if why else "")
    return f"# {key} = {value} # {'likely: ' if one.value else ''}{why}"


def _expect(said: Sequence[Said]) -> list[str]:
    width = max((len(one.key) for one in said), default=0)
    lines = [(f"{one.key:<{width}} = {one.value} # {_comment(one.why)}", one.sure is Sure.CERTAIN) for one in said]
    return ["[expect]", *(line if is_certain else f"# {line}" for line, is_certain in lines)] if lines else []


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0: JSON's, and DEL escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """One line without control characters, which no comment of TOML may hold."""
    return "".join(char if char.isprintable() else " " for char in text)

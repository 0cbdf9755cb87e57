"""What a file's name says of the sailing, where a line writes it there: "ICZ_ARV_20100727_SEAQUEEN.xls" (INM, Mexico).

In: the template of the carrier's profile, as in `file_name = "{port}_{direction}_{date}_{vessel}"`, and the name. Out: header
values, whose place is the file's name. A value ends at the first sign that follows it in the template; the last one takes what
is left, without the ending (".xls"). No pattern is searched for, so that no name can take long.

Values: `port`, `date` (of the arrival or departure, as `direction` or the list says), `direction`, `departure`, `arrival`,
`departure_date`, `arrival_date`, `last_port`, `next_port`, `vessel`, `imo`, `call_sign`, `voyage`, `reference`; and `any`, which
is left out.
"""

import re

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.raw import HeaderValue

NOT_AS_AGREED = Rule(
    id="T-47",
    severity=Severity.WARNING,
    text="the file's name is not as your profile says, '{template}', so nothing was read from it",
    hint="name the file so, or have the profile changed; a file that is sent without a name has to say all in itself",
)
OTHER_END = Rule(
    id="T-48",
    severity=Severity.WARNING,
    text="the file's name and the list differ in whether this is an arrival or a departure, so the name was not used",
    hint="give the file its right name, or correct the list",
)
RULES = (NOT_AS_AGREED, OTHER_END)

_LABELS = {
    "port": "this.port",
    "date": "this.date",
    "direction": "direction",
    "departure": "departure.port",
    "arrival": "arrival.port",
    "departure_date": "departure.date",
    "arrival_date": "arrival.date",
    "last_port": "last_port",
    "next_port": "next_port",
    "vessel": "vessel.name",
    "imo": "vessel.imo",
    "call_sign": "vessel.call_sign",
    "voyage": "voyage.number",
    "reference": "reference",
}
_LEFT_OUT = "any"
_VALUE = re.compile(r"\{([^{}]*)\}")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def problems(template: str) -> list[str]:
    """Why a template cannot be used; nothing where it can."""
    signs, values = _parts(template)
    found = [f"unknown value {{{value}}}" for value in values if value not in (*_LABELS, _LEFT_OUT)]
    if found:
        found.append(f"known are: {', '.join((*_LABELS, _LEFT_OUT))}")
    if not values:
        found.append("it names no value, such as {vessel}")
    if any("{" in sign or "}" in sign for sign in signs):
        found.append("a brace is not closed, or not opened")
    if "" in signs[1:-1]:
        found.append("two values need a sign between them, such as '_'")
    named = [value for value in values if value != _LEFT_OUT]
    if len(set(named)) < len(named):
        found.append("a value stands in it twice")
    return found


def read(template: str, name: str | None) -> tuple[dict[str, HeaderValue], list[Finding]]:
    """The values by label, as `labels.settled` takes them."""
    texts = _texts(template, name or "")
    if texts is None:
        return {}, [NOT_AS_AGREED.at(Place(path="file name"), template=template)]
    return {
        _LABELS[value]: HeaderValue(text, Place(path="file name", field=_LABELS[value]))
        for value, text in texts.items()
        if value in _LABELS
    }, []


def _parts(template: str) -> tuple[list[str], list[str]]:
    """The signs before, between and behind the values, and the values."""
    parts = _VALUE.split(template)
    return parts[::2], parts[1::2]


def _texts(template: str, name: str) -> dict[str, str] | None:
    """Value -> its text, or None where the name does not fit."""
    (first, *between, last), values = _parts(template)
    rest = _ENDING.sub("", re.split(r"[/\\]", name)[-1])
    if not (rest.startswith(first) and rest.endswith(last)):
        return None
    rest = rest[len(first) : len(rest) - len(last)]
    texts: list[str] = []
    for sign in between:
        text, found, rest = rest.partition(sign)
        if not found:
            return None
        texts.append(text)
    texts.append(rest)
    return dict(zip(values, texts, strict=True)) if all(text.strip() for text in texts) else None

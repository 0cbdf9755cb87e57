"""What came for a call, and what became of it, in the language of whoever looks.

In: a `store.dossiers.Dossier`. Out: `SentLine`s, the newest first: lists with versions and changes as counts, findings by kind with the rule's own
text, each recipient's state and what the authority answered. No names; findings are quoted as `./gw rules` has them.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

import msgspec

from gateway.findings import Severity
from gateway.manifest import ListKind
from gateway.store.deliveries import Delivery
from gateway.store.dossiers import Dossier, SentList
from gateway.store.responses import Heard
from gateway.store.submissions import FindingCount, Submission
from gateway.web.lines import KINDS, Time, capitalised, time_of
from gateway.web.rule_words import kind_in_words
from gateway.web.words import mark, say, say_count

SEVERITIES: Final = {Severity.ERROR: mark("error"), Severity.WARNING: mark("warning"), Severity.INFO: mark("info")}
VERDICTS: Final = {
    "accepted": mark("the authority accepted it"),
    "conditional": mark("the authority accepted it and asks for corrections"),
    "rejected": mark("the authority rejected it"),
    "incomplete": mark("the authority found it incomplete"),
}
_GOOD, _BAD, _OPEN = "on-time", "missing", "due"  # the chips of the board, by their colours
_VERDICT_TONES: Final = {"accepted": _GOOD, "conditional": "late", "rejected": _BAD, "incomplete": _BAD}


class ListLine(msgspec.Struct, frozen=True):
    """One list of the submission, in words."""

    text: str
    quiet: str


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of finding, and how often it was made; `language`: of `text` and `hint`."""

    code: str
    severity: str
    word: str
    count: int
    text: str
    hint: str
    language: str


class DeliveryLine(msgspec.Struct, frozen=True, kw_only=True):
    """Where a list went. `tone` is the chip's class."""

    recipient: str
    what: str
    word: str
    tone: str
    text: str
    verdict: str
    verdict_tone: str


class SentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One submission."""

    id: UUID
    received: Time
    state: str
    channel: str
    format: str
    errors: int
    warnings: int
    lists: tuple[ListLine, ...]
    findings: tuple[FindingLine, ...]
    deliveries: tuple[DeliveryLine, ...]


def sent_lines(dossier: Dossier, here: str, names: Mapping[str, str]) -> list[SentLine]:
    """`here`: by this port's clock; `names`: of the recipients."""
    return [_line(one, dossier, here, names) for one in dossier.submissions]


def _line(one: Submission, dossier: Dossier, here: str, names: Mapping[str, str]) -> SentLine:
    lists = dossier.lists.get(one.id, ())
    return SentLine(
        id=one.id,
        received=time_of(one.received_at, here),
        state=one.state,
        channel=one.channel,
        format=one.format or "",
        errors=one.errors or 0,
        warnings=one.warnings or 0,
        lists=tuple(line for each in lists for line in _parts(each)),
        findings=tuple(_finding(count) for count in dossier.findings.get(one.id, ())),
        deliveries=tuple(
            _delivery(each, sent, dossier.verdicts.get(sent.id), here, names)
            for each in lists
            for sent in dossier.deliveries.get(each.id, ())
        ),
    )


def _parts(one: SentList) -> Iterator[ListLine]:
    for part in one.parts:
        kind = capitalised(say(KINDS[ListKind(part.kind)]))
        if one.function == "cancel":
            yield ListLine(say("%(kind)s, taken back", kind=kind), "")
            continue
        said = say_count(
            "%(kind)s, version %(version)s: %(number)s person",
            "%(kind)s, version %(version)s: %(number)s persons",
            part.listed,
            kind=kind,
            version=part.version,
        )
        yield ListLine(said, _versions(part.changes, part.outdated))


def _versions(changes: Mapping[str, int] | None, outdated: bool) -> str:
    """What became of the persons of the version before, as counts."""
    if outdated:
        return say("A newer list had come before: this one counts for nothing.")
    if not changes:
        return ""
    texts = {"added": "%(number)s added", "removed": "%(number)s removed", "changed": "%(number)s changed"}
    said = [say_count(text, text, changes[name]) for name, text in texts.items() if changes.get(name)]
    what = ", ".join(said) or say("nothing changed")
    return say("%(what)s since version %(before)s", what=capitalised(what), before=changes.get("against_version", 0))


def _finding(one: FindingCount) -> FindingLine:
    words = kind_in_words(one.code)
    return FindingLine(
        code=one.code,
        severity=one.severity,
        word=say(SEVERITIES[Severity(one.severity)]),
        count=one.n,
        text=words.text,
        hint=words.hint,
        language=words.language,
    )


def _delivery(one: SentList, sent: Delivery, heard: Heard | None, here: str, names: Mapping[str, str]) -> DeliveryLine:
    word, tone, text = _state(sent, here)
    verdict = heard.verdict or "" if heard else ""
    kinds = [say(KINDS[ListKind(part.kind)]) for part in one.parts]
    return DeliveryLine(
        recipient=names.get(sent.recipient, sent.recipient),
        what=capitalised(", ".join(kinds)),
        word=word,
        tone=tone,
        text=text,
        verdict=capitalised(say(VERDICTS[verdict])) if verdict in VERDICTS else verdict,
        verdict_tone=_VERDICT_TONES.get(verdict, ""),
    )


def _state(sent: Delivery, here: str) -> tuple[str, str, str]:
    """The state in a word, its colour, and a sentence."""
    settled = time_of(sent.settled_at, here) if sent.settled_at else None
    at = f"{settled.clock} {settled.day} ({settled.utc})" if settled else ""
    tries = say_count("%(number)s attempt", "%(number)s attempts", sent.attempts)
    if sent.state == "accepted":
        return say("delivered"), _GOOD, say("It has it since %(time)s.", time=at)
    if sent.state == "refused":
        return say("refused"), _BAD, say("It will not take it; the operator has been told. %(time)s", time=at)
    if sent.state == "superseded":
        return say("replaced"), "", say("A newer list took its place before it went.")
    if sent.state == "given-up":
        return say("not delivered"), _BAD, say("Given up after %(tries)s; the operator has been told.", tries=tries)
    if sent.is_being_sent:
        return say("being sent"), _OPEN, say("On its way now: %(tries)s so far.", tries=tries)
    if not sent.attempts:
        return say("waiting"), _OPEN, say("It waits to be sent or fetched.")
    again = time_of(sent.run_at, here)
    return (
        say("waiting"),
        _OPEN,
        say("%(tries)s so far; again at %(time)s.", tries=capitalised(tries), time=again.clock),
    )

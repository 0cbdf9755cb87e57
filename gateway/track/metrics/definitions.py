"""The metrics: what each is called, what it counts, in what, and which way is better.

In: nothing. Out: METRICS, the one table of them; every page, export and description reads it. The denominators are expected sailings (schedule,
port calls, AIS) and what the law in force asks of them, never what was sent: silence counts as nothing received.
"""

from typing import Final, Literal

import msgspec

Unit = Literal[
    "sailings", "duties", "persons", "fields", "lists", "submissions", "messages", "notices", "time", "points"
]
Better = Literal["up", "down", "neither"]


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """`parts`: the names of its numbers, where it has several; "" is the metric itself. `contestable`: a lost point has evidence of its own."""

    id: str
    title: str
    definition: str
    unit: Unit
    better: Better
    source: str
    parts: tuple[str, ...] = ("",)
    contestable: bool = False


_98_41: Final = "Directive 98/41/EC art. 4 and 5"
_CBP: Final = "practice of the United States' manifest programme"
_OWN: Final = "terms of the score"

COVERAGE: Final = Metric(
    id="coverage",
    title="Coverage",
    definition="expected sailings of which at least one filing was accepted, of all expected sailings with a duty that fell due",
    unit="sailings",
    better="up",
    source="inspections of 2013 (65 % against a target of 95 %)",
    contestable=True,
)
ON_TIME: Final = Metric(
    id="on-time",
    title="On time",
    definition="duties whose first complete version was received by the deadline, by the gateway's clock, of all duties that fell due",
    unit="duties",
    better="up",
    source=f"{_98_41}; {_CBP}",
    contestable=True,
)
LATENESS: Final = Metric(
    id="lateness",
    title="Lateness",
    definition="how long after the deadline late duties were met: the middle one, and the one that 95 of 100 do not exceed; what never came is in 'on time'",
    unit="time",
    better="down",
    source=_OWN,
    parts=("median", "p95"),
)
EARLY: Final = Metric(
    id="early-complete",
    title="Complete early",
    definition="duties met in full before half of the time was over in which lists can be ready before a deadline, of all duties that fell due",
    unit="duties",
    better="up",
    source=_OWN,
)
FIELDS: Final = Metric(
    id="field-completeness",
    title="Fields filled",
    definition="mandatory fields that were filled, of the persons times their mandatory fields; by the list in force at the deadline, else the first after",
    unit="fields",
    better="up",
    source=f"{_98_41}; FAL forms 5 and 6",
)
PERSONS: Final = Metric(
    id="person-sufficiency",
    title="Persons in full",
    definition="persons with every mandatory field given and without an error, of the persons on the lists that came; a list that did not come is in 'lists in full'",
    unit="persons",
    better="up",
    source=_CBP,
)
MANIFESTS: Final = Metric(
    id="manifest-sufficiency",
    title="Lists in full",
    definition="lists with enough persons in full (the threshold of the terms), of all lists that fell due, those that never came included",
    unit="lists",
    better="up",
    source=_CBP,
    contestable=True,
)
SYNTAX: Final = Metric(
    id="syntax-reject-rate",
    title="Unreadable submissions",
    definition="submissions of which no list could be read, of all submissions received; one that failed for the gateway's own fault is not among them",
    unit="submissions",
    better="down",
    source=_CBP,
)
AGREEMENT: Final = Metric(
    id="count-list-agreement",
    title="Count against list",
    definition="persons counted, less by how many the lists differ, of the persons counted, as both stood 15 minutes after departure; where one of them lacks nobody agrees",
    unit="persons",
    better="up",
    source=_98_41,
    contestable=True,
)
RECONCILIATION: Final = Metric(
    id="reconciliation",
    title="Confirmed at the border",
    definition="persons whom the border or the gangway found as listed, of the persons checked, with the 95 % interval of the sample (Wilson)",
    unit="persons",
    better="up",
    source="counts that the compliance desk or the operator enters; no person is named",
)
GHOSTS: Final = Metric(
    id="ghost-and-missing",
    title="Listed and not on board; on board and not listed",
    definition="at least so many were listed and did not board, of those listed; at least so many boarded and were not listed, of those who boarded",
    unit="persons",
    better="down",
    source="persons-on-board ledger, where boarding was reported",
    parts=("ghosts", "missing"),
)
CORRECTION: Final = Metric(
    id="correction-lag",
    title="Time to mend",
    definition="from the answer that told of an error to the first list without it: notices mended within the time of the terms, before arrival; the middle time, and that of 95 of 100",
    unit="notices",
    better="up",
    source=_OWN,
    parts=("within", "before-arrival", "median", "p95"),
)
AFTER_DEPARTURE: Final = Metric(
    id="post-departure-changes",
    title="Changed after departure",
    definition="persons added, removed or changed by lists received after departure, of the persons listed",
    unit="persons",
    better="down",
    source=_OWN,
)
DUPLICATES: Final = Metric(
    id="duplicates",
    title="Listed twice",
    definition="persons who stand twice on a list, or on the lists of passengers and of crew, by document or by name and date of birth, of the persons listed",
    unit="persons",
    better="down",
    source="EMSWe ERR-028; UK NMSW templates",
    parts=("within", "across", "elsewhere"),
)
PLACEHOLDERS: Final = Metric(
    id="placeholders",
    title="Placeholders",
    definition="persons with a word or sign that stands for a name or a document's number, or born on 1 January, of the persons listed",
    unit="persons",
    better="down",
    source=_OWN,
)
SOURCES: Final = Metric(
    id="quality-source",
    title="Where the data come from",
    definition="persons read from a machine-readable zone, keyed, or taken from bookings, of the persons listed or booked",
    unit="persons",
    better="neither",
    source="confidence of fields by their source",
    parts=("machine-readable", "keyed", "booking"),
)
RECEIPTS: Final = Metric(
    id="receipt-failure",
    title="Not accepted by the authority",
    definition="messages that a recipient did not accept or did not get, by whose affair that is, of all messages whose end is known",
    unit="messages",
    better="down",
    source="EMSWe responses and error codes",
    parts=("carrier", "gateway", "authority"),
)
SCORE: Final = Metric(
    id="score",
    title="Score",
    definition="the weighted sum, in thousandths, of timeliness (duties on time), sufficiency (for each list due the best share of persons in full"
    " before arrival) and agreement (for each sailing the best agreement of a count with a list until 15 minutes after departure); excuses are left out first",
    unit="points",
    better="up",
    source=_OWN,
    parts=("", "timeliness", "sufficiency", "agreement"),
)

METRICS: Final = (
    COVERAGE, ON_TIME, LATENESS, EARLY, FIELDS, PERSONS, MANIFESTS, SYNTAX, AGREEMENT, RECONCILIATION, GHOSTS, CORRECTION, AFTER_DEPARTURE,
    DUPLICATES, PLACEHOLDERS, SOURCES, RECEIPTS, SCORE,
)  # fmt: skip
CONTESTABLE: Final = tuple(one.id for one in METRICS if one.contestable)

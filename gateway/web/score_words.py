"""Scorecards in words: what each metric is called, what it counts, and what lines and the desk may say. Message ids; said by the pages.

In: nothing. Out: tables, one entry for everything in METRICS and in each closed list; a test compares them.
"""

from datetime import datetime, timedelta
from typing import Final

from gateway.track.metrics import Value
from gateway.web.words import figure, full_day, mark, say

METRICS: Final = {
    "coverage": mark("Coverage"),
    "on-time": mark("On time"),
    "lateness": mark("Lateness"),
    "early-complete": mark("Complete early"),
    "field-completeness": mark("Fields filled"),
    "person-sufficiency": mark("Persons in full"),
    "manifest-sufficiency": mark("Lists in full"),
    "syntax-reject-rate": mark("Unreadable submissions"),
    "count-list-agreement": mark("Count against list"),
    "reconciliation": mark("Confirmed at the border"),
    "ghost-and-missing": mark("Listed or on board, not both"),
    "correction-lag": mark("Time to mend"),
    "post-departure-changes": mark("Changed after departure"),
    "duplicates": mark("Listed twice"),
    "placeholders": mark("Placeholders"),
    "quality-source": mark("Where the data come from"),
    "receipt-failure": mark("Not accepted by the authority"),
    "score": mark("Score"),
}
PARTS: Final = {
    "median": mark("the middle one"),
    "p95": mark("95 of 100 at most"),
    "ghosts": mark("listed and not on board"),
    "missing": mark("on board and not listed"),
    "within": mark("within the time of the terms"),
    "before-arrival": mark("before arrival"),
    "across": mark("on the lists of passengers and crew"),
    "elsewhere": mark("on two ships at once"),
    "machine-readable": mark("read from a machine-readable zone"),
    "keyed": mark("keyed"),
    "booking": mark("from bookings"),
    "carrier": mark("the line's affair"),
    "gateway": mark("the gateway's affair"),
    "authority": mark("the authority's affair"),
    "timeliness": mark("timeliness"),
    "sufficiency": mark("sufficiency"),
    "agreement": mark("agreement"),
}
CONTEST_REASONS: Final = {
    "filed-in-time": mark("It was filed in time"),
    "list-was-complete": mark("The list was complete"),
    "numbers-agreed": mark("The numbers agreed"),
    "gateway-fault": mark("The gateway was at fault"),
    "recipient-fault": mark("The authority's system was at fault"),
    "schedule-wrong": mark("The schedule was wrong"),
    "not-our-sailing": mark("It was not our sailing"),
    "sailing-cancelled": mark("The sailing was cancelled"),
    "outage-not-declared": mark("An outage was not declared"),
    "force-majeure": mark("Force majeure"),
}
UPHELD_REASONS: Final = {
    "evidence-confirms": mark("The evidence confirms it"),
    "gateway-fault": mark("The gateway was at fault"),
    "recipient-fault": mark("The authority's system was at fault"),
    "schedule-was-wrong": mark("The schedule was wrong"),
    "excused": mark("It is excused"),
}
REJECTED_REASONS: Final = {
    "evidence-does-not": mark("The evidence does not show it"),
    "not-excused": mark("It is not excused"),
}
DECISION_REASONS: Final = UPHELD_REASONS | REJECTED_REASONS
DECISIONS: Final = (("yes", mark("Give it back"), UPHELD_REASONS), ("no", mark("It stays lost"), REJECTED_REASONS))
"""What the form of a decision says, its button, and the reasons that go with it."""
PRODUCTS: Final = {
    "count": mark("number of persons on board"),
    "list": mark("list of persons on board"),
    "nominal-list": mark("list by name"),
    "crew-list": mark("crew list"),
    "passenger-list": mark("passenger list"),
    "noa": mark("notice of arrival"),
}
REASONS: Final = (
    mark("nothing was due"),
    mark("nothing was late"),
    mark("nothing was mended"),
    mark("no list came"),
    mark("no list came of which this was counted"),
    mark("no list was answered with an error"),
    mark("no message has come to its end"),
    mark("nobody has reported how many boarded"),
    mark("nobody has entered what the border or the gangway found"),
    mark("a submission that cannot be read names no route, no product and no law"),
    mark(
        "every sailing's digests have a key of their own, so that nobody can be followed from ship to ship: two ships are not compared"
    ),
)
"""Why a number cannot be told, as `track.metrics` says it."""
CONTEST_STATES: Final = {"open": mark("open"), "upheld": mark("upheld: the point is given back"), "rejected": mark("rejected: the point stays lost")}  # fmt: skip
DOWN: Final = {
    "gateway": mark("The gateway"),
    "api": mark("The API"),
    "sftp": mark("The SFTP door"),
    "as4": mark("The AS4 door"),
    "single-window": mark("The single window"),
    "port-systems": mark("The port's systems"),
    "network": mark("The network"),
}


def title(metric: str, part: str = "") -> str:
    """On time; Lateness: the middle one."""
    name = say(METRICS[metric])
    if not part:
        return name
    text = say("on one list") if (metric, part) == ("duplicates", "within") else say(PARTS[part])
    return f"{name}: {text}"


def product_in_words(product: str) -> str:
    """What a law asks for."""
    return say(PRODUCTS[product])


def both_days(since: datetime, until: datetime) -> str:
    """1 October 2026 to 31 October 2026: a time without its end, as people say it, with its last day."""
    return say("%(first)s to %(last)s", first=full_day(since), last=full_day(until - timedelta(days=1)))


def number(value: Value) -> str:
    """27 of 30, 14 min, or that it cannot be measured. Small numbers stay numbers."""
    if value.duration is not None:
        return say("%(minutes)s min", minutes=figure(int(value.duration.total_seconds() // 60)))
    if value.numerator is None:
        return say("not measurable")
    if value.denominator is None:
        return figure(value.numerator)
    if not value.denominator:
        return say("nothing to count")
    return say("%(part)s of %(whole)s", part=figure(value.numerator), whole=figure(value.denominator))


def share(value: Value) -> str:
    """90.0 %, where the share says something; else nothing."""
    return "" if value.share is None else f"{figure(round(100 * value.share, 1))} %"

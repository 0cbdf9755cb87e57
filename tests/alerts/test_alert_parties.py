"""Who is told of what, when, once; who is next; and quiet hours, also in the nights when the clocks change."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from gateway.alerts import KINDS, Alarm, Concerns, after_quiet, escalations, parties_of, told, told_of_end
from gateway.keyring.contacts import AlarmKind, Contact, Desk, Quiet, Step
from tests.sailing import at

NOW = at("2026-11-22T12:00")
MINUTE = timedelta(minutes=1)
ABOUT = Concerns(carrier="specimen", recipient="ut-nsw", call="S1", ports=("FIHEL",))


def alarm(kind: AlarmKind = "filing-missing", **changes: Any) -> Alarm:
    facts: dict[str, Any] = {"id": 7, "at": NOW, "last_at": NOW, "times": 1, "kind": kind, "subject": "S1/X", "text": "t", "concerns": ABOUT}  # fmt: skip
    return Alarm(**(facts | changes))


def desk(id: str, role: Any, **changes: Any) -> Desk:
    return Desk(**({"id": id, "name": id, "role": role, "email": (f"{id}@port.example",)} | changes))


def mailbox(name: str, **changes: Any) -> Contact:
    return Contact(**({"email": (f"{name}@line.example",)} | changes))


EVERYBODY = parties_of(
    {"specimen": [mailbox("specimen")], "rival": [mailbox("rival")]},
    {"ut-nsw": [mailbox("ut-nsw")], "ut-piu": [mailbox("ut-piu")]},
    [
        desk("duty-hel", "duty", ports=("FIHEL", "FIVUO")),
        desk("duty-tku", "duty", ports=("FITKU",)),
        desk("compliance", "desk"),
        desk("machine-room", "operator"),
        desk("harbour-master", "next"),
    ],
)


def who(kind: AlarmKind, **changes: Any) -> set[str]:
    return {one.party for one in told(alarm(kind, **changes), EVERYBODY, NOW)}


@pytest.mark.parametrize(
    ("kind", "parties"),
    [
        ("filing-due-soon", {"carrier/specimen", "duty-hel"}),
        ("filing-missing", {"carrier/specimen", "duty-hel", "compliance"}),
        ("filing-incomplete", {"carrier/specimen", "duty-hel"}),
        ("filing-late", {"carrier/specimen", "compliance"}),
        ("authority-rejected", {"carrier/specimen", "duty-hel", "compliance"}),
        ("export-changed", {"carrier/specimen", "machine-room"}),
        ("recipient-out-of-reach", {"recipient/ut-nsw", "machine-room", "compliance"}),
        ("key-ends", {"recipient/ut-nsw", "machine-room"}),
        ("route-ends", {"machine-room", "compliance"}),
        ("submission-failed", {"machine-room"}),
        ("list-unreadable", {"carrier/specimen", "machine-room"}),
        ("set-aside", {"machine-room"}),
        ("account-waits", {"machine-room", "compliance"}),
        ("sign-in-held-up", {"machine-room", "compliance"}),
        ("alert-given-up", set()),  # an alert about alerts would chase its own tail
    ],
)
def test_the_right_party(kind: AlarmKind, parties: set[str]) -> None:
    assert who(kind) == parties


def test_nobody_hears_of_what_concerns_another() -> None:
    assert who("filing-missing", concerns=Concerns()) == {"compliance"}
    assert who("filing-missing", concerns=Concerns(carrier="rival", ports=("FITKU",))) == {"carrier/rival", "duty-tku", "compliance"}  # fmt: skip


def test_every_kind_has_its_words_and_its_audience() -> None:
    assert set(KINDS) == set(get_args(AlarmKind))
    for name, kind in KINDS.items():
        assert kind.title[0].isupper(), name
        assert kind.to_do.endswith("."), name


def test_the_readme_says_of_every_kind_who_is_told() -> None:
    table = re.findall(
        r"^\| (`[a-z-]+`.*?) \| (.+?) \| ", (Path(__file__).parents[2] / "keys" / "README.md").read_text(), re.M
    )
    said = {kind: set(whom.split(", ")) for kinds, whom in table for kind in re.findall(r"`([a-z-]+)`", kinds)}
    assert said.pop("alert-given-up") == {"nobody: it stands on the page"}
    assert said == {name: set(kind.told) for name, kind in KINDS.items() if kind.told}


def test_kinds_narrow_a_line_and_choose_freely_for_our_own_people() -> None:
    narrow = parties_of({"specimen": [mailbox("a", kinds=("filing-missing", "submission-failed"))]}, {}, [])
    assert [bool(told(alarm(kind), narrow, NOW)) for kind in ("filing-missing", "filing-due-soon", "submission-failed")] == [True, False, False]  # fmt: skip
    ours = parties_of({}, {}, [desk("compliance", "desk", kinds=("submission-failed",))])
    assert [bool(told(alarm(kind), ours, NOW)) for kind in ("submission-failed", "filing-missing")] == [True, False]


def test_an_address_of_two_parties_is_told_once() -> None:
    both = parties_of({}, {}, [desk("a", "desk", email=("x@port.example",)), desk("b", "desk", email=("x@port.example",), webhook="https://port.example/hook")])  # fmt: skip
    assert [(one.to.channel, one.to.address) for one in told(alarm(), both, NOW)] == [("email", "x@port.example"), ("webhook", "https://port.example/hook")]  # fmt: skip


# --- escalation --------------------------------------------------------------------------------------------------

CHAIN = parties_of(
    {},
    {},
    [
        desk("duty", "duty", ports=("FIHEL",), escalation=(Step(to="master", minutes=15), Step(to="director", minutes=60))),
        desk("master", "next"),
        desk("director", "next", quiet=Quiet(since="22:00", until="06:00", zone="Europe/Helsinki")),
    ],
)  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "next_ones", "is_more"),
    [
        (0, [], True),
        (14, [], True),
        (15, ["master"], True),
        (59, ["master"], True),
        (60, ["master", "director"], False),
    ],
)
def test_who_is_next_and_when(minutes: int, next_ones: list[str], is_more: bool) -> None:
    first = told(alarm(), CHAIN, NOW)
    new, more = escalations(alarm(), CHAIN, first, NOW + minutes * MINUTE)
    assert ([one.party for one in new], more) == (next_ones, is_more)
    assert {one.instead_of for one in new} <= {"duty"}


def test_each_is_told_once() -> None:
    first = told(alarm(), CHAIN, NOW)
    new, _ = escalations(alarm(), CHAIN, first, NOW + 15 * MINUTE)
    assert escalations(alarm(), CHAIN, [*first, *new], NOW + 20 * MINUTE) == ([], True)
    last, _ = escalations(alarm(), CHAIN, [*first, *new], NOW + 90 * MINUTE)
    assert [one.party for one in last] == ["director"]
    assert escalations(alarm(), CHAIN, [*first, *new, *last], NOW + timedelta(days=3)) == ([], False)


def test_minutes_count_from_when_the_party_was_to_be_told() -> None:
    """A night in which the duty officer is not told does not count against the duty officer."""
    asleep = Quiet(since="22:00", until="06:00", zone="Europe/Helsinki")
    sleepy = parties_of({}, {}, [desk("duty", "duty", ports=("FIHEL",), quiet=asleep, escalation=(Step(to="b", minutes=15),)), desk("b", "next")])  # fmt: skip
    night = at("2026-11-22T23:00")  # 01:00 in Helsinki
    first = told(alarm(), sleepy, night)
    assert [one.due_at for one in first] == [at("2026-11-23T04:00")]
    assert escalations(alarm(), sleepy, first, at("2026-11-23T04:14")) == ([], True)
    assert [one.party for one in escalations(alarm(), sleepy, first, at("2026-11-23T04:15"))[0]] == ["b"]


def test_that_it_is_over_hears_whoever_heard_of_it_or_may_have() -> None:
    first = told(alarm(), EVERYBODY, NOW)
    states = ("sent", "in-doubt", "waiting", "dropped", "given-up")
    so_far = [msgspec.structs.replace(first[0], party=state, state=state) for state in states]
    assert [one.party for one in told_of_end(alarm(), EVERYBODY, so_far, NOW)] == ["sent", "in-doubt"]


# --- quiet hours -------------------------------------------------------------------------------------------------

HELSINKI = Quiet(since="22:00", until="06:00", zone="Europe/Helsinki", loud=("filing-missing",))


def until(now: str, quiet: Quiet = HELSINKI, kind: AlarmKind = "filing-due-soon") -> datetime:
    return after_quiet(quiet, kind, at(now))


@pytest.mark.parametrize(
    ("now", "told_at"),
    [
        ("2026-11-22T19:59:59", "2026-11-22T19:59:59"),  # 21:59:59 there
        ("2026-11-22T20:00", "2026-11-23T04:00"),
        ("2026-11-22T23:59", "2026-11-23T04:00"),
        ("2026-11-23T03:59:59", "2026-11-23T04:00"),
        ("2026-11-23T04:00", "2026-11-23T04:00"),
    ],
)
def test_quiet_hours_to_the_second(now: str, told_at: str) -> None:
    assert until(now) == at(told_at)


def test_what_is_loud_comes_through_and_without_quiet_hours_everything() -> None:
    assert until("2026-11-22T23:00", kind="filing-missing") == at("2026-11-22T23:00")
    assert after_quiet(None, "filing-due-soon", NOW) == NOW


def test_quiet_hours_of_a_day() -> None:
    noon = Quiet(since="12:00", until="13:30", zone="Europe/Madrid")
    assert until("2026-07-20T10:30", noon) == at("2026-07-20T11:30")
    assert until("2026-07-20T11:30", noon) == at("2026-07-20T11:30")


@pytest.mark.parametrize(
    ("quiet", "now", "told_at"),
    [
        # 25 October 2026: 03:00 to 04:00 comes twice in Helsinki (00:00 to 02:00 UTC)
        (("22:00", "06:00"), "2026-10-24T20:00", "2026-10-25T04:00"),
        (("22:00", "03:30"), "2026-10-24T22:00", "2026-10-25T00:30"),  # the first 03:30
        (("22:00", "03:30"), "2026-10-25T01:10", "2026-10-25T01:10"),  # the second 03:10: it was over before
        # 28 March 2027: 03:00 to 04:00 does not come (01:00 UTC)
        (("22:00", "06:00"), "2027-03-27T21:00", "2027-03-28T03:00"),
        (("22:00", "03:30"), "2027-03-27T22:00", "2027-03-28T01:30"),  # where 03:30 would have been: 04:30 there
    ],
)
def test_the_nights_when_the_clocks_change(quiet: tuple[str, str], now: str, told_at: str) -> None:
    since, end = quiet
    assert until(now, Quiet(since=since, until=end, zone="Europe/Helsinki")) == at(told_at)

"""Break-glass cases by the clock and by who asks: no order of steps lets one account see a name. The order of the roll."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.manifest import Person, Role
from gateway.rescue import (
    WAITS,
    Case,
    Deny,
    Group,
    Reason,
    Refusal,
    State,
    decision_denied,
    is_same_person,
    may_close,
    opening_denied,
    roll,
    state_of,
)
from gateway.rescue.roll import years
from tests.often import often
from tests.specimen import crew_manifest, passenger_manifest

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def asked(**changes: object) -> Case:
    known = Case(
        id=UUID(int=1), call_id="C1", manifest_id=None, carrier="specimen", vessel="SPECIMEN STAR", reason=Reason.DISTRESS,
        case_number="SAR 2026/118", hours=4, asked_by="officer one", asked_email="one@mrcc.example", asked_at=NOW,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def granted(by: str = "officer two", at: datetime = NOW, hours: int = 4) -> Case:
    return asked(decided_by=by, decided_at=at, until=at + hours * HOUR)


@pytest.mark.parametrize(
    ("case", "at", "state"),
    [
        (asked(), NOW, State.ASKED), (asked(), NOW + WAITS - SECOND, State.ASKED), (asked(), NOW + WAITS, State.LAPSED),
        (asked(closed_at=NOW, closed_by="officer one"), NOW, State.WITHDRAWN),
        (asked(decided_by="officer two", decided_at=NOW, refusal=Refusal.NO_CASE), NOW + 9 * HOUR, State.REFUSED),
        (granted(), NOW + 4 * HOUR - SECOND, State.OPEN), (granted(), NOW + 4 * HOUR, State.EXPIRED),
        (msgspec.structs.replace(granted(), closed_at=NOW + HOUR, closed_by="officer two"), NOW + HOUR, State.CLOSED),
        (granted(hours=24), NOW + 24 * HOUR - SECOND, State.OPEN), (granted(hours=24), NOW + 24 * HOUR, State.EXPIRED),
    ],
)  # fmt: skip
def test_the_clock_ends_a_case_by_itself(case: Case, at: datetime, state: State) -> None:
    assert state_of(case, at) is state


def test_only_the_two_open_it_and_only_while_it_is_open() -> None:
    for case, denied in ((asked(), Deny.NOT_GRANTED), (granted(), None)):
        assert opening_denied(case, "officer one", NOW) is denied
        assert opening_denied(case, "officer three", NOW) is Deny.NOT_ONE_OF_THE_TWO
    assert opening_denied(granted(), "officer two", NOW) is None
    assert opening_denied(granted(), "officer two", NOW + 4 * HOUR) is Deny.OVER
    for ended in (msgspec.structs.replace(granted(), closed_at=NOW), msgspec.structs.replace(asked(), closed_at=NOW)):
        assert opening_denied(ended, "officer one", NOW) is Deny.CLOSED
    assert [may_close(granted(), name, NOW) for name in ("officer one", "officer two", "operator")] == [
        True,
        True,
        False,
    ]
    assert not may_close(granted(), "officer one", NOW + 4 * HOUR)


@pytest.mark.parametrize(
    ("name", "email", "denied"),
    [
        ("officer one", "", Deny.SAME_PERSON), ("Officer  ONE ", "", Deny.SAME_PERSON), ("ｏfficer one", "", Deny.SAME_PERSON),
        ("officer two", "ONE@mrcc.example", Deny.SAME_PERSON), ("officer two", "two@mrcc.example", None), ("officer two", "", None),
    ],
)  # fmt: skip
def test_nobody_decides_on_what_he_asked_for(name: str, email: str, denied: Deny | None) -> None:
    assert decision_denied(asked(), name, email, NOW) is denied
    assert decision_denied(asked(), "officer two", "two@mrcc.example", NOW + WAITS) is Deny.LAPSED
    assert decision_denied(granted(), "officer three", "", NOW) is Deny.DECIDED
    assert not is_same_person("officer one", "", "officer two", "")


STEPS = st.tuples(
    st.sampled_from(["ask", "grant", "refuse", "open", "close", "wait"]),
    st.sampled_from(["officer one", "OFFICER ONE", " officer  one"]),
    st.integers(0, 30),
)


@often(100)
@given(st.lists(STEPS, max_size=14))
def test_no_order_of_steps_shows_names_to_one_person_alone(steps: list[tuple[str, str, int]]) -> None:
    """Under whichever spelling of the name, and at whatever time, each case starting where the last one ended."""
    case, now = asked(), NOW
    for what, name, hours in steps:
        now += hours * HOUR
        if what == "ask":
            case = asked(asked_by=name, asked_at=now)
        elif what in ("grant", "refuse") and decision_denied(case, name, "", now) is None:
            until, refusal = (now + HOUR, None) if what == "grant" else (None, Refusal.NO_CASE)
            case = msgspec.structs.replace(case, decided_by=name, decided_at=now, until=until, refusal=refusal)
        elif what == "close" and may_close(case, name, now):
            case = msgspec.structs.replace(case, closed_by=name, closed_at=now)
        assert all(opening_denied(case, one, now) for one in ("officer one", "OFFICER ONE", " officer  one"))


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("2024-11-22", (2, 2)), ("2024-11-23", (1, 1)), ("2008-02-29", (18, 18)), ("1974", (51, 52)), ("1974-11", (51, 52)), ("1974-12", (51, 51)),
        ("2026-11-22", (0, 0)), ("2026", (0, 0)), ("2027-01-01", None), (None, None), ("", None),
    ],
)  # fmt: skip
def test_ages_are_full_years_and_never_guessed(birth: str | None, expected: tuple[int, int] | None) -> None:
    assert years(birth, date(2026, 11, 22)) == expected


def test_who_needs_help_stands_first_then_the_youngest_then_everybody_by_cabin() -> None:
    def person(family: str, birth: str | None, cabin: str | None = None, **more: object) -> Person:
        return Person(sequence=1, family_name=family, birth_date=birth, cabin=cabin, **more)  # type: ignore[arg-type]

    found = roll(
        [
            person("TESTCREW", "1980-01-01", "1", role=Role.CREW), person("TESTMASTER", "1970-01-01", "9", role=Role.CREW, master=True),
            person("TENTH", "1980-01-01", "10"), person("NINTH", "1980-01-01", "9"), person("NOWHERE", "1980-01-01"),
            person("CHILD", "2014-01-01", "1"), person("MAYBECHILD", "2008"), person("INFANT", "2025-12-01"), person("AGELESS", None),
            person("CARE", "1950-01-01", special_care="wheelchair"),
        ],
        date(2026, 11, 22),
    )  # fmt: skip
    assert [(line.number, line.family_name) for line in found] == list(enumerate(
        ["CARE", "INFANT", "CHILD", "MAYBECHILD", "AGELESS", "NINTH", "TENTH", "NOWHERE", "TESTMASTER", "TESTCREW"], 1
    ))  # fmt: skip
    assert [line.group for line in found][:5] == [
        Group.SPECIAL_CARE, Group.INFANTS, Group.CHILDREN, Group.CHILDREN, Group.AGE_UNKNOWN,
    ]  # fmt: skip
    assert "CARE" not in repr(found)


def test_everybody_is_on_the_roll() -> None:
    persons = [*passenger_manifest().persons, *crew_manifest().persons]
    found = roll(persons, date(2026, 11, 22))
    assert sorted(f"{line.family_name}" for line in found) == sorted(f"{person.family_name}" for person in persons)

"""What is due: every rule by the clock, moved times, law that changes at midnight, nights when the clocks change."""

from datetime import timedelta

import pytest

from gateway.obligations import Exemption, ExpectedCall, due, parse_law
from gateway.track import State, standing
from tests.core.test_obligations_law import GOOD
from tests.sailing import MINUTE, at, complete, duty, filing, sailing, shipped_law

FERRY = sailing(atd="2026-07-20T10:10")
FROM_UK = sailing("GBDVR-FRCQF", distance_nm=26.0, atd="2026-07-20T10:10")
TO_UK = sailing("FRCQF-GBDVR", distance_nm=26.0, atd="2026-07-20T10:10")
LONG = {"service": "cruise", "etd": "2026-07-18T16:00", "eta": "2026-07-20T06:00"}  # 38 h
OCEAN = {"service": "cruise", "etd": "2026-07-18T16:00", "eta": "2026-07-24T10:00"}  # 138 h
CRUISE = sailing("TRIST-GRPIR", **LONG)
SHORT_CRUISE = sailing("TRKUS-GRPIR", service="cruise", boarding_closed="2026-07-20T09:40")
CARGO = {"passenger_capacity": 8, "service": "other"}

# obligation, sailing, deadline in UTC, strict. Worked out by hand from the clause.
TABLE: list[tuple[str, ExpectedCall, str, bool]] = [
    ("EU-9841-COUNT", FERRY, "2026-07-20T10:10", True),
    ("EU-9841-LIST", FERRY, "2026-07-20T10:25", False),
    ("EU-9841-LIST-INBOUND", FROM_UK, "2026-07-20T10:25", False),
    ("EEA-9841-LIST", sailing("NOOSL-DKCPH", distance_nm=270.0), "2026-07-20T10:15", False),
    ("EU-SBC-CRUISE", CRUISE, "2026-07-19T06:00", False),
    ("EU-SBC-CRUISE", SHORT_CRUISE, "2026-07-20T10:10", False),
    ("EU-SBC-FERRY", FROM_UK, "2026-07-20T10:40", False),
    ("EU-SBC-OTHER", sailing("TRIST-GRPIR", **{**LONG, **CARGO}), "2026-07-19T06:00", False),
    ("EU-SBC-OTHER", sailing("TRIST-GRPIR", **CARGO), "2026-07-20T10:00", False),
    ("EU-EMSWE-PXA", CRUISE, "2026-07-19T06:00", False),
    ("EU-EMSWE-PXA", SHORT_CRUISE, "2026-07-20T10:00", False),
    ("EU-EMSWE-CWA", CRUISE, "2026-07-19T06:00", False),
    ("EU-EMSWE-PXD", sailing("GRPIR-TRIST", **LONG), "2026-07-18T16:00", False),
    ("EU-EMSWE-CWD", sailing("GRPIR-TRIST", **LONG), "2026-07-18T16:00", False),
    ("FI-PXA", sailing("GBSOU-FIHEL", **OCEAN), "2026-07-23T10:00", False),
    ("FI-PXA", sailing("RULED-FIHEL", atd="2026-07-20T10:10"), "2026-07-20T10:40", False),
    ("FI-PXA", sailing("RULED-FIHEL", service="cruise", atd="2026-07-20T10:10"), "2026-07-20T10:40", False),
    ("FI-CWA", sailing("GBSOU-FIHEL", **OCEAN), "2026-07-23T10:00", False),
    ("FI-CWA", sailing("RULED-FIHEL", atd="2026-07-20T10:10"), "2026-07-20T10:40", False),
    ("FI-PXD", sailing("FIHEL-RULED", atd="2026-07-20T10:10"), "2026-07-20T10:00", False),
    ("FI-CWD", sailing("FIHEL-RULED", atd="2026-07-20T10:10"), "2026-07-20T10:00", False),
    ("IMO-SOLAS-COUNT", FERRY, "2026-07-20T10:10", True),
    ("IMO-SOLAS-LIST", FERRY, "2026-07-20T10:10", False),
    ("UK-27B-ARR", TO_UK, "2026-07-19T10:00", False),
    ("UK-27B-DEP", FROM_UK, "2026-07-20T10:40", False),
    ("US-NOA", sailing("GBSOU-USNYC", **OCEAN), "2026-07-20T10:00", False),
    ("US-NOA", sailing("BSNAS-USMIA", **LONG), "2026-07-18T16:00", True),  # leaves 38 h ahead: the departure comes first
    ("US-NOA", sailing("BSNAS-USMIA", service="cruise"), "2026-07-19T12:30", False),
    ("US-APIS-DEP", sailing("USMIA-BSNAS", service="cruise", atd="2026-07-20T10:10"), "2026-07-20T09:10", False),
    ("US-APIS-ARR", sailing("GBSOU-USNYC", **OCEAN), "2026-07-20T10:00", False),
    ("NL-BORDER-ARR", sailing("GBHRW-NLRTM", distance_nm=120.0), "2026-07-20T00:30", False),
    ("CA-API", sailing("GLGOH-CAHAL", **OCEAN), "2026-07-17T16:00", False),
    ("CA-MTSR-221", sailing("GBSOU-CAHAL", **OCEAN), "2026-07-20T10:00", False),
    ("CA-MTSR-221", sailing("GLGOH-CAHAL", **LONG), "2026-07-19T06:00", False),
    ("CA-MTSR-221", sailing("USSEA-CAVAN", atd="2026-07-20T10:10"), "2026-07-20T10:10", False),
    ("AU-64ACA", sailing("NZAKL-AUSYD", **OCEAN), "2026-07-20T10:00", False),
    ("NZ-ANA", sailing("AUSYD-NZAKL", **OCEAN), "2026-07-22T10:00", False),
    ("CARICOM-IN", sailing("USMIA-BBBGI", **OCEAN), "2026-07-23T10:00", False),
    ("CARICOM-OUT", sailing("BBBGI-PRSJU", atd="2026-07-20T10:10"), "2026-07-20T10:25", False),
    ("CARICOM-WITHIN", sailing("BBBGI-LCCAS", atd="2026-07-20T10:10"), "2026-07-20T09:10", False),
    ("GH-ARR", sailing("CIABJ-GHTEM"), "2026-07-20T10:30", False),
    ("GH-DEP", sailing("GHTEM-CIABJ"), "2026-07-20T08:00", False),
]  # fmt: skip


def test_the_table_has_every_rule_with_a_time_limit() -> None:
    timed = {obligation.id for obligation in shipped_law().obligations if obligation.deadline or obligation.on_request}
    assert {row[0] for row in TABLE} == timed


@pytest.mark.parametrize(("obligation", "call", "deadline", "strict"), TABLE)
def test_a_minute_before_at_and_after(obligation: str, call: ExpectedCall, deadline: str, strict: bool) -> None:
    one, then = duty(obligation, call), at(deadline)
    assert (one.deadline, one.strict) == (then, strict)
    for received, state in (
        (then - MINUTE, State.ON_TIME),
        (then, State.LATE if strict else State.ON_TIME),
        (then + MINUTE, State.LATE),
    ):
        judged = standing(one, complete(one, received), then + timedelta(days=2))
        assert judged.if_counted is state
        assert judged.state is (state if one.counted else State.NOT_COUNTED)
        assert judged.lateness == (received - then if state is State.LATE else None)
    assert standing(one, [], then - MINUTE).if_counted is State.DUE
    assert standing(one, [], then).if_counted is (State.MISSING if strict else State.DUE)
    assert standing(one, [], then + MINUTE).if_counted is State.MISSING


@pytest.mark.parametrize(("obligation", "call"), [(row[0], row[1]) for row in TABLE])
def test_only_what_is_confirmed_and_enforcing_counts(obligation: str, call: ExpectedCall) -> None:
    law = {one.id: one for one in shipped_law().obligations}[obligation]
    assert duty(obligation, call).counted is (law.confidence == "confirmed" and law.status == "enforcing")


def obligations(call: ExpectedCall, jurisdiction: str) -> set[str]:
    return {one.obligation for one in due(call, shipped_law()) if one.jurisdiction == jurisdiction}


@pytest.mark.parametrize(
    ("call", "jurisdiction", "expected"),
    [
        (sailing(distance_nm=20.0), "EU", {"EU-9841-COUNT"}),  # "more than" 20 nautical miles
        (sailing(distance_nm=20.1), "EU", {"EU-9841-COUNT", "EU-9841-LIST"}),
        (sailing(service="other", passenger_capacity=12), "EU", {"EU-EMSWE-CWD", "EU-EMSWE-CWA"}),
        (sailing("TRIST-CYLMS", distance_nm=18.0), "EU", set()),  # Cyprus is outside the Schengen area
        (sailing("GBDVR-FRCQF", distance_nm=18.0), "EU", set()),
        (sailing("GBLIV-IMDGS"), "EU", set()),
        (sailing("GRPIR-MTMLA", service="cruise", previous_port="ITCVV", next_port="ITCVV"), "EU",
         {"EU-9841-COUNT", "EU-9841-LIST", "EU-EMSWE-PXA", "EU-EMSWE-CWA", "EU-EMSWE-PXD", "EU-EMSWE-CWD"}),
        (sailing("EETLL-FIHEL"), "FI", set()),
        (sailing("GBLIV-GBBEL"), "UK", set()),
        (sailing("GBSOU-USNYC"), "US", set()),  # ferries are left out
        (sailing("USMIA-PRSJU", **LONG), "US", set()),
    ],
)  # fmt: skip
def test_who_is_bound(call: ExpectedCall, jurisdiction: str, expected: set[str]) -> None:
    assert obligations(call, jurisdiction) == expected


def test_a_cruise_inside_the_area_reports_once_it_calls_outside() -> None:
    inside = {"service": "cruise", "previous_port": "ITCVV"}
    calls_turkey = sailing("GRPIR-MTMLA", **inside, next_port="TRIST")
    assert duty("EU-SBC-CRUISE", calls_turkey).counted
    unknown = duty("EU-SBC-CRUISE", sailing("GRPIR-MTMLA", **inside))
    assert not unknown.counted
    assert unknown.missing == ("the ports before and after this leg",)


def test_an_unknown_distance_is_shown_but_held_against_nobody() -> None:
    one = duty("EU-9841-LIST", sailing(distance_nm=None))
    assert one.deadline == at("2026-07-20T10:15")
    assert (one.counted, one.missing) == (False, ("the distance of the leg",))
    assert "the distance of the leg" in one.explanation
    assert standing(one, [], at("2026-07-21T00:00")).state is State.NOT_COUNTED


def test_a_deadline_moves_with_its_sailing() -> None:
    assert duty("EU-SBC-CRUISE", sailing("TRIST-GRPIR", **{**LONG, "eta": "2026-07-20T09:00"})).deadline == at(
        "2026-07-19T09:00"
    )
    planned = duty("EU-9841-LIST", sailing())
    assert (planned.deadline, planned.provisional) == (at("2026-07-20T10:15"), True)
    left_late = duty("EU-9841-LIST", sailing(atd="2026-07-20T11:50"))
    assert (left_late.deadline, left_late.provisional) == (at("2026-07-20T12:05"), False)
    list_at_noon = filing(received_at="2026-07-20T12:00")
    assert standing(left_late, [list_at_noon], at("2026-07-21T00:00")).state is State.ON_TIME
    assert standing(planned, [list_at_noon], at("2026-07-21T00:00")).state is State.LATE


def test_a_leg_of_exactly_the_notice_takes_the_notice() -> None:
    day = sailing("TRIST-GRPIR", service="cruise", etd="2026-07-19T06:00", eta="2026-07-20T06:00")
    assert duty("EU-SBC-CRUISE", day).deadline == at("2026-07-19T06:00")
    shorter = sailing("TRIST-GRPIR", service="cruise", etd="2026-07-19T06:01", eta="2026-07-20T06:00")
    assert duty("EU-SBC-CRUISE", shorter).deadline == at("2026-07-19T06:31")
    assert duty("EU-SBC-CRUISE", shorter).provisional  # the departure stands in for the end of boarding


def test_of_two_limits_at_the_same_time_the_stricter_decides() -> None:
    limits = '{ anchor = "etd", relation = "by" }, { anchor = "atd", relation = "before" }'
    law, _ = parse_law("xx.toml", GOOD.replace('{ anchor = "atd", offset = "PT15M", relation = "by" }', limits))
    assert duty("XX-LIST", sailing(atd="2026-07-20T10:00"), law).strict
    assert not duty("XX-LIST", sailing(atd="2026-07-20T10:01"), law).strict


def test_a_missing_anchor_is_named_and_nothing_is_late() -> None:
    one = duty("EU-SBC-CRUISE", sailing("TRIST-GRPIR", service="cruise", eta=None))
    assert (one.deadline, one.missing) == (None, ("the time of arrival",))
    assert "the time of arrival" in one.explanation
    assert standing(one, [], at("2027-01-01T00:00")).state is State.NOT_DUE
    assert duty("IMO-FAL-6", sailing()).missing == ("the law's time limit",)


def test_the_explanation_has_local_and_utc_time_and_the_source() -> None:
    said = duty("EU-9841-LIST", FERRY).explanation
    assert said == (
        "by 2026-07-20 13:25 Europe/Helsinki (2026-07-20 10:25 UTC): 15 min after the actual departure (test)"
    )
    assert "provisional, because the actual departure is not known" in duty("EU-9841-LIST", sailing()).explanation
    assert duty("EU-SBC-CRUISE", CRUISE).explanation.startswith(
        "by 2026-07-19 09:00 Europe/Athens (2026-07-19 06:00 UTC): 24 h before the estimated arrival"
    )


def test_requests_bind_while_they_live_and_only_whom_they_name() -> None:
    assert duty("UK-27B-DEP", FROM_UK).request == "UK-27B/DEP"
    assert "UK-27B-DEP" not in obligations(sailing("GBDVR-FRCQF", carrier="another"), "UK")
    assert "UK-27B-DEP" not in obligations(sailing("GBDVR-FRCQF", imo="9074729"), "UK")
    assert "UK-27B-ARR" in obligations(sailing("FRCQF-GBDVR", carrier="another", imo="9074729"), "UK")
    for last, bound in (("2026-11-30T23:59", True), ("2026-12-01T00:01", False)):
        late = sailing("GBDVR-FRCQF", etd=last, eta="2026-12-01T02:00")
        assert ("UK-27B-DEP" in obligations(late, "UK")) is bound


OLD_AND_NEW = GOOD.replace("XX-LIST", "XX-OLD").replace(
    "since = 2026-01-01", "since = 2025-01-01, until = 2026-07-19"
) + (
    GOOD.split('jurisdiction = "XX"')[1]
    .replace("XX-LIST", "XX-NEW")
    .replace("2026-01-01", "2026-07-20")
    .replace("15M", "5M")
)


@pytest.mark.parametrize(
    ("departure", "in_force"),
    [
        ("2026-07-19T20:59", "XX-OLD"),  # 23:59 in Helsinki
        ("2026-07-19T21:00", "XX-NEW"),  # midnight in Helsinki, three hours before midnight in UTC
        ("2026-07-19T23:59", "XX-NEW"),
    ],
)
def test_the_law_changes_at_midnight_in_the_port(departure: str, in_force: str) -> None:
    law, _ = parse_law("xx.toml", OLD_AND_NEW)
    assert [one.obligation for one in due(sailing(etd=departure, eta=None), law)] == [in_force]


def test_the_actual_departure_decides_which_law_is_in_force() -> None:
    law, _ = parse_law("xx.toml", OLD_AND_NEW)
    slipped = sailing(etd="2026-07-19T20:50", atd="2026-07-19T21:10")
    assert [one.obligation for one in due(slipped, law)] == ["XX-NEW"]


def test_a_duty_at_arrival_goes_by_the_day_there() -> None:
    law, _ = parse_law("xx.toml", OLD_AND_NEW.replace('port = "departure"', 'port = "arrival"'))
    across = sailing(
        "GRPIR-ESBCN", etd="2026-07-18T08:00", eta="2026-07-19T21:30"
    )  # 23:30 in Barcelona, 00:30 in Piraeus
    assert [one.obligation for one in due(across, law)] == ["XX-OLD"]


def test_notice_is_in_hours_however_the_clocks_change() -> None:
    """The night of 24 to 25 October 2026 has 25 hours in Athens: 24 hours before 07:00 EET is 08:00 EEST."""
    one = duty(
        "EU-SBC-CRUISE", sailing("TRIST-GRPIR", service="cruise", etd="2026-10-23T16:00", eta="2026-10-25T05:00")
    )
    assert one.deadline == at("2026-10-24T08:00+03:00")
    assert one.explanation.startswith("by 2026-10-24 08:00 Europe/Athens (2026-10-24 05:00 UTC)")
    spring = duty(
        "EU-SBC-CRUISE", sailing("TRIST-GRPIR", service="cruise", etd="2026-03-27T16:00", eta="2026-03-29T04:00")
    )
    assert spring.deadline == at("2026-03-28T06:00+02:00")


def test_exempt_cancelled_and_drafts() -> None:
    until = at("2026-07-20T00:00").date()
    exempt = sailing(exemptions=(Exemption("EU-9841-LIST", "certificate 12", until),))
    late = at("2026-07-21T00:00")
    assert standing(duty("EU-9841-LIST", exempt), [], late).state is State.EXCUSED
    assert standing(duty("EU-9841-COUNT", exempt), [], late).state is State.MISSING
    expired = sailing(exemptions=(Exemption("EU-9841-LIST", "certificate 12", at("2026-07-19T00:00").date()),))
    assert standing(duty("EU-9841-LIST", expired), [], late).state is State.MISSING
    outage = sailing(exemptions=(Exemption("*", "declared outage"),))
    assert {one.excused for one in due(outage, shipped_law())} == {"declared outage"}
    cancelled = duty("EU-9841-LIST", sailing(status="cancelled"))
    assert standing(cancelled, [], late).state is State.CANCELLED
    draft, _ = parse_law("xx.toml", GOOD.replace('"enforcing"', '"draft"'))
    assert draft.obligations
    assert due(sailing(), draft) == []


def test_dues_come_by_deadline_and_those_without_last() -> None:
    deadlines = [one.deadline for one in due(FERRY, shipped_law())]
    known = [deadline for deadline in deadlines if deadline]
    assert known == sorted(known)
    assert deadlines == [*known, *[None] * (len(deadlines) - len(known))]

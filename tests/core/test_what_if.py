"""Other law on the same sailings: proposed, or another day's."""

from datetime import date
from pathlib import Path

from gateway.manifest import ListKind, Purpose
from gateway.obligations import Law, due, parse_law
from gateway.obligations.what_if import law_as
from gateway.track.standing import State
from gateway.track.what_if import outcome
from tests.sailing import at, filing, sailing, shipped_law

PROPOSED = Path(__file__).parents[2] / "schemas" / "obligations" / "proposed" / "imo-fal51.toml"


def fal51() -> Law:
    law, problems = parse_law(PROPOSED.name, PROPOSED.read_text("utf-8"))
    assert problems == []
    return law


def ids(law: Law) -> list[str]:
    return [one.obligation for one in due(sailing(), law)]


def test_proposed_law_is_measured_by_nobody_and_binds_in_a_what_if() -> None:
    assert not {"IMO-FAL-API", "IMO-FAL-BRI"} & set(ids(shipped_law()))
    other = law_as(shipped_law(), fal51())
    asked = {one.obligation: one for one in due(sailing(), other)}
    assert asked["IMO-FAL-API"].counted
    assert asked["IMO-FAL-API"].strict
    assert "EU-9841-LIST" in asked, "what is in force stays"


def test_the_law_of_a_day_is_that_day_s_alone() -> None:
    assert "IMO-FAL-API" not in ids(law_as(shipped_law(), fal51(), on=date(2027, 12, 31)))
    assert "IMO-FAL-API" in ids(law_as(shipped_law(), fal51(), on=date(2028, 1, 1)))
    before = ids(law_as(shipped_law(), on=date(1998, 12, 31)))
    assert before == [], "nothing here is as old"
    assert "IMO-SOLAS-COUNT" in ids(law_as(shipped_law(), on=date(1999, 1, 1)))


def test_what_is_proposed_takes_the_place_of_what_has_its_id() -> None:
    (found,) = (one for one in shipped_law().obligations if one.id == "EU-9841-LIST")
    text = f"""
jurisdiction = "EU"
[[obligation]]
id = "{found.id}"
title = "earlier"
clause = "an amendment"
port = "departure"
product = "list"
fields = ["cabin"]
purposes = ["safety"]
recipients = ["nsw"]
deadline = [{{ limits = [{{ anchor = "etd", offset = "-PT24H" }}] }}]
valid = {{ since = 2040-01-01 }}
confidence = "unconfirmed"
status = "draft"
"""
    law = law_as(shipped_law(), parse_law("amended.toml", text)[0])
    (one,) = (one for one in due(sailing(), law) if one.obligation == found.id)
    assert (one.title, one.deadline) == ("earlier", at("2026-07-19T10:00"))


def test_what_would_fail_and_for_lack_of_what() -> None:
    calls = [sailing(), sailing(id="S2"), sailing(id="S3", status="cancelled")]
    law = law_as(Law(), fal51())
    given = {"received_at": "2026-07-20T09:00", "purposes": (Purpose.BORDER,)}
    passengers = filing(ListKind.PASSENGERS, **given, persons=7, missing={"document.expiry": 3})
    listed = [passengers, filing(ListKind.CREW, **given, persons=2)]
    found = outcome([one for call in calls for one in due(call, law)], listed, at("2026-07-21T00:00"))
    sums = {one.obligation: one for one in found.sums}
    api = sums["IMO-FAL-API"]
    assert (api.sailings, api.met, api.late, api.incomplete, api.missing, api.open) == (2, 0, 0, 1, 1, 0)
    assert api.fields == {"document.expiry": 3}
    assert sums["IMO-FAL-BRI"].missing == 2, "a border list is no booking data"
    assert {(one.call, one.state) for one in found.failing if one.obligation == "IMO-FAL-API"} == {
        ("S1", State.INCOMPLETE), ("S2", State.MISSING)
    }  # fmt: skip
    assert outcome([one for call in calls for one in due(call, law)], [], at("2026-07-19T00:00")).failing == ()

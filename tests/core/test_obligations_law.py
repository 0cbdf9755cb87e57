"""Law files: the shipped ones are sound; of an unsound one everything is said at once, and the rest stands."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.raw import FIELDS
from gateway.obligations import merge, parse_law
from gateway.track.filing import ABSENT, OF_LIST
from tests.often import often
from tests.sailing import LAW_FILES, shipped_law

GOOD = """
jurisdiction = "XX"
[[obligation]]
id = "XX-LIST"
title = "List"
clause = "Act 1, section 2"
port = "departure"
applies = { departs = ["EU", "NO"], distance_over_nm = 20 }
product = "list"
fields = ["family_name"]
purposes = ["safety"]
recipients = ["nsw"]
deadline = [{ limits = [{ anchor = "atd", offset = "PT15M", relation = "by" }] }]
valid = { since = 2026-01-01 }
confidence = "confirmed"
status = "enforcing"
"""


def problems(text: str) -> list[str]:
    law, found = parse_law("xx.toml", text)
    return found + merge([law])[1]


def test_every_shipped_file_loads_without_a_problem() -> None:
    assert {path.stem for path in LAW_FILES} == {"ca", "eu", "fi", "imo", "nl", "others", "pacific", "uk", "us"}
    laws = []
    for path in LAW_FILES:
        law, found = parse_law(path.name, path.read_text("utf-8"))
        assert found == []
        assert law.obligations
        laws.append(law)
    assert merge(laws)[1] == []


def test_shipped_obligations_have_their_own_id_and_a_clause_and_fields_that_are_measured() -> None:
    obligations = shipped_law().obligations
    assert len({obligation.id for obligation in obligations}) == len(obligations) >= 38
    for obligation in obligations:
        assert obligation.clause
        assert obligation.fields
        assert set(obligation.fields) <= FIELDS & {*ABSENT, *OF_LIST}
        assert obligation.is_enforcing == (obligation.status == "enforcing")


def test_a_good_file_has_no_problem() -> None:
    assert problems(GOOD) == []


def test_all_problems_are_listed_at_once_with_their_place() -> None:
    bad = (
        GOOD.replace('product = "list"', 'product = "lists"')
        .replace('port = "departure"', 'harbour = "departure"')
        .replace('["EU", "NO"]', '["EU", 7]')
        .replace('offset = "PT15M"', 'offset = "15 minutes"')
        .replace("since = 2026-01-01", 'since = "soon"')
        .replace('clause = "Act 1, section 2"\n', "")
    ) + 'wrong = 1\n[[request]]\nid = "R"\n'
    found = problems(bad)
    expected = (
        "harbour",
        "port is missing",
        "product",
        "departs 2",
        "limits 1: offset",
        "valid: since",
        "clause is missing",
    )
    for word in (*expected, "'wrong'", "request R: reference is missing"):
        assert sum(word in problem for problem in found) == 1, (word, found)
    assert all(problem.startswith("xx.toml: ") for problem in found)


def test_a_bad_obligation_leaves_the_good_ones_standing() -> None:
    second = GOOD.split("[[obligation]]")[1].replace("XX-LIST", "XX-TWO").replace("family_name", "surname")
    law, found = parse_law("xx.toml", f"{GOOD}[[obligation]]{second}")
    assert [obligation.id for obligation in law.obligations] == ["XX-LIST"]
    assert found == ["xx.toml: obligation XX-TWO: fields: 'surname' is no field of a list"]


def test_only_confirmed_law_may_be_enforcing_and_it_needs_a_deadline() -> None:
    assert "only a confirmed text" in problems(GOOD.replace('"confirmed"', '"parameter"'))[0]
    without = GOOD.replace('deadline = [{ limits = [{ anchor = "atd", offset = "PT15M", relation = "by" }] }]', "")
    assert "an enforcing obligation has one" in problems(without)[0]
    assert "the request states the time" in problems(GOOD + "on_request = true")[0]
    assert "limits is empty" in problems(GOOD.replace('{ anchor = "atd", offset = "PT15M", relation = "by" }', ""))[0]


def test_countries_clauses_and_spans_are_checked() -> None:
    assert "'EUROPE' is neither" in problems(GOOD.replace('"EU", "NO"', '"EUROPE", "NO"'))[0]
    assert "'UK' is neither" in problems(GOOD.replace('"EU", "NO"', '"UK"'))[0]
    assert "clause is empty" in problems(GOOD.replace("Act 1, section 2", ""))[0]
    assert "until is before since" in problems(GOOD.replace("2026-01-01", "2026-01-01, until = 2025-01-01"))[0]
    assert "jurisdiction" in problems(GOOD.replace('jurisdiction = "XX"', ""))[0]
    assert problems("obligation = 3\njurisdiction = 'XX'")[0].startswith("xx.toml: obligation: write [[obligation]]")


def test_merge_finds_double_ids_and_dangling_references() -> None:
    law, _ = parse_law("xx.toml", GOOD + 'satisfied_by = ["XX-NOTHING"]')
    merged, found = merge([law, law])
    assert len(merged.obligations) == 1
    assert found == [
        "XX-LIST: this id is used twice; the first one stands",
        "XX-LIST: satisfied_by names 'XX-NOTHING', which is nowhere",
    ]


def test_a_request_lasts_six_months_at_most_and_names_what_is_due_on_request() -> None:
    request = """
jurisdiction = "XX"
[[request]]
id = "R1"
obligation = "XX-LIST"
reference = "letter"
valid = { since = 2026-07-01, until = 2026-12-31 }
limits = [{ anchor = "etd" }]
"""
    assert problems(request) == ["request R1: 'XX-LIST' is no obligation that is due on request"]
    assert "at most six months" in problems(request.replace("2026-12-31", "2027-01-02"))[0]
    assert "at most six months" in problems(request.replace(", until = 2026-12-31", ""))[0]
    assert "limits is empty" in problems(request.replace('{ anchor = "etd" }', ""))[0]


@often(30)
@given(st.data())
def test_no_text_makes_the_parser_raise(data: st.DataObject) -> None:
    lines = GOOD.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(
        st.one_of(st.text(max_size=40), st.sampled_from(["[[obligation]]", "a = 1", "id = []", "valid = 1"]))
    )
    parse_law("xx.toml", "\n".join(lines))


def test_no_toml() -> None:
    assert problems("= nothing")[0].startswith("xx.toml: this is not TOML")

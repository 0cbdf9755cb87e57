"""What to mend first: by duty and deadline, then by how many; every place is told, and no duty is blamed that is met."""

from datetime import timedelta
from typing import Any

from gateway.findings import Finding, Place, Severity
from gateway.manifest import ListKind, Purpose
from gateway.obligations import Due, Moment
from gateway.obligations.due import Deadline
from gateway.obligations.law import Limit
from gateway.process.answer import ListAnswer
from gateway.settings import utc_now
from gateway.track import Standing, State
from gateway.web.mending import SHOWN, kinds

NOW = utc_now()


def duty(name: str = "LIST", *, hours: float = 2, fields: tuple[str, ...] = ("nationality",), **known: Any) -> Standing:
    """A duty of call C1 that is not met."""
    at = NOW + timedelta(hours=hours)
    basis = Deadline(at=at, limit=Limit(anchor="etd"), used="etd", moment=Moment(at, "schedule"), port="MTMLA")
    due = Due(
        call="C1", obligation=name, jurisdiction="UT", title=name.title(), clause="art. 1", product=known.pop("product", "passenger-list"),
        purposes=(Purpose.BORDER,), recipients=(), fields=fields, basis=basis, counted=known.pop("counted", True),
    )  # fmt: skip
    return Standing(**({"due": due, "state": State.DUE, "if_counted": State.DUE, "errors": 1} | known))


def listed(kind: ListKind = ListKind.PASSENGERS, file: int = 1) -> ListAnswer:
    return ListAnswer(
        number=file, file=file, format="delimited", kind=kind.value, persons=9, version=1, purposes=(), call="C1"
    )


def found(
    code: str, severity: Severity = Severity.ERROR, *, times: int = 1, field: str | None = None, **known: Any
) -> list[Finding]:
    return [
        Finding(code, severity, known.get("text", code), Place(line=at + 2, person=at + 1, field=field, file=known.get("file")), shape=known.get("shape", "3 letters"))
        for at in range(times)
    ]  # fmt: skip


def order(findings: list[Finding], *standings: Standing) -> list[str]:
    return [one.code for one in kinds(findings, [listed()], {"C1": standings})]


def test_what_keeps_a_duty_comes_first_then_errors_by_count_then_warnings_then_notes() -> None:
    findings = [
        *found("I-1", Severity.INFO, times=9), *found("W-1", Severity.WARNING, times=9), *found("E-1", times=2, field="cabin"),
        *found("E-2", times=5, field="cabin"), *found("E-3", field="nationality"),
    ]  # fmt: skip
    assert order(findings, duty()) == ["E-3", "E-2", "E-1", "W-1", "I-1"]
    assert order(findings) == ["E-2", "E-1", "E-3", "W-1", "I-1"]


def test_the_nearest_deadline_that_counts_comes_first() -> None:
    findings = [*found("E-1", times=9, field="cabin"), *found("E-2", field="nationality"), *found("E-3", field="sex")]
    soon, later = duty("SOON", hours=1, fields=("sex",)), duty("LATER", hours=9)
    shown = duty("SHOWN", hours=0.1, fields=("cabin",), counted=False, state=State.NOT_COUNTED)
    assert order(findings, later, soon, shown) == ["E-3", "E-2", "E-1"]
    [first, *_] = kinds(findings, [listed()], {"C1": (later, soon, shown)})
    assert [one.due.obligation for one in first.keeps] == ["SOON"]


def test_what_is_met_excused_or_of_another_list_keeps_nothing() -> None:
    findings = found("E-1", field="nationality")
    for standing in (
        duty(received_at=NOW), duty(state=State.EXCUSED), duty(state=State.CANCELLED), duty(errors=0), duty(product="crew-list"), duty(fields=("sex",)),
    ):  # fmt: skip
        assert kinds(findings, [listed()], {"C1": (standing,)})[0].keeps == (), standing
    assert kinds(findings, [listed()], {"C2": (duty(),)})[0].keeps == ()
    assert kinds(found("E-1", field="nationality", file=2), [listed(file=1)], {"C1": (duty(),)})[0].keeps == ()
    assert len(kinds(findings, [listed()], {"C1": (duty(),)})[0].keeps) == 1


def test_a_missing_field_a_missing_number_and_a_cut_list_keep_a_duty_whatever_they_are_called() -> None:
    empty = found("W-1", Severity.WARNING, field="nationality", shape="")
    assert kinds(empty, [listed()], {"C1": (duty(errors=0, missing={"nationality": 1}),)})[0].keeps
    assert not kinds(empty, [listed()], {"C1": (duty(errors=0, missing={"sex": 1}),)})[0].keeps
    number = found("C-05", Severity.WARNING, field="counts.on_board", shape="")
    assert kinds(number, [listed()], {"C1": (duty(product="count"),)})[0].keeps
    assert kinds(found("E-04"), [listed()], {"C1": (duty(product="count"),)})[0].keeps


def test_every_place_is_told_the_first_ones_first() -> None:
    findings = found("E-1", times=SHOWN + 5) + found("E-1", text="in other words")
    [kind] = kinds(findings, [listed()], {})
    assert (kind.count, len(kind.sayings)) == (SHOWN + 6, 2)
    assert (len(kind.sayings[0].first), len(kind.sayings[0].all)) == (SHOWN, SHOWN + 5)
    assert (kind.sayings[0].first[0].place, kind.sayings[0].first[0].shape) == ("line 2", "3 letters")

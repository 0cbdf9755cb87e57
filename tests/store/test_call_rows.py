"""Calls are kept as they are known now; what was known before is kept too."""

from datetime import UTC, datetime, timedelta, timezone

from gateway.obligations.calls import Exemption, ExpectedCall, Moment
from gateway.store import Pool, transaction
from gateway.store.calls import call, calls_between, times_of, upsert_calls
from tests.store.rows import NOW

HOUR = timedelta(hours=1)
EAST = timezone(timedelta(hours=2))


def planned(id: str = "c1", etd: datetime | None = NOW, source: str = "schedule", **changes: object) -> ExpectedCall:
    values: dict[str, object] = {
        "id": id,
        "carrier": "example-line",
        "service": "ferry",
        "departure_port": "FIHEL",
        "arrival_port": "EETLL",
        "imo": "9074729",
        "distance_nm": 44.5,
        "etd": etd and Moment(etd.astimezone(EAST), source),
        "exemptions": (Exemption("regular-service", "certificate 7"),),
    }
    return ExpectedCall(**(values | changes))  # type: ignore[arg-type]


async def test_a_call_comes_back_as_it_was(pool: Pool) -> None:
    async with transaction(pool) as connection:
        assert await upsert_calls(connection, [planned()], NOW) == ["c1"]
        assert await call(connection, "c1") == planned()
        assert await call(connection, "c2") is None


async def test_only_what_changed_counts_as_changed(pool: Pool) -> None:
    calls = [planned("c1"), planned("c2")]
    async with transaction(pool) as connection:
        await upsert_calls(connection, calls, NOW)
        moved = planned("c2", NOW + HOUR)
        assert await upsert_calls(connection, [calls[0], moved, planned("c3")], NOW + HOUR) == ["c3", "c2"]
        assert await upsert_calls(connection, [calls[0], moved], NOW + HOUR) == []
        assert await call(connection, "c2") == moved


async def test_a_moved_time_is_in_the_history(pool: Pool) -> None:
    async with transaction(pool) as connection:
        await upsert_calls(connection, [planned()], NOW)
        await upsert_calls(connection, [planned(etd=NOW + HOUR, source="port office")], NOW + HOUR)
        await upsert_calls(connection, [planned(etd=None)], NOW + 2 * HOUR)
        notes = await times_of(connection, ["c1"])
    assert [(note.name, note.noted_at, note.value, note.source) for note in notes] == [
        ("etd", NOW, NOW, "schedule"),
        ("etd", NOW + HOUR, NOW + HOUR, "port office"),
        ("etd", NOW + 2 * HOUR, None, ""),
    ]


async def test_calls_are_found_by_time_carrier_and_port(pool: Pool) -> None:
    arriving = planned("c4", etd=None, eta=Moment(NOW + 3 * HOUR, "AIS"), departure_port="SESTO", carrier="other-line")
    calls = [planned("c1"), planned("c2", NOW + HOUR), planned("c3", NOW + 9 * HOUR), arriving]
    async with transaction(pool) as connection:
        await upsert_calls(connection, calls, NOW)

        async def found(**by: str) -> list[str]:
            return [one.id for one in await calls_between(connection, NOW, NOW + 9 * HOUR, **by)]

        assert await found() == ["c1", "c2", "c4"]
        assert await found(carrier="other-line") == ["c4"]
        assert await found(port="SESTO") == ["c4"]
        assert await found(port="EETLL") == ["c1", "c2", "c4"]


async def test_a_list_that_names_a_call_twice_means_the_last(pool: Pool) -> None:
    async with transaction(pool) as connection:
        assert await upsert_calls(connection, [planned(), planned(etd=NOW + HOUR)], NOW) == ["c1"]
        stored = await call(connection, "c1")
    assert stored is not None
    assert stored.etd == Moment(datetime(2026, 11, 21, 13, tzinfo=UTC), "schedule")

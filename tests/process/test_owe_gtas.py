"""What a Passenger Information Unit with GTAS or goTravel is owed: one border, whole files, and everyone left out is named."""

import msgspec
import pytest

from gateway.codes.surrogates import surrogate
from gateway.formats.paxlst_fitness import NO_WITHDRAWAL
from gateway.keyring import Recipient
from gateway.manifest import Call, Function, ListKind, Manifest, Port, Purpose
from tests.gtas_oracle import judge
from tests.process.office import entry, recipient
from tests.process.test_owe import owe
from tests.specimen import NOW, VOYAGE, crew_member, large_manifest, passenger, passenger_manifest


def piu(form: str, country: str = "MT") -> Recipient:
    """Every voyage, by decision."""
    one = entry(form=form, purposes=["border"], decision="7/2026")
    return recipient(one, id=f"{country.lower()}-piu", kind="piu", country=country)


FORMS = ("paxlst-gtas", "paxlst-gotravel")


@pytest.mark.parametrize("form", FORMS)
def test_a_delivery_is_one_version_in_as_many_files_as_it_takes(form: str) -> None:
    (payload,) = owe(large_manifest(1_001), piu(form)).payloads
    files = payload.form.separate(payload.body)
    assert (payload.persons, payload.kind, len(files)) == (1_001, "passengers", 3)
    assert all(judge(one, NOW).loads for one in files)


@pytest.mark.parametrize("form", [*FORMS, "gtas-json"])
def test_who_would_lose_the_file_is_left_out_and_named(form: str) -> None:
    nameless = passenger(
        1, family_name=None, family_name_latin=None, given_names=None, given_names_latin=None, sequence=2
    )
    persons = (passenger(0), nameless, passenger(2))
    (payload,) = owe(passenger_manifest(persons=persons), piu(form)).payloads
    assert payload.left_out == ((2, ("family_name",)),)
    assert payload.persons == 2
    assert b"TESTPERSON" not in payload.body


def test_a_centenarian_is_named_and_not_made_an_infant() -> None:
    persons = (passenger(0), passenger(1, birth_date="1920-02-29"))
    (payload,) = owe(passenger_manifest(persons=persons), piu("paxlst-gtas")).payloads
    assert payload.left_out == ((2, ("birth_date within the 100 years before the sailing",)),)
    (json,) = owe(passenger_manifest(persons=persons), piu("gtas-json")).payloads
    assert json.left_out == ()


def test_a_withdrawal_cannot_be_said_and_is_said_not_to_be() -> None:
    cancelled = passenger_manifest(function=Function.CANCEL, persons=())
    found = owe(cancelled, piu("paxlst-gtas"))
    assert found.payloads == ()
    assert found.not_sent == (("mt-piu", f"lists: {NO_WITHDRAWAL}"),)


def test_passengers_and_crew_are_deliveries_of_their_own() -> None:
    mixed = passenger_manifest(kind=ListKind.MIXED, persons=(passenger(0), crew_member(0)))
    payloads = owe(mixed, piu("paxlst-gtas")).payloads
    kinds = [[one.kind for one in judge(payload.body, NOW).persons] for payload in payloads]
    assert sorted(kinds) == [["C"], ["P"]]


def test_each_unit_is_told_of_its_own_border() -> None:
    manifest = cruise()
    legs = {}
    for country in ("IT", "GR", "MT"):
        (payload,) = owe(manifest, piu("paxlst-gtas", country)).payloads
        [flight] = judge(payload.body, NOW).flights
        legs[country] = (flight.origin, flight.destination)
    codes = {port: surrogate(port) for port in ("TRIST", "GRPIR", "ITNAP", "MTMLA")}
    assert legs == {
        "GR": (codes["TRIST"], codes["GRPIR"]),
        "IT": (codes["GRPIR"], codes["ITNAP"]),
        "MT": (codes["ITNAP"], codes["MTMLA"]),
    }


def test_a_single_window_is_told_of_the_call_as_it_was_stated() -> None:
    one = recipient(entry(form="common-json", purposes=["border"]), country="GR")
    (payload,) = owe(cruise(), one).payloads
    told = msgspec.json.decode(payload.body)["voyage"]
    assert (told["departure"]["port"]["code"], told["arrival"]["port"]["code"]) == ("TRIST", "MTMLA")


def cruise() -> Manifest:
    def at(port: str, day: int) -> Call:
        return Call(
            port=Port(code=port), estimated_arrival=f"2026-11-{day}T08:00", estimated_departure=f"2026-11-{day}T18:00"
        )

    voyage = msgspec.structs.replace(
        VOYAGE, departure=at("TRIST", 23), itinerary=(at("GRPIR", 24), at("ITNAP", 26)), arrival=at("MTMLA", 28)
    )
    return passenger_manifest(voyage=voyage, purposes=(Purpose.BORDER,))

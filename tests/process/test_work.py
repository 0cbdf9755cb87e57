"""The pure part as a whole: from sealed bytes to messages and rows, the same each time."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gateway.findings import Severity
from gateway.formats.raw import PathPlaces
from gateway.keyring import new_identity
from gateway.manifest import Call, ListKind, Port, Purpose, Vessel, Voyage
from gateway.normalise import Lineage
from gateway.process.answer import Answer, answer_of, open_answer, seal_answer
from gateway.process.kept_list import KeptList, opened_list
from gateway.process.order import numbered, series_of
from gateway.process.record import deliveries_of, new_manifests, receipt_with_rules
from gateway.process.work import work
from gateway.receipts import RuleInForce, sign_receipt, verify_receipt
from gateway.seal import Refused, open_envelope, seal_at_rest
from gateway.sent import File
from gateway.store.submissions import Sealed
from tests.process.office import (
    SUBMISSION,
    as_file,
    call,
    catalogue,
    claimed,
    entry,
    processed,
    recipient,
    secret_key,
)
from tests.specimen import NOW, TODAY, crew_manifest, passenger, passenger_manifest

BOTH = (as_file(passenger_manifest()), as_file(crew_manifest()))


def office() -> Any:
    return catalogue(recipient(entry()), recipient(entry("ours", form="common-json"), id="mt-2"))


# --- the sailing -------------------------------------------------------------------------------------------------


def test_a_list_is_put_with_the_sailing_that_fits() -> None:
    _, done = processed(BOTH, office(), [call(), call(id="other", imo="9999993", vessel="OTHER", voyage="X1")])
    assert [one.id if one else None for one in done.calls] == ["SP1147-20261123"] * 2


def test_a_sailing_that_the_sender_names_goes_before_one_that_fits() -> None:
    _, done = processed(BOTH, office(), [call(), call(id="named")], options={"call": "named"})
    assert [one.id if one else None for one in done.calls] == ["named"] * 2
    assert done.reasons == ("named by the sender",) * 2


def test_where_no_sailing_fits_the_reason_is_said() -> None:
    _, done = processed(BOTH, office(), [call(imo="9999993", vessel="OTHER")])
    assert done.calls == (None, None)
    assert all("no expected sailing" in reason for reason in done.reasons)


def test_the_law_decides_what_a_silent_list_is_for() -> None:
    """A ferry inside Schengen owes a list for safety only, whatever is on it."""
    inside = call(departure_port="FRCFR", arrival_port="IEDUB")
    voyage = Voyage(departure=Call(port=Port(code="FRCFR")), arrival=Call(port=Port(code="IEDUB")))
    silent = passenger_manifest(purposes=(), voyage=voyage)
    _, done = processed([as_file(silent)], office(), [inside])
    (one,) = done.understood.lists
    assert done.calls == (inside,)
    assert Purpose.SAFETY in one.manifest.purposes


def test_a_table_that_is_silent_takes_the_header_from_the_sailing() -> None:
    table = b"Vessel;Surname;Forename;Sex;DOB;Nationality\nSPECIMEN STAR;ERIKSSON;ANNA MARIA;F;1974-08-12;SWE\n"
    _, done = processed([File(table)], office(), [call()])
    (one,) = done.understood.lists
    assert done.calls == (call(),)
    assert one.manifest.vessel.imo == "1234567"
    arrival = one.manifest.voyage.arrival
    assert arrival is not None
    assert (arrival.port.code, arrival.estimated_arrival) == ("MTMLA", "2026-11-25T07:30+01:00")


def test_hints_reach_the_reader() -> None:
    table = File(b"Surname;Forename;Sex;DOB;Nationality\nERIKSSON;ANNA MARIA;F;1974-08-12;SWE\n")
    options = {"list": "crew", "purposes": ["safety"], "format": "delimited"}
    _, done = processed([table], office(), options=options)
    (one,) = done.understood.lists
    assert (one.manifest.kind, one.manifest.purposes) == (ListKind.CREW, (Purpose.SAFETY,))


def test_no_border_route_gets_bookings() -> None:
    """The purpose lock: what was collected to sell a journey goes only where an entry says booking, and a PIU may have it."""
    bookings = File((Path(__file__).parents[1] / "golden" / "pnrgov" / "two-bookings" / "input.edi").read_bytes())
    known = catalogue(
        recipient(entry("border", form="common-json")),
        recipient(entry("sar", form="common-json", purposes=["safety"]), id="mt-sar", kind="sar"),
        recipient(
            entry("piu-border", form="common-json", purposes=["border"], decision="D-1"),
            entry("piu-booking", form="common-json", purposes=["booking"], decision="D-2"),
            id="mt-piu", kind="piu",
        ),
    )  # fmt: skip
    for options in ({}, {"purposes": ["border", "safety"]}):
        _, done = processed([bookings], known, options=options)
        (owed,) = done.owed
        assert [(one.recipient.id, one.route.id, one.route.purposes) for one in owed.payloads] == [
            ("mt-piu", "piu-booking", (Purpose.BOOKING,))
        ]
        sent = json.loads(owed.payloads[0].body)
        person = (sent[0] if isinstance(sent, list) else sent)["persons"][0]
        assert (person["booking_reference"], person["booked_at"]) == ("SPEC1A", "2026-02-15T10:30")
        assert not {"documents", "visas", "birth_place", "extras"} & person.keys()


def test_a_stranger_s_submission_cannot_be_opened() -> None:
    known = office()
    one = claimed(BOTH, known)
    other = msgspec.structs.replace(known, identity=new_identity(TODAY))
    with pytest.raises(Refused):
        work(one, [], other)
    with pytest.raises(Refused):
        work(msgspec.structs.replace(one, id=uuid4()), [], known)


# --- again -------------------------------------------------------------------------------------------------------


def rows(known: Any, attempts: int = 1) -> Any:
    one, done = processed(BOTH, known, [call()])
    one = msgspec.structs.replace(one, attempts=attempts, lease=uuid4())
    done = numbered(done, [1, 1])
    manifests = new_manifests(one, done, known)
    return one, done, manifests, deliveries_of(one, done, manifests, known)


def test_processing_again_owes_nothing_twice() -> None:
    """A worker that dies after sealing leaves nothing behind; the next one makes the same rows."""
    known = office()
    _, _, manifests, deliveries = rows(known)
    _, _, manifests_again, deliveries_again = rows(known, attempts=2)
    assert [one.filing.id for one in manifests] == [one.filing.id for one in manifests_again]
    assert [one.id for one in deliveries] == [one.id for one in deliveries_again]
    assert len({one.id for one in deliveries}) == len(deliveries) == 4
    assert [one.filing for one in manifests] == [one.filing for one in manifests_again]


# --- the rows ----------------------------------------------------------------------------------------------------


def test_lists_of_a_call_share_a_series_by_kind() -> None:
    _, done = processed(BOTH, office(), [call()])
    assert series_of(done) == ["call/SP1147-20261123/passengers", "call/SP1147-20261123/crew"]
    _, done = processed(BOTH, office())
    assert series_of(done) == [
        "voyage/specimen/1234567/SP1147/GRPIR/MTMLA/2026-11-23T18:00:00+02:00/passengers",
        "voyage/specimen/1234567/SP1147/GRPIR/MTMLA/2026-11-23T18:00:00+02:00/crew",
    ]


def test_a_list_without_a_voyage_has_a_series_too() -> None:
    _, done = processed([as_file(passenger_manifest(voyage=Voyage(), vessel=Vessel()))], office())
    assert series_of(done) == ["voyage/specimen//////passengers"]


def test_the_list_is_sealed_to_ourselves_and_opens_again() -> None:
    known = office()
    _, done, manifests, _ = rows(known)
    for kept, understood in zip(manifests, done.understood.lists, strict=True):
        assert b"ERIKSSON" not in kept.sealed + kept.wrapped
        found = opened_list(Sealed(kept.sealed, kept.wrapped, kept.key_id), kept.filing.id, known)
        assert found == KeptList(understood.manifest, understood.lineage)


def test_a_list_that_was_stored_before_wholes_were_kept_opens_too() -> None:
    known, id = office(), uuid4()
    lineage = Lineage(format="common-json", places=PathPlaces())
    of_old = msgspec.msgpack.encode((passenger_manifest(), lineage))
    sealed = seal_at_rest(of_old, known.identity.seal_to, context=b"manifest/" + id.bytes)
    found = opened_list(Sealed(sealed.ciphertext, sealed.wrapped, sealed.key_id), id, known)
    assert found == KeptList(passenger_manifest(), lineage)


def test_what_stays_readable_names_nobody() -> None:
    _, _, manifests, deliveries = rows(office())
    readable = msgspec.json.encode(
        [[one.filing for one in manifests], [msgspec.structs.replace(one, envelope=b"") for one in deliveries]]
    )
    for person in (*passenger_manifest().persons, *crew_manifest().persons):
        for value in (person.given_names, person.birth_date, person.documents[0].number):
            assert (value or "?").encode() not in readable


def test_the_facts_that_compliance_is_judged_by() -> None:
    persons = (passenger(0, sex=None), passenger(1, birth_date=None), passenger(2))
    one, done = processed([as_file(passenger_manifest(persons=persons))], office(), [call()])
    (kept,) = new_manifests(one, numbered(done, [4]), office())
    filing = kept.filing
    (part,) = filing.parts
    assert (filing.persons, filing.passengers, filing.crew, part.version, part.listed) == (3, 3, 0, 4, 3)
    assert part.missing["sex"] == part.missing["birth_date"] == 1
    assert part.errors["sex"] == part.errors["birth_date"] == 1
    assert filing.counts == {"on_board": 8, "passengers": 5, "crew": 3, "basis": "counted"}
    assert filing.call_id == "SP1147-20261123"
    assert filing.deadlines
    assert all(datetime.fromisoformat(at) for at in filing.deadlines.values())


def test_a_misfit_of_our_own_json_counts_against_its_field() -> None:
    document = json.loads(as_file(passenger_manifest()).data)
    document[0]["persons"][0]["birth_date"] = "12.08.1974"
    one, done = processed([File(json.dumps(document).encode())], office())
    (kept,) = new_manifests(one, done, office())
    assert kept.filing.parts[0].errors == {"birth_date": 1}


def test_every_delivery_opens_with_its_recipient_s_key_alone() -> None:
    known = office()
    one, done, manifests, deliveries = rows(known)
    for delivery in deliveries:
        assert b"ERIKSSON" not in delivery.envelope
        opened = open_envelope(delivery.envelope, [secret_key()], known.identity.verify_keys)
        payload = next(p for owed in done.owed for p in owed.payloads if p.id == delivery.id)
        assert opened.payload == payload.body
        assert (opened.handling.version, opened.handling.originator) == (1, "specimen")
        kept = next(kept for kept in manifests if kept.filing.id == delivery.manifest_id)
        assert delivery.sequence_key.endswith(kept.filing.parts[0].series)
        assert (delivery.arrival, delivery.version) == (one.arrival, 1)
        with pytest.raises(Refused):
            open_envelope(delivery.envelope, [new_identity(TODAY).signer], known.identity.verify_keys)


def test_deliveries_of_different_lists_never_replace_each_other() -> None:
    _, _, _, deliveries = rows(office())
    assert len({one.sequence_key for one in deliveries}) == len(deliveries)


def test_the_receipt_names_the_rules_that_asked_for_the_lists() -> None:
    known = office()
    one, done = processed(BOTH, known, [call()])
    verdict = verify_receipt(
        receipt_with_rules(one, one.receipt, done, known), known.identity.verify_keys, [file.data for file in BOTH]
    )
    assert verdict.problems == ()
    assert verdict.receipt is not None
    assert verdict.receipt.rules
    assert verdict.receipt.submission == str(SUBMISSION)


def test_without_a_sailing_the_receipt_stays_as_it_is() -> None:
    known = office()
    one, done = processed(BOTH, known)
    assert receipt_with_rules(one, one.receipt, done, known) == one.receipt
    held = verify_receipt(one.receipt, known.identity.verify_keys).receipt
    assert held is not None
    named = sign_receipt(msgspec.structs.replace(held, rules=(RuleInForce("X-1"),)), known.identity.signer)
    assert receipt_with_rules(one, named, done, known) == named


# --- the answer --------------------------------------------------------------------------------------------------


def answer(files: Any = BOTH, calls: Any = (), known: Any = None) -> Answer:
    known = known or office()
    one, done = processed(files, known, calls)
    return answer_of(one, done, NOW + timedelta(seconds=2))


def test_the_answer_says_what_was_understood_and_who_is_owed_it() -> None:
    said = answer(calls=[call()])
    passengers, crew = said.lists
    assert (said.submission, said.persons, said.formats) == (str(SUBMISSION), 8, ("common-json", "common-json"))
    assert (passengers.number, passengers.file, passengers.kind, passengers.persons) == (1, 1, "passengers", 5)
    assert (crew.number, crew.file, crew.kind, crew.persons) == (2, 2, "crew", 3)
    assert (passengers.departure, passengers.arrival, passengers.imo) == ("GRPIR", "MTMLA", "1234567")
    assert (passengers.call, passengers.call_reason) == ("SP1147-20261123", "the only expected sailing that fits")
    assert [(sent.recipient, sent.form, sent.persons) for sent in passengers.deliveries] == [
        ("mt-nsw", "emswe-json", 5),
        ("mt-2", "common-json", 5),
    ]


def test_the_answer_says_what_is_not_sent_or_held() -> None:
    ended = catalogue(recipient(entry(), until=TODAY - timedelta(days=1)))
    said = answer([as_file(passenger_manifest())], known=ended)
    assert said.lists[0].deliveries == ()
    assert said.lists[0].not_sent[0][0] == "mt-nsw"
    cut = answer([File(b'Surname;Forename;Sex;DOB\nERIKSSON;ANNA MARIA;F;1974-08-12\nPROBE;"LUCIA;F;1986-12-02\n')])
    assert cut.lists[0].held.startswith("T-42")
    assert cut.lists[0].deliveries == ()


def test_the_figures_are_those_of_the_findings() -> None:
    said = answer([as_file(passenger_manifest(persons=(passenger(0, sex=None, birth_date=None),)))])
    assert said.errors == sum(finding.severity is Severity.ERROR for finding in said.findings) >= 2
    assert said.warnings == sum(finding.severity is Severity.WARNING for finding in said.findings)


def test_files_without_lists_have_an_answer() -> None:
    said = answer([File(b"%PDF-1.7"), File(b"")])
    assert (said.lists, said.persons, said.formats) == ((), 0, (None, None))
    assert [finding.place.file for finding in said.findings] == [1, 2]


def test_the_answer_is_sealed_and_opens_again() -> None:
    known = office()
    one, done = processed(BOTH, known)
    said = answer_of(one, done, NOW)
    kept = seal_answer(said, known)
    assert b"common-json" not in kept.sealed
    assert (kept.persons, kept.errors, kept.format) == (8, said.errors, "common-json")
    opened = open_answer(Sealed(kept.sealed, kept.wrapped, kept.key_id), said.submission, known)
    assert opened is not None
    assert msgspec.json.decode(opened, type=Answer) == said
    assert open_answer(Sealed(kept.sealed, None, kept.key_id), said.submission, known) is None
    with pytest.raises(Refused):
        open_answer(Sealed(kept.sealed, kept.wrapped, kept.key_id), str(uuid4()), known)


def test_the_answer_names_nobody() -> None:
    persons = (passenger(0, sex=None), passenger(1, birth_date="1968"), passenger(2, nationalities=()))
    said = msgspec.json.encode(answer([as_file(passenger_manifest(persons=persons))]))
    for person in persons:
        for value in (person.given_names, person.documents[0].number):
            assert (value or "?").encode() not in said

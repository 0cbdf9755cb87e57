"""What is sealed again is what was sealed at first: the same bytes on the same terms, and only while the register grants it."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.formats.forms import FORMS
from gateway.keyring import Recipient, new_recipient_keys
from gateway.manifest import Counts, ListKind, Purpose
from gateway.process.order import numbered, series_of
from gateway.process.record import deliveries_of, new_manifests
from gateway.process.renew import DECISION_ENDED, ENDED, FORGOTTEN, ended, sealed_anew
from gateway.route import NOTICES
from gateway.seal import open_envelope
from gateway.store.deliveries import NewDelivery, StaleDelivery
from gateway.store.manifests import NewManifest
from tests.process.office import as_file, call, catalogue, entry, processed, recipient, secret_key
from tests.specimen import NOW, TODAY, VOYAGE, crew_member, passenger, passenger_manifest

MIXED = passenger_manifest(kind=ListKind.MIXED, persons=(passenger(0), crew_member(1), passenger(2)))

_ARRIVAL = msgspec.structs.replace(VOYAGE.arrival, estimated_departure="2026-11-25T19:00:00+01:00")
NUMBERS = passenger_manifest(
    kind=ListKind.MIXED, persons=(), counts=Counts(on_board=208), voyage=msgspec.structs.replace(VOYAGE, arrival=_ARRIVAL)
)  # fmt: skip


def stale(new: NewDelivery, kept: NewManifest, **changes: Any) -> StaleDelivery:
    """The delivery as the store shows it once it may not be sent as it is."""
    facts: dict[str, Any] = {
        name: getattr(new, name)
        for name in ("id", "manifest_id", "recipient", "route_id", "form", "media_type", "sealed_to", "sent_until")
    }
    facts |= {"lists": list(new.lists), "handling": msgspec.json.decode(msgspec.json.encode(new.handling))}
    facts |= {"received_at": kept.filing.received_at, "sealed": kept.sealed, "wrapped": kept.wrapped, "call": None}
    return StaleDelivery(**(facts | {"key_id": kept.key_id} | changes))


def owed(*recipients: Recipient, manifest: Any = MIXED) -> tuple[Any, list[tuple[NewDelivery, NewManifest]]]:
    known = catalogue(*recipients)
    one, done = processed([as_file(manifest)], known, [call()])
    done = numbered(done, [3] * len(series_of(done)))
    kept = new_manifests(one, done, known)
    return known, [(new, kept[0]) for new in deliveries_of(one, done, kept, known)]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_bytes_on_the_same_terms_for_another_key(form: str) -> None:
    to = recipient(entry("one", form=form, purposes=["border"]), entry("two", form=form, purposes=["safety"]))
    known, made = owed(to, manifest=NUMBERS if form in NOTICES else MIXED)
    assert made
    secret, public = new_recipient_keys("jwe")
    for new, kept in made:
        again = sealed_anew(stale(new, kept), to, public, known, NOW + timedelta(days=3))
        assert not isinstance(again, str), again
        verify = known.identity.verify_keys
        first, second = open_envelope(new.envelope, [secret_key()], verify), open_envelope(again.body, [secret], verify)
        assert (second.payload, second.handling) == (first.payload, first.handling)
        assert (second.delivery_id, second.content_type) == (str(new.id), first.content_type)
        assert second.handling.purposes == (Purpose.BORDER, Purpose.SAFETY)
        assert second.handling.version == 3


def test_a_list_whose_key_was_destroyed_cannot_be_sealed_again() -> None:
    to = recipient(entry())
    known, [(new, kept), *_] = owed(to)
    assert sealed_anew(stale(new, kept, wrapped=None), to, new_recipient_keys("jwe")[1], known, NOW) == FORGOTTEN


@pytest.mark.parametrize(
    ("register", "days", "why"),
    [
        ((entry(),), 1, ""),
        ((entry(),), 31, ENDED),
        ((), 1, ENDED),
        ((entry("another"),), 1, ENDED),
        ((entry(purposes=["safety"]),), 1, ENDED),
        ((entry(lists=["crew"]),), 1, ENDED),
        ((entry(form="common-json"),), 1, ENDED),
        ((entry(marking="confidential", decision="D 9", onward="C 1"),), 1, ""),
    ],
    ids=["as it was", "its last day is over", "removed", "another", "less purposes", "another list", "form", "terms"],
)
def test_what_the_register_no_longer_grants_is_not_sent(register: tuple[str, ...], days: int, why: str) -> None:
    _, made = owed(recipient(entry()))
    passengers = next(one for one in made if one[0].lists == (ListKind.PASSENGERS,))
    assert ended(recipient(*register), stale(*passengers), NOW + timedelta(days=days)) == why


def test_of_entries_that_became_one_message_all_must_be_in_force() -> None:
    two = (entry("one", purposes=["border"]), entry("two", purposes=["safety"]))
    _, [first, *_] = owed(recipient(*two))
    assert first[0].route_id == "one+two"
    assert ended(recipient(*two), stale(*first), NOW) == ""
    assert ended(recipient(two[0]), stale(*first), NOW) == ENDED


def test_what_is_passed_on_is_sent_until_the_last_day_of_its_decision() -> None:
    _, [first, *_] = owed(recipient(entry()))
    passed = stale(*first, sent_until=TODAY)
    assert ended(recipient(), passed, NOW) == ""
    assert ended(recipient(), passed, NOW + timedelta(days=1)) == DECISION_ENDED

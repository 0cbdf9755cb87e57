"""An invented gateway without a database: a catalogue, recipients with fresh keys, submissions as a worker claims them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid5

import msgspec

from gateway.carrier import Carrier, parse
from gateway.catalogue import Catalogue, read_terms
from gateway.formats import commonjson
from gateway.formats.writing import WriteOrder
from gateway.keyring import Identity, Recipient, SecretKey, Senders, new_identity, new_recipient_keys, parse_recipient
from gateway.manifest import Manifest
from gateway.obligations import ExpectedCall, Moment
from gateway.process.done import Done
from gateway.process.work import work
from gateway.receipts import Receipt, received_file, sign_receipt
from gateway.sent import File, digest_of, sealed
from gateway.store.submissions import ClaimedSubmission
from tests.sailing import shipped_law
from tests.specimen import NOW, TODAY

SUBMISSION = UUID("00000000-0000-4000-8000-000000000001")
CARRIER = """
name = "Specimen Line"
contact = "lists@specimen.example"
service = "ferry"
"""


@cache
def identity() -> Identity:
    return new_identity(TODAY)


def line(extra: str = "") -> Carrier:
    carrier = parse("specimen", CARRIER + extra)
    assert isinstance(carrier, Carrier), carrier
    return carrier


@cache
def _keys() -> tuple[SecretKey, bytes]:
    secret, public = new_recipient_keys("jwe")
    return secret, public.pem


def secret_key() -> SecretKey:
    """The secret key of every invented recipient."""
    return _keys()[0]


def entry(id: str = "lists", **changes: object) -> str:
    """An entry of a route register, as TOML."""
    said: dict[str, object] = {
        "lists": ["passengers", "crew"],
        "purposes": ["border", "safety"],
        "form": "emswe-json",
        "legal_basis": "an act, article 1",
        "reviewer": "the board",
    } | changes
    lines = "".join(f"{name} = {msgspec.json.encode(value).decode()}\n" for name, value in said.items())
    return f'[[route]]\nid = "{id}"\nfrom = {TODAY}\nuntil = {TODAY + timedelta(days=30)}\n{lines}'


def recipient(
    *entries: str, id: str = "mt-nsw", kind: str = "nsw", country: str = "MT", until: date = TODAY + timedelta(days=30)
) -> Recipient:
    """A recipient whose folder holds these entries; its key is valid through `until`."""
    told = f"""
id = "{id}"
name = "Invented office"
kind = "{kind}"
country = "{country}"
third_country = false
send = {{ transport = "feed" }}
seal = {{ form = "jwe" }}
key = [{{ file = "key.pem", from = {TODAY - timedelta(days=60)}, until = {until} }}]
declarant = {{ id = "MT0000000", name = "Example Agency", role = "AG" }}
edifact = {{ sender = "GATEWAY", recipient = "{id.upper()}" }}
"""
    files = {"recipient.toml": told.encode(), "routes.toml": "\n".join(entries).encode(), "key.pem": _keys()[1]}
    found = parse_recipient(id, files)
    assert isinstance(found, Recipient), found
    return found


def catalogue(*recipients: Recipient, carrier: Carrier | None = None) -> Catalogue:
    return Catalogue(
        ssh_senders={},
        carriers={"specimen": carrier or line()},
        recipients={one.id: one for one in recipients},
        senders=Senders({}),
        sender_certificates=b"",
        law=shipped_law(),
        terms=read_terms(),
        identity=identity(),
    )


def as_file(*manifests: Manifest) -> File:
    """Our own JSON, as a line sends it."""
    order = WriteOrder(message_id="1", at=NOW, sender="XX0", recipient="NSW")
    return File(b"[" + b",".join(commonjson.write(manifest, order) for manifest in manifests) + b"]")


def claimed(
    files: Sequence[File],
    known: Catalogue,
    *,
    options: Mapping[str, Any] | None = None,
    id: UUID = SUBMISSION,
    received_at: datetime = NOW,
) -> ClaimedSubmission:
    """The submission of these files, as a worker holds it."""
    kept = sealed(files, id, known)
    receipt = Receipt(
        submission=str(id),
        carrier="specimen",
        files=tuple(received_file(file.data) for file in files),
        received_at=received_at,
        channel="api",
        leaf="00" * 32,
        gateway="gateway",
        rules=(),
    )
    return ClaimedSubmission(
        id=id,
        arrival=7,
        carrier="specimen",
        channel="api",
        sha256=digest_of(files),
        files=len(files),
        received_at=received_at,
        options=options or {},
        sealed=kept.ciphertext,
        wrapped=kept.wrapped,
        key_id=kept.key_id,
        receipt=sign_receipt(receipt, known.identity.signer),
        attempts=1,
        lease=uuid5(id, "lease"),
    )


def processed(
    files: Sequence[File], known: Catalogue, calls: Sequence[ExpectedCall] = (), **claim: Any
) -> tuple[ClaimedSubmission, Done]:
    one = claimed(files, known, **claim)
    return one, work(one, list(calls), known)


def call(**changes: Any) -> ExpectedCall:
    """The sailing of the specimen lists: Piraeus to Valletta, in two days."""
    return msgspec.structs.replace(
        ExpectedCall(
            id="SP1147-20261123",
            carrier="specimen",
            service="ferry",
            departure_port="GRPIR",
            arrival_port="MTMLA",
            vessel="SPECIMEN STAR",
            imo="1234567",
            voyage="SP1147",
            etd=Moment(datetime.fromisoformat("2026-11-23T18:00:00+02:00"), "test"),
            eta=Moment(datetime.fromisoformat("2026-11-25T07:30:00+01:00"), "test"),
        ),
        **changes,
    )

"""eDelivery AS4 2.0 (Ed25519, X25519) against phase4, which no one here wrote: whole messages in both directions.

./gw test tests/interop    (see test_phase4.py)
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.access_point import AccessPoint, read_access_point
from gateway.heard import Message
from gateway.keyring import Recipient, parse_recipient
from gateway.seal import Sealed, open_at_rest
from gateway.senders import SENDERS, Accepted, Means, Outcome, Outgoing, TryLater
from gateway.senders.https import session
from gateway.settings import utc_now
from gateway.store import Database, Pool
from tests.interop import access_point as peer
from tests.interop.access_point import AccessPoint as Phase4
from tests.senders.delivering import IDENTITY
from tests.senders.window import (
    NSW,
    PXA,
    RESPONSE,
    SERVICE,
    SERVICE_TYPE,
    US,
    WINDOW,
    certificate,
    folder,
    key_pem,
    pem,
    register,
    rsa_key,
    waiting,
)
from tests.web.world import Gateway, make_folders, running

pytestmark = pytest.mark.timeout(240)
SECOND = {
    "profile": '"edelivery-as4-2.0"', "authorization": "", "container": '"none"', "signing": '["signs.pem"]', "encryption": '"opens.pem"',
}  # fmt: skip
Key = ed25519.Ed25519PrivateKey | x25519.X25519PrivateKey


@cache
def pair(name: str) -> tuple[ed25519.Ed25519PrivateKey, x25519.X25519PrivateKey]:
    return ed25519.Ed25519PrivateKey.generate(), x25519.X25519PrivateKey.generate()


@cache
def certificates(name: str) -> tuple[x509.Certificate, x509.Certificate]:
    """Of a pair. An X25519 key cannot sign, so the other one vouches for it."""
    signs, opens = pair(name)
    return _certified(name, signs.public_key(), signs, name), _certified(
        f"{name} opens", opens.public_key(), signs, name
    )


def _certified(
    name: str, public: ed25519.Ed25519PublicKey | x25519.X25519PublicKey, by: ed25519.Ed25519PrivateKey, issuer: str
) -> x509.Certificate:
    subject, issued = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (name, issuer))
    now = utc_now()
    builder = x509.CertificateBuilder(
        issued, subject, public, x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=90)
    )
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False).sign(by, None)


def secret_pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def phase4(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phase4]:
    """A window's access point with keys of the second profile."""
    place = tmp_path_factory.mktemp("phase4-second")
    (place / "tls.key").write_bytes(key_pem(rsa_key("window-tls")))
    (place / "tls.pem").write_bytes(pem(certificate("window-tls", rsa_key("window-tls"))))
    (place / "tls-trusted.pem").write_bytes(pem(certificate("gateway", rsa_key("gateway"))))
    for name, key, shown in zip(("as4", "as4-open"), pair("window"), certificates("window"), strict=True):
        (place / f"{name}.key").write_bytes(secret_pem(key))
        (place / f"{name}.pem").write_bytes(pem(shown))
    (place / "as4-trusted.pem").write_bytes(pem(certificates("gateway")[0]))
    (place / "gateway-opens.pem").write_bytes(pem(certificates("gateway")[1]))
    try:
        class_path = peer.build()
    except peer.CannotBuild as why:
        pytest.skip(str(why))
    with peer.running(class_path, place) as started:
        yield started


def put_keys(state: Path, name: str = "gateway") -> AccessPoint:
    """Our pairs, in the state folder, and read from there."""
    (state / "as4").mkdir(parents=True, exist_ok=True)
    for use, key, shown in zip(("signs", "opens"), pair(name), certificates(name), strict=True):
        (state / "as4" / f"{use}.key").write_bytes(secret_pem(key))
        (state / "as4" / f"{use}.pem").write_bytes(pem(shown))
    made, problems = read_access_point(state / "as4")
    assert problems == []
    return made


def files_of(url: str, **changes: str) -> dict[str, bytes]:
    """keys/example-nsw/ of a window that speaks the second profile."""
    shown = dict(zip(("signs.pem", "opens.pem"), map(pem, certificates("window")), strict=True))
    tls = pem(certificate("window-tls", rsa_key("window-tls")))
    return folder(url, tls, **(SECOND | changes)) | shown


def known(url: str, **changes: str) -> Recipient:
    found = parse_recipient(NSW, files_of(url, **changes))
    assert isinstance(found, Recipient), found
    return found


async def send(phase4: Phase4, access_point: AccessPoint, id: str, **changes: str) -> Outcome:
    """One attempt of a delivery to phase4."""
    outgoing = Outgoing(
        recipient=known(phase4.url, **changes), delivery_id=id, manifest_id=str(uuid4()), route_id="ut-border", form="emswe-xml",
        purpose="border", legal_basis="Regulation (EU) 2019/1239", version=1, created_at=utc_now(),
        media_type="application/vnd.maritime-sealed", body=waiting(id), attempt=1, timeout_seconds=30,
    )  # fmt: skip
    async with session() as http:
        return await SENDERS["as4"](outgoing, Means(session=http, identity=IDENTITY, access_point=access_point))


@pytest.mark.parametrize("compress", ["false", "true"])
async def test_phase4_verifies_agrees_on_a_key_decrypts_and_receipts(
    phase4: Phase4, tmp_path: Path, compress: str
) -> None:
    id = str(uuid4())
    outcome = await send(phase4, put_keys(tmp_path), id, compress=compress)
    assert isinstance(outcome, Accepted), (outcome, phase4.log)
    told, [part] = phase4.received()[-1]
    assert told["id"].partition("@")[0] == id
    assert (told["signed"], told["decrypted"], told["from"], told["to"]) == ("true", "true", US, WINDOW)
    assert part == PXA


async def test_phase4_refuses_what_another_signed(phase4: Phase4, tmp_path: Path) -> None:
    outcome = await send(phase4, put_keys(tmp_path, "stranger"), str(uuid4()))
    assert isinstance(outcome, TryLater), outcome
    assert outcome.needs_person


@pytest.fixture
async def gateway(phase4: Phase4, tmp_path: Path, database: Database, pool: Pool) -> AsyncIterator[Gateway]:
    made = make_folders(tmp_path)
    put_keys(made.settings.state)
    (tmp_path / "keys" / NSW).mkdir()
    for name, data in files_of(phase4.url).items():
        (tmp_path / "keys" / NSW / name).write_bytes(data)
    (tmp_path / "keys" / NSW / "routes.toml").write_bytes(register())
    (tmp_path / "tls.key").write_bytes(key_pem(rsa_key("gateway")))
    (tmp_path / "tls.pem").write_bytes(pem(certificate("gateway", rsa_key("gateway"))))
    settings = msgspec.structs.replace(made.settings, tls_cert=tmp_path / "tls.pem", tls_key=tmp_path / "tls.key")
    async with running(settings, database, pool) as found:
        yield found


@pytest.mark.parametrize("changes", [{}, {"compress": "true"}], ids=["plain", "compressed"])
async def test_phase4_believes_our_receipt_for_what_it_sent(
    phase4: Phase4, gateway: Gateway, changes: dict[str, str]
) -> None:
    message = {
        "url": f"{gateway.url}/v1/as4", "id": str(uuid4()), "conversation": "none", "from": WINDOW, "to": US,
        "party-type": "urn:oasis:names:tc:ebcore:partyid-type:unregistered", "service": SERVICE, "service-type": SERVICE_TYPE,
        "action": RESPONSE, "certificate": str(phase4.folder / "gateway-opens.pem"), "mime-type": "application/octet-stream",
        "property.originalSender": "urn:emswe:mnsw:ut", "property.finalRecipient": "urn:emswe:rim:line",
    }  # fmt: skip
    said = await asyncio.to_thread(phase4.send, message | changes, b"an answer")
    assert (said["result"], said["matches"], said["signed"]) == ("success", "true", "true"), (said, phase4.log)
    [row] = await gateway.pool.fetch("SELECT * FROM response")
    sealed = Sealed(row["wrapped"], row["sealed"], row["key_id"])
    found = open_at_rest(sealed, gateway.catalogue.identity, context=b"response/" + row["id"].bytes)
    assert msgspec.msgpack.decode(found, type=Message).parts[0].data == b"an answer"

"""Mutual TLS: a certificate in keys/senders/ is a carrier; any other is nobody."""

import ssl
import warnings
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.settings import utc_now
from gateway.store import Database, Pool
from tests.web.world import CARRIER, RIVAL, Folders, Gateway, Reply, list_of, running

PEM, NONE = serialization.Encoding.PEM, serialization.NoEncryption()


class Pair(msgspec.Struct):
    """A certificate and its key, each as a file."""

    certificate: Path
    key: Path


def make_pair(
    folder: Path, name: str, *, file: str = "", key_of: Pair | None = None, issuer: Pair | None = None, days: int = 30, since: int = -1
) -> Pair:  # fmt: skip
    """A certificate for `name`: self-signed, or issued by `issuer`; with a new key, or that of `key_of`."""
    pair = Pair(folder / f"{file or name}.crt", folder / f"{file or name}.key")
    key = _key(key_of) if key_of else ec.generate_private_key(ec.SECP256R1())
    signer = _key(issuer) if issuer else key
    issued_by = x509.load_pem_x509_certificate(issuer.certificate.read_bytes()).subject if issuer else _name(name)
    now = utc_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issued_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=since))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    pair.certificate.write_bytes(made.public_bytes(PEM))
    pair.key.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, NONE))
    return pair


def _key(pair: Pair) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Tls(msgspec.Struct):
    gateway: Gateway
    server: Pair
    known: Pair

    def client(self, pair: Pair | None, *, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.server.certificate))
        context.maximum_version = most
        if pair is not None:
            context.load_cert_chain(pair.certificate, pair.key)
        return context

    async def ask(
        self, pair: Pair | None, token: str | None = None, path: str = "/v1/submissions", **kwargs: object
    ) -> Reply | None:
        """The answer, or None where the handshake was refused."""
        try:
            return await self.gateway.ask("GET", path, token, ssl=self.client(pair), **kwargs)  # type: ignore[arg-type]
        except (aiohttp.ClientConnectionError, ssl.SSLError):
            return None


@pytest.fixture
async def tls(tls_folders: Folders, tmp_path: Path, database: Database, pool: Pool) -> AsyncIterator[Tls]:
    """A gateway with TLS that knows the specimen line's certificate, and one of it that has expired."""
    server, known = make_pair(tmp_path, "gateway"), make_pair(tmp_path, "specimen line")
    senders = tls_folders.settings.keys / "senders"
    old = make_pair(tmp_path, "specimen line", file="old", since=-9, days=-1)
    (senders / f"{CARRIER}.pem").write_bytes(known.certificate.read_bytes() + old.certificate.read_bytes())
    (senders / f"{RIVAL}.pem").write_bytes(make_pair(tmp_path, "rival").certificate.read_bytes())
    (senders / "unknown-line.pem").write_bytes(make_pair(tmp_path, "unknown-line").certificate.read_bytes())
    settings = msgspec.structs.replace(tls_folders.settings, tls_cert=server.certificate, tls_key=server.key)
    async with running(settings, database, pool) as gateway:
        yield Tls(gateway, server, known)


async def test_a_known_certificate_is_the_carrier(tls: Tls) -> None:
    for most in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = tls.client(tls.known, most=most)
        sent = await tls.gateway.ask("POST", "/v1/submissions", data=list_of(), ssl=context)
        assert sent.status == 202
        mine = await tls.gateway.ask("GET", "/v1/submissions", ssl=context)
        assert [one["id"] for one in mine.json["submissions"]] == [sent.json["id"]]
    assert await tls.gateway.pool.fetchval("SELECT carrier FROM submission") == CARRIER


async def test_a_certificate_outweighs_a_token(tls: Tls) -> None:
    rival = await tls.gateway.token("carrier", RIVAL)
    reply = await tls.ask(tls.known, rival, f"/v1/scorecards?carrier={CARRIER}")
    assert reply is not None
    assert reply.status == 200


async def test_without_a_certificate_a_token_still_counts(tls: Tls) -> None:
    reply = await tls.ask(None, await tls.gateway.token("carrier", CARRIER))
    assert reply is not None
    assert (reply.status, reply.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
    nobody = await tls.ask(None)
    assert nobody is not None
    assert (nobody.status, nobody.problem) == (401, "no-credentials")


async def test_a_strangers_certificate_is_nobody(tls: Tls, tmp_path: Path) -> None:
    strangers = {
        "unknown": make_pair(tmp_path, "someone"),
        "same name, other key": make_pair(tmp_path, "specimen line", file="forged"),
        "expired, though listed": Pair(tmp_path / "old.crt", tmp_path / "old.key"),
        "issued by a carrier's own": make_pair(tmp_path, "specimen line", file="child", issuer=tls.known),
        "of a line without a profile": Pair(tmp_path / "unknown-line.crt", tmp_path / "unknown-line.key"),
        "renewed, not listed": make_pair(tmp_path, "specimen line", file="renewed", key_of=tls.known),
        "not yet valid": make_pair(tmp_path, "specimen line", file="early", key_of=tls.known, since=5),
    }
    for what, pair in strangers.items():
        reply = await tls.ask(pair)
        assert reply is None or (reply.status, reply.problem) == (401, "no-credentials"), what


async def test_a_stranger_with_a_token_is_whom_the_token_names(tls: Tls, tmp_path: Path) -> None:
    child = make_pair(tmp_path, "specimen line", file="child", issuer=tls.known)
    reply = await tls.ask(child, await tls.gateway.token("carrier", RIVAL), f"/v1/scorecards?carrier={RIVAL}")
    assert reply is None or reply.status == 200
    other = await tls.ask(child, await tls.gateway.token("carrier", RIVAL), f"/v1/scorecards?carrier={CARRIER}")
    assert other is None or other.status == 404


async def test_old_tls_and_plain_http_are_refused(tls: Tls) -> None:
    with pytest.raises((aiohttp.ClientConnectionError, ssl.SSLError)):
        await tls.gateway.ask("GET", "/healthz", ssl=_old(tls))
    with pytest.raises(aiohttp.ClientError):
        await tls.gateway.session.get(tls.gateway.url.replace("https", "http") + "/healthz")


def _old(tls: Tls) -> ssl.SSLContext:
    context = tls.client(None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


async def test_the_cookie_of_a_page_over_tls_stays_on_tls(tls: Tls) -> None:
    token = await tls.gateway.token("operator", "desk")
    reply = await tls.gateway.ask(
        "POST", "/sign-in/screen", data=f"token={token}".encode(), ssl=tls.client(None),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert reply.status == 303
    assert "Secure" in reply.headers["Set-Cookie"]

"""The demo's processes and folders: keys made on the spot, two stand-in recipients, a gateway with its worker.

In: an empty folder. Out: a running world on loopback ports of the system's choosing, ended with the block. Private keys
lie in the stand-ins' own folders; the gateway is given the public halves only, as it would be in earnest.
"""

import asyncio
import contextlib
import os
import shutil
import socket
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.catalogue import read_identity
from gateway.demo.samples import COUNTRY
from gateway.keyring import Identity, SealForm, new_recipient_keys
from gateway.settings import PROJECT

_START_SECONDS = 60


class CannotShow(Exception):
    """The demo cannot go on; the text says why."""


class World(msgspec.Struct, frozen=True):
    """`url` of the gateway, `operator` its operator's token, `journals` recipient -> address of its journal."""

    url: str
    operator: str
    identity: Identity
    journals: dict[str, str]
    folder: Path


_RECIPIENTS: dict[str, tuple[str, SealForm]] = {"demo-nsw": ("nsw", "envelope"), "demo-piu": ("piu", "jwe")}

_ROUTES = {
    "demo-nsw": (
        ("passengers", "passengers", "emswe-xml", '["border", "safety"]', f'arrival_countries = ["{COUNTRY}"]'),
        ("crew", "crew", "emswe-json", '["border", "safety"]', f'arrival_countries = ["{COUNTRY}"]'),
        ("leaving", "passengers", "emswe-xml", '["border", "safety"]', f'departure_countries = ["{COUNTRY}"]'),
        ("leaving-crew", "crew", "emswe-json", '["border", "safety"]', f'departure_countries = ["{COUNTRY}"]'),
    ),
    "demo-piu": (
        ("cruises", 'passengers", "crew', "paxlst-sea", '["border"]', 'scope = "external"\nservices = ["cruise"]'),
        ("ferries", 'passengers", "crew', "common-json", '["border"]', 'scope = "external"\nservices = ["ferry"]'),
    ),
}


@asynccontextmanager
async def world(now: datetime, *, workers: int = 1, blind: bool = False) -> AsyncIterator[World]:
    """Everything running; ended, and its folder removed, with the block. `blind` recipients open nothing."""
    folder = _new_folder()
    state = folder / "state"
    identity = read_identity(state, now.date())
    ports = {name: _free_port() for name in (*_RECIPIENTS, "gateway")}
    for name in _RECIPIENTS:
        _prepare(folder, name, ports[name], identity, now)
    (folder / "keys" / "senders").mkdir()
    environment = _environment() | {
        "GATEWAY_STATE": str(state),
        "GATEWAY_KEYS": str(folder / "keys"),
        "GATEWAY_PORT": str(ports["gateway"]),
        "GATEWAY_NAME": "demo gateway",
        "GATEWAY_WORKERS": str(workers),
    }
    sight = ["--blind"] if blind else []
    commands = [["stand-in", str(folder / name), "--port", str(ports[name]), *sight] for name in _RECIPIENTS]
    children: list[asyncio.subprocess.Process] = []
    try:
        for command, env in (*[(c, _environment()) for c in commands], (["run"], environment)):
            children.append(await asyncio.create_subprocess_exec(
                sys.executable, "-m", "gateway", *command, env=env, stderr=_log(folder), start_new_session=True))  # fmt: skip
        url = f"http://127.0.0.1:{ports['gateway']}"
        await _ready(url, children, folder)
        operator = (state / "operator.token").read_text().strip()
        journals = {name: f"https://127.0.0.1:{ports[name]}/journal" for name in _RECIPIENTS}
        yield World(url, operator, identity, journals, folder)
    finally:
        await _end(children)
        shutil.rmtree(folder, ignore_errors=True)


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gateway-demo-"))
    folder.chmod(0o711)  # PostgreSQL's own user passes through
    return folder


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GATEWAY_") or name == "GATEWAY_PG_BINDIR"
    }
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))}


def _log(folder: Path) -> int:
    return os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


async def _ready(url: str, children: list[asyncio.subprocess.Process], folder: Path) -> None:
    deadline = asyncio.get_running_loop().time() + _START_SECONDS
    async with aiohttp.ClientSession() as session:
        while asyncio.get_running_loop().time() < deadline:
            if any(child.returncode is not None for child in children):
                break
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)
    said = (folder / "log").read_text(errors="replace")[-2000:]
    raise CannotShow(f"the gateway did not start; it said:\n{said}")


async def _end(children: list[asyncio.subprocess.Process]) -> None:
    for child in reversed(children):  # the gateway first: what it is sending may still be taken
        if child.returncode is None:
            child.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), 15)
        if child.returncode is None:
            child.kill()
            await child.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _prepare(folder: Path, name: str, port: int, identity: Identity, now: datetime) -> None:
    """A recipient's own folder (secret), and what the gateway is told of it (public)."""
    kind, form = _RECIPIENTS[name]
    own, told = folder / name, folder / "keys" / name
    own.mkdir(mode=0o700)
    told.mkdir(parents=True)
    secret, public = new_recipient_keys(form)
    (own / "secret.pem").write_bytes(secret.pem)
    (own / "gateway.pem").write_bytes(identity.verify_keys[0].pem)
    certificate = _certificate(own / "tls.key", now)
    (own / "tls.pem").write_bytes(certificate)
    (told / "server.pem").write_bytes(certificate)
    (told / "key.pem").write_bytes(public.pem)
    since, until = now.date() - timedelta(days=1), now.date() + timedelta(days=90)
    (told / "recipient.toml").write_text(f"""id = "{name}"
name = "Stand-in {kind.upper()} of the demo"
kind = "{kind}"
country = "{COUNTRY}"
third_country = false
send = {{ transport = "https", url = "https://127.0.0.1:{port}/deliveries", tls = "server.pem" }}
seal = {{ form = "{form}" }}
key = [{{ file = "key.pem", from = {since}, until = {until} }}]
declarant = {{ id = "{COUNTRY}000000000", name = "Demo agency", role = "AG" }}
edifact = {{ sender = "GATEWAY", recipient = "{name.upper()}" }}
""")
    routes = [
        f"""[[route]]
id = "{id}"
lists = ["{lists}"]
purposes = {purposes}
form = "{form_}"
legal_basis = "the demo's own; in earnest the act and its article"
from = {since}
until = {until}
reviewer = "Nobody, this is a demo"
[route.when]
{when}
"""
        for id, lists, form_, purposes, when in _ROUTES[name]
    ]
    (told / "routes.toml").write_text("\n".join(routes))


def _certificate(key_file: Path, now: datetime) -> bytes:
    """A self-signed server certificate for 127.0.0.1, and its key in `key_file`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in recipient")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    none = serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none))
    return made.public_bytes(serialization.Encoding.PEM)


def trusting(folder: Path, name: str) -> ssl.SSLContext:
    """TLS towards a stand-in: its own certificate is trusted, no other."""
    return ssl.create_default_context(cafile=str(folder / name / "tls.pem"))

"""What a recipient and the gateway know of each other, written into folders: keys, certificates, routes.

In: an empty folder, the gateway's identity. Out: the recipient's own folder with its secrets, and the folder of public
halves that the gateway is told of, as it would be in earnest.
"""

import ssl
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.demo import COUNTRY
from gateway.keyring import Identity, KeyForm, new_recipient_keys

RECIPIENTS: dict[str, tuple[str, KeyForm]] = {"demo-nsw": ("nsw", "envelope"), "demo-piu": ("piu", "jwe")}

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


def prepare(folder: Path, name: str, port: int, identity: Identity, now: datetime) -> None:
    """A recipient's own folder (secret), and what the gateway is told of it (public)."""
    kind, form = RECIPIENTS[name]
    own, told = folder / name, folder / "keys" / name
    own.mkdir(mode=0o700)
    told.mkdir(parents=True)
    secret, public = new_recipient_keys(form)
    (own / "secret.pem").write_bytes(secret.pem)
    (own / "gateway.pem").write_bytes(identity.verify_keys[0].pem)
    shown = certificate(own / "tls.key", now)
    (own / "tls.pem").write_bytes(shown)
    (told / "server.pem").write_bytes(shown)
    (told / "key.pem").write_bytes(public.pem)
    since, until = now.date() - timedelta(days=1), now.date() + timedelta(days=90)
    (told / "recipient.toml").write_text(f"""id = "{name}"
name = "Stand-in {kind.upper()} of the demo"
kind = "{kind}"
country = "{COUNTRY}"
third_country = false
send = {{ transport = "https" }}
https = {{ url = "https://127.0.0.1:{port}/deliveries", tls = "server.pem" }}
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


def certificate(key_file: Path, now: datetime) -> bytes:
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

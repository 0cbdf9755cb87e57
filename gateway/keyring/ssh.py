"""Public SSH keys: carriers' in keys/senders/<carrier>.pub, written as in authorized_keys, and the host keys of recipients.

In: lines of OpenSSH's form, `ssh-ed25519 AAAA… comment`. Out: the key's own bytes -> carrier, and problems. No options before a
key: what a carrier may do is not for its key file to say. Ed25519, ECDSA on the NIST curves, RSA of 2048 bits or more.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from gateway.findings import Finding, Place, Rule, Severity
from gateway.keyring.keys import holds_secret

_KINDS = (b"ssh-ed25519", b"ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp384", b"ecdsa-sha2-nistp521", b"ssh-rsa")

NO_SSH_KEY = Rule(
    id="K-63",
    severity=Severity.ERROR,
    text="line {line} of {file} is no SSH key that can be used",
    hint="one key a line, such as ssh-ed25519 AAAA…, without options before it; Ed25519, ECDSA, or RSA of 2048 bits or more",
)
SHARED_SSH_KEY = Rule(
    id="K-64",
    severity=Severity.ERROR,
    text="a key of {file} is also another carrier's",
    hint="each carrier needs a key of its own; ask both which one made it",
)
SECRET_SSH_KEY = Rule(
    id="K-65",
    severity=Severity.ERROR,
    text="{file} holds a private key",
    hint="remove it at once and tell the carrier: a private key that has left its owner must be replaced",
)


def ssh_key_of(line: bytes) -> bytes | None:
    """The bytes of the one public key in a line, as they go over the wire (RFC 4253 section 6.6); None if it is none to be used."""
    kind, _, rest = line.strip().partition(b" ")
    if kind not in _KINDS:
        return None
    try:
        key = load_ssh_public_key(line.strip())
        blob = base64.b64decode(rest.split(b" ")[0], validate=True)
    except (ValueError, UnsupportedAlgorithm, binascii.Error):
        return None
    return None if isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048 else blob


def parse_ssh_senders(files: Mapping[str, bytes]) -> tuple[dict[bytes, str], list[Finding]]:
    """Whose key each is; a file with a key that cannot be used, or that is another's too, is told of, and that key left out."""
    found: list[Finding] = []
    by_key: dict[bytes, str] = {}
    for name in sorted(name for name in files if name.endswith(".pub")):
        place, carrier = Place(path=f"senders/{name}"), name.removesuffix(".pub")
        if holds_secret(files[name]):
            found.append(SECRET_SSH_KEY.at(place, file=name))
            continue
        for blob in _keys(name, files[name], place, found):
            if by_key.setdefault(blob, carrier) != carrier:
                found.append(SHARED_SSH_KEY.at(place, file=name))
    return by_key, found


def _keys(name: str, data: bytes, place: Place, found: list[Finding]) -> Iterator[bytes]:
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        blob = ssh_key_of(line)
        if blob is None:
            found.append(NO_SSH_KEY.at(place, line=number, file=name))
        else:
            yield blob

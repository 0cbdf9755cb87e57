"""Pass certificates of the sandbox: that a line's lists of one format were read and checked without an error, by which rules, and when.

In: what was tried; a document and public keys. Out: a signed document; whether it is ours, unchanged, and of the rules in force. It names no
person, and the lists by their digests alone. It says nothing of lists that are sent later.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from gateway.keyring import PublicKey, SecretKey
from gateway.receipts.receipt import Hex256
from gateway.receipts.signed import sign_statement, verify_statement

_MEMBER: Final = "certificate"
_TYPE: Final = "maritime-pass-certificate+json"
Number = Annotated[int, msgspec.Meta(ge=0)]


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """`edition`: of the format. `passengers`, `crew`: persons on the largest list of each that passed. `exercised`: what else the lists
    did, by name: counts, and the functions of messages. `tries`: SHA-256 of what was tried. `software`, `rules`: the gateway's version,
    and the edition of its rules, for as long as which this is valid."""

    carrier: str
    name: str
    format: str
    edition: str
    passengers: Number
    crew: Number
    exercised: tuple[str, ...]
    tries: tuple[Hex256, ...]
    gateway: str
    software: str
    rules: str
    issued_at: datetime
    version: Literal[1] = 1


def sign_certificate(certificate: Certificate, signer: SecretKey) -> bytes:
    """The certificate as a document for the carrier."""
    return sign_statement(_MEMBER, _TYPE, certificate, signer)


def verify_certificate(document: bytes, keys: Iterable[PublicKey]) -> Certificate:
    """The certificate, if one of `keys` signed exactly this; else `NotTrue`."""
    return verify_statement(document, _MEMBER, _TYPE, Certificate, keys)[0]

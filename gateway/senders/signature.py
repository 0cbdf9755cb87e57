"""HTTP Message Signatures (RFC 9421) on what is posted, with Content-Digest (RFC 9530): who sent it, what, where to, when.

In: the address, the headers and the body of a POST, the gateway's Ed25519 key and the time. Out: the headers with
Content-Digest, Signature-Input and Signature, under the label "gateway" and the tag `TAG`. `keyid` is the fingerprint that
envelopes and receipts carry too; `./gw receipt key` prints the key. deploy/recipient/verify_push.py checks it at the other end.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageSigner, algorithms
from yarl import URL

from gateway.keyring import SecretKey
from gateway.keyring.keys import sign

TAG: Final = "maritime-passenger-gateway"
COVERED: Final = (
    "@method",
    "@target-uri",
    "content-type",
    "content-digest",
    "idempotency-key",
    "gateway-delivery",
    "gateway-attempt",
)
_LABEL: Final = "gateway"
_SIGNER: Final = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)


class _Post:
    """A request as the library looks at it."""

    method: Final = "POST"

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url, self.headers = url, headers


def signed_headers(
    url: str, headers: Mapping[str, str], body: bytes, signer: SecretKey, now: datetime
) -> dict[str, str]:
    """`headers`, and those that sign them together with the address and the body; `ValueError` for an address that is none."""
    post = _Post(str(URL(url).with_fragment(None)), dict(headers))
    id = signer.public.fingerprint
    try:
        prepared = _SIGNER.prepare(
            post, key_id=id, created=now, label=_LABEL, tag=TAG, covered_component_ids=COVERED, body=body
        )
    except HTTPMessageSignaturesException as error:
        raise ValueError("the address is none that a request can be made to") from error
    _SIGNER.apply(post, prepared, sign(signer, prepared.signature_base))
    return post.headers

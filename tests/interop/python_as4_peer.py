"""Runs in the virtual environment of the PyPI package `as4`, and is the other access point: one task of JSON in, one answer out.

pack: builds, signs and encrypts a message of its own    check: verifies our receipt for it
unpack: verifies and decrypts ours, and answers it with its receipt or error
"""

import base64
import json
import sys

from as4 import AS4LocalPrivateKey, AS4SendingExchange, SecurityPolicy, pinned_certificates
from as4.peppol import (
    PeppolAS4MessageBuilderArgs,
    PeppolAS4Profile,
    PeppolSendingExchange,
    create_peppol_external_party,
    create_peppol_internal_party,
    parse_peppol_message,
)
from as4.profiles.peppol.document_identifier import BusdoxDocidQnsDocumentIdentifier
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

DOCUMENT = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:example:test::2.1"


def parties(task):
    own, other = task["own"], task["other"]
    key = AS4LocalPrivateKey(load_pem_private_key(own["key"].encode(), None))
    certificate = x509.load_pem_x509_certificate(own["certificate"].encode())
    theirs = x509.load_pem_x509_certificate(other["certificate"].encode())
    return (
        create_peppol_internal_party(own["party"], certificate, key),
        create_peppol_external_party(other["party"], theirs),
        theirs,
    )


def pack(task):
    local, remote, _ = parties(task)
    exchange = PeppolSendingExchange(profile=PeppolAS4Profile, local_party=local, remote_party=remote)
    headers, body = exchange.build(
        task["payload"].encode(),
        PeppolAS4MessageBuilderArgs(
            sender="9932:1", recipient="9932:2", c1_country_id="FI", process_identifier="urn:example:process",
            document_type_identifier=BusdoxDocidQnsDocumentIdentifier.from_identifier_value(DOCUMENT),
            document_identification_instance_identifier="1",
        ),
    )  # fmt: skip
    return {
        "content_type": headers["Content-Type"],
        "body": base64.b64encode(body).decode(),
        "exchange": exchange.mark_sent().model_dump_json(),
    }


def check(task):
    local, _, _ = parties(task)
    exchange: AS4SendingExchange = PeppolSendingExchange.restore(task["exchange"], local)
    try:
        exchange.receive_signal(base64.b64decode(task["body"]))
    except Exception as error:
        return {"successful": False, "why": repr(error)}
    return {"successful": exchange.successful, "errors": [error.error_code for error in exchange.errors]}


def unpack(task):
    local, _, theirs = parties(task)
    exchange = parse_peppol_message(
        {"Content-Type": task["content_type"]},
        base64.b64decode(task["body"]),
        local,
        security_policy=SecurityPolicy(signer_resolver=pinned_certificates(theirs)),
    )
    headers, signal = exchange.build_signal()
    payloads = exchange.message.decrypted_data if exchange.successful else {}
    return {
        "successful": exchange.successful,
        "why": repr(exchange.message.parse_error),
        "payloads": {name: base64.b64encode(content).decode() for name, content in payloads.items()},
        "content_type": headers.get("Content-Type", "application/soap+xml"),
        "body": base64.b64encode(signal if isinstance(signal, bytes) else signal.encode()).decode(),
    }


if __name__ == "__main__":
    task = json.load(sys.stdin)
    json.dump({"pack": pack, "check": check, "unpack": unpack}[task["do"]](task), sys.stdout)

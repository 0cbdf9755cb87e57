"""Recipients, carriers' certificates and our own identity: who is sealed to, who is believed, who we are.

In: the bytes of key files and their TOML. Out: frozen values, or findings that say how to mend a folder. A Recipient is
someone we seal to, an Identity is what opens. Reading the files is `catalogue`'s work, sealing is `seal`'s, deciding
who is owed what is `route`'s.
"""

from gateway.keyring.as4 import As4
from gateway.keyring.certificates import Sender, Senders, parse_senders, spki_fingerprint
from gateway.keyring.identity import Generation, Identity, identity_file, new_identity, parse_identity
from gateway.keyring.keys import BadKey, KeyKind, PublicKey, SecretKey, new_secret, parse_public, parse_secret
from gateway.keyring.outlook import outlook, senders_outlook
from gateway.keyring.recipient import (
    KINDS_FOR,
    Declarant,
    Edifact,
    KeyForm,
    Recipient,
    RecipientKey,
    SealForm,
    parse_recipient,
)
from gateway.keyring.register import (
    PURPOSES_OF,
    Form,
    Handling,
    Marking,
    PassedOn,
    RecipientKind,
    Route,
    Scope,
    Service,
    Terms,
    When,
)
from gateway.keyring.ssh import parse_ssh_senders
from gateway.keyring.transports import Https, Send, Sftp, Transport

__all__ = [
    "PURPOSES_OF", "As4", "BadKey", "Declarant", "Edifact", "Form", "Generation", "Handling", "Https", "Identity", "KeyForm", "KeyKind", "Marking", "PassedOn", "PublicKey",
    "Recipient", "RecipientKey", "RecipientKind", "Route", "Scope", "SealForm", "SecretKey", "Send", "Sender", "Senders",
    "Service", "Sftp", "Terms", "Transport", "When", "identity_file", "new_identity", "new_recipient_keys", "new_secret", "outlook",
    "parse_identity", "parse_public", "parse_recipient", "parse_secret", "parse_senders", "parse_ssh_senders", "senders_outlook",
    "spki_fingerprint",
]  # fmt: skip


def new_recipient_keys(form: KeyForm) -> tuple[SecretKey, PublicKey]:
    """A fresh pair of the kind that fits `form` best; `.pem` of each is its file. The first belongs to the recipient alone."""
    secret = new_secret(KINDS_FOR[form][0])
    return secret, secret.public

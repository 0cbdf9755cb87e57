"""The gateway's own identity: what opens what is sealed to us, and what signs receipts, log heads and envelopes.

A text file in the state folder, never in keys/: a heading, then for each generation the day it was made, a hybrid
secret key and an Ed25519 secret key in PEM. The first generation is the current one; older ones stay, because what
was sealed to them must still open and what they signed must still verify.
"""

import re
from datetime import date

from gateway.keyring.keys import BadKey, KeyKind, PublicKey, SecretKey, new_secret, parse_secret, pem_blocks
from gateway.manifest import Private

_HEADING = b"maritime passenger gateway identity 1\n"
_MADE = re.compile(rb"^made (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


class Generation(Private, frozen=True, kw_only=True):
    made: date
    opens: SecretKey  # hybrid
    signs: SecretKey  # Ed25519


class Identity(Private, frozen=True):
    """Generations, the current one first."""

    generations: tuple[Generation, ...]

    @property
    def seal_to(self) -> PublicKey:
        """The public key that data at rest is sealed to; all that a receiver needs."""
        return self.generations[0].opens.public

    @property
    def signer(self) -> SecretKey:
        return self.generations[0].signs

    @property
    def verify_keys(self) -> tuple[PublicKey, ...]:
        """The keys whose signatures are ours, the current one first."""
        return tuple(generation.signs.public for generation in self.generations)

    def opener(self, key_id: str) -> SecretKey | None:
        """The secret key with this fingerprint, of whatever generation."""
        keys = (generation.opens for generation in self.generations)
        return next((key for key in keys if key.public.fingerprint == key_id), None)

    def renewed(self, day: date) -> "Identity":
        """With a new current generation; the older ones still open and verify."""
        return Identity((new_generation(day), *self.generations))


def new_generation(day: date) -> Generation:
    return Generation(made=day, opens=new_secret(KeyKind.HYBRID), signs=new_secret(KeyKind.ED25519))


def new_identity(day: date) -> Identity:
    return Identity((new_generation(day),))


def identity_file(identity: Identity) -> bytes:
    """The identity as the bytes of its file. They are secret."""
    parts = [b"made %s\n%s%s" % (str(g.made).encode(), g.opens.pem, g.signs.pem) for g in identity.generations]
    return _HEADING + b"".join(parts)


def parse_identity(data: bytes) -> Identity:
    """The identity in a file's bytes; `BadKey` if it is damaged or something else."""
    if not data.startswith(_HEADING):
        raise BadKey(
            "this is not an identity file; restore it from your copy, without it nothing at rest can be opened"
        )
    days, blocks = _MADE.findall(data), pem_blocks(data)
    if not days or len(blocks) != 2 * len(days):
        raise BadKey("the identity file is incomplete; restore it from your copy")
    keys = [parse_secret(block) for block in blocks]
    if any(k.kind is not w for k, w in zip(keys, (KeyKind.HYBRID, KeyKind.ED25519) * len(days), strict=True)):
        raise BadKey("the identity file's keys are of the wrong kind or in the wrong order; restore it from your copy")
    try:
        made = [date.fromisoformat(day.decode()) for day in days]
    except ValueError as error:
        raise BadKey("the identity file has a day that does not exist; restore it from your copy") from error
    return Identity(
        tuple(Generation(made=m, opens=o, signs=s) for m, o, s in zip(made, keys[::2], keys[1::2], strict=True))
    )

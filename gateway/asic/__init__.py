"""ASiC-E containers with CAdES signatures: a formality and its signature in one zip (ETSI EN 319 162-1, EN 319 122-1).

`container` makes and reads the zip, `manifest` the list of what is signed, `cades` the signature itself. Pure. EMSWe's RIM
names its entries otherwise than the standard does, so the names are the caller's (`Names`). Whom a signature may come from
is the caller's to decide: here only is said whose it is, and that nothing was changed.
"""

from gateway.asic.cades import BadSigner, Signed, Signer, sign, verify
from gateway.asic.container import ETSI, MEDIA_TYPE, RIM, Container, Entry, Names, pack, unpack

__all__ = [
    "ETSI", "MEDIA_TYPE", "RIM", "BadSigner", "Container", "Entry", "Names", "Signed", "Signer", "pack", "sign", "unpack",
    "verify",
]  # fmt: skip

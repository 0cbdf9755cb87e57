"""Non-repudiation of receipt: the digests that arrived, given back; and those given back compared with what was sent.

In: the references of a signature. Out: ebbp:NonRepudiationInformation and back, and what does not agree. A receipt proves
something only digest by digest, under the other side's signature. ebBP Signals 2.0; ebMS 3.0 Core 5.2.3.3; AS4 Profile 5.1.8.
"""

import base64
from collections.abc import Iterable, Sequence

from lxml import etree

from gateway.as4.ebms import Reference
from gateway.as4.errors import INVALID_HEADER, Refused
from gateway.as4.names import DS, EBBP, EC, every, make, only, text_of

_MOST = 200  # references; a message has at most 100 parts


def written(references: Iterable[Reference]) -> etree._Element:
    """One MessagePartNRInformation for each reference of the signature that was verified."""
    parts = (make(EBBP + "MessagePartNRInformation", element_of(one)) for one in references)
    return make(EBBP + "NonRepudiationInformation", *parts)


def element_of(reference: Reference) -> etree._Element:
    """ds:Reference."""
    prefixes = " ".join(reference.namespaces)
    listed = make(EC + "InclusiveNamespaces", attributes={"PrefixList": prefixes}) if prefixes else None
    transforms = [make(DS + "Transform", attributes={"Algorithm": uri}) for uri in reference.transforms]
    if listed is not None and transforms:
        transforms[0].append(listed)
    return make(
        DS + "Reference",
        make(DS + "Transforms", *transforms) if transforms else None,
        make(DS + "DigestMethod", attributes={"Algorithm": reference.digest_method}),
        make(DS + "DigestValue", base64.b64encode(reference.digest).decode("ascii")),
        attributes={"URI": reference.uri},
    )


def reference_of(element: etree._Element) -> Reference:
    """What a ds:Reference says. `Refused` (EBMS:0009) where it is not one."""
    method = only(element, DS + "DigestMethod")
    try:
        digest = base64.b64decode(text_of(only(element, DS + "DigestValue")), validate=False)
    except ValueError:
        digest = b""
    if method is None or not digest:
        raise Refused(INVALID_HEADER.saying("a ds:Reference must hold one DigestMethod and one DigestValue"))
    transforms = list(every(only(element, DS + "Transforms"), DS + "Transform"))
    return Reference(
        element.get("URI", ""),
        tuple(one.get("Algorithm", "") for one in transforms),
        method.get("Algorithm", ""),
        digest,
        tuple(prefix for one in transforms for prefix in prefixes_of(one)),
    )


def prefixes_of(element: etree._Element) -> tuple[str, ...]:
    """The PrefixList of exclusive C14N (section 4)."""
    listed = element.find(EC + "InclusiveNamespaces")
    return tuple(listed.get("PrefixList", "").split()) if listed is not None else ()


def read(element: etree._Element) -> tuple[Reference, ...]:
    """What an eb:Receipt gives back; nothing where it is a receipt without non-repudiation."""
    found = element.findall(f"{EBBP}NonRepudiationInformation/{EBBP}MessagePartNRInformation/{DS}Reference")
    return tuple(reference_of(one) for one in found[:_MOST])


def differences(sent: Sequence[Reference], given_back: Sequence[Reference]) -> list[str]:
    """Why the receipt does not say that what was sent arrived; nothing where every digest is there, once, and the same."""
    said = [f"{one.uri} is given back more than once" for one in given_back if _count(given_back, one.uri) > 1]
    back = {one.uri: one for one in given_back}
    for one in sent:
        got = back.pop(one.uri, None)
        if got is None:
            said.append(f"{one.uri} is not given back")
        elif (got.digest_method, got.digest) != (one.digest_method, one.digest):
            said.append(f"{one.uri} has another digest than what was sent")
    return said + [f"{uri} was not sent" for uri in back]


def _count(references: Sequence[Reference], uri: str) -> int:
    return sum(one.uri == uri for one in references)

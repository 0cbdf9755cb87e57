"""What EMSWe's Reporting Interface Module asks of the part that carries a formality, beside AS4 itself.

In: a formality as MIG XML, who answers for it, when it was made. Out: the part's properties (RIM P-Mode guide; Implementing
Regulation (EU) 2023/2790): Authorization.* as the central register (URAM) has them, FormalityInfo.* about the message.
"""

from datetime import UTC, datetime

import msgspec
from lxml import etree

from gateway.as4.ebms import Property

CORRELATION = "FormalityInfo.CorrelationId"
"""In an answer: the message id of what it answers."""


class Formality(msgspec.Struct, frozen=True):
    """`code` such as PXA (DE-002-03), `version` of the MIG (DE-002-10)."""

    code: str
    version: str

    @property
    def file_name(self) -> str:
        return f"{self.code}.xml"


def formality_of(xml: bytes) -> Formality | None:
    """What the header (MAI) of a formality says that it is; None where it has no such header."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    document = root.find("{*}MAI/{*}ExchangedDocument")
    if document is None:
        return None
    code, version = (document.findtext(f"{{*}}{name}") for name in ("TypeCode", "VersionID"))
    return Formality(code.strip(), version.strip()) if code and version else None


def part_properties(
    formality: Formality, *, identifier: str, type: str, subdomain: str, mime_type: str, at: datetime
) -> tuple[Property, ...]:
    """`identifier` (EORI), `type` (DECL or DSP) and `subdomain` (country) authorise; `at` is when the message was made."""
    stamp = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    said = {
        "Authorization.Identifier": identifier,
        "Authorization.Type": type,
        "Authorization.SubDomain": subdomain,
        "FormalityInfo.TypeUrn": f"urn:emswe:formality:{formality.code}",
        "FormalityInfo.TypeVersion": formality.version,
        "FormalityInfo.FileName": formality.file_name,
        "FormalityInfo.MimeType": mime_type,
        "FormalityInfo.CreationDateAndTime": stamp,
    }
    return tuple(Property(name, value) for name, value in said.items())

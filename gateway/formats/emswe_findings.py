"""What can be wrong with an EMSWe message before a person on it is looked at. MIG 2.0, Regulation (EU) 2023/205."""

from typing import Final

from gateway.findings import Rule, Severity

OTHER_VERSION: Final = Rule(
    id="X-40",
    severity=Severity.ERROR,
    text="this EMSWe message is of MIG {version}; lists of persons are read in MIG 2.0",
    hint="have it exported as MIG 2.0, which the single windows ask for; 1.0 has other names and another order",
    cites="EMSWe MIG 2.0, R-MAI-003",
)
OTHER_MESSAGE: Final = Rule(
    id="X-41",
    severity=Severity.ERROR,
    text="this is the EMSWe message {code}{name}, which lists no persons",
    hint="send the lists PXA, PXD, CWA or CWD, or the bookings PBK; other formalities go to the single window itself",
    cites="Regulation (EU) 2023/205",
)
ANSWER: Final = Rule(
    id="X-42",
    severity=Severity.ERROR,
    text="this is a single window's answer, not a list",
    hint="send the list itself: PXA, PXD, CWA, CWD or PBK",
    cites="EMSWe MIG 2.0, RES",
)
NO_ENVELOPE: Final = Rule(
    id="X-43",
    severity=Severity.ERROR,
    text="this is no EMSWe message: expected an Envelope that holds MAI and a formality",
    hint="send the message whole, from its Envelope on",
    cites="EMSWe MIG 2.0, Envelope",
)
SEVERAL: Final = Rule(
    id="X-44",
    severity=Severity.ERROR,
    text="the Envelope holds {count} formalities; it may hold one, so none was read",
    hint="send each formality in an Envelope of its own",
    cites="EMSWe MIG 2.0, Envelope",
)
NO_LIST: Final = Rule(
    id="X-45",
    severity=Severity.ERROR,
    text="there is no person in this message, and it withdraws nothing, so it was not taken for a list",
    hint="send every person on board, or PurposeCode 1 to withdraw the list; with nobody on board no list is due",
    cites="EMSWe MIG 2.0, OnboardTransportPerson 1..n; R-MAI-001",
)
TYPE_DIFFERS: Final = Rule(
    id="X-46",
    severity=Severity.WARNING,
    text="the header's TypeCode is not that of the formality; it was read as {code}, which it holds",
    hint="write the code of the formality in TypeCode",
    cites="EMSWe MIG 2.0, DE-002-03",
)
UNKNOWN_PURPOSE: Final = Rule(
    id="X-47",
    severity=Severity.WARNING,
    text="the PurposeCode is missing, or neither 9 nor 1; the list was read as a whole list",
    hint="write 9 for a list and for its update, 1 to withdraw it",
    cites="EMSWe MIG 2.0, R-MAI-001",
)
WITHDRAWN_WITH_LIST: Final = Rule(
    id="X-48",
    severity=Severity.WARNING,
    text="the message withdraws the list and holds one; it was read as a withdrawal",
    hint="leave the formality out to withdraw the list, or write PurposeCode 9 to replace it",
    cites="EMSWe MIG 2.0, R-MAI-001",
)
NO_VERSION: Final = Rule(
    id="X-49",
    severity=Severity.WARNING,
    text="the message does not say its version; it was read as MIG 2.0",
    hint="write VersionID 2.0",
    cites="EMSWe MIG 2.0, R-MAI-003",
)
UNKNOWN_SUBTYPE: Final = Rule(
    id="X-50",
    severity=Severity.WARNING,
    text="a SubtypeCode is not known; it gives the list no purpose",
    hint="write SUB-01 for border checks, SUB-02 for Directive 98/41/EC, or both",
    cites="EMSWe MIG 2.0, R-PXA-001",
)
DECLARANT: Final = Rule(
    id="X-51",
    severity=Severity.INFO,
    text="the declarant, its contacts and its numbers were not taken over",
    hint="nothing is to be done: the gateway reports under the declarant that is agreed with each recipient",
    cites="EMSWe MIG 2.0, DE-004",
)
NOT_TAKEN: Final = Rule(
    id="X-52",
    severity=Severity.WARNING,
    text="the schema has no field for this element of the list, so it was not taken over",
    hint="if an authority needs it, tell it to the authority yourself",
    cites="schemas/manifest.schema.json",
)
AGAIN: Final = Rule(
    id="X-53",
    severity=Severity.WARNING,
    text="the element is given more often for one person than there are fields; the first was taken, the others kept beside it",
    hint="send each value once",
    cites="EMSWe MIG 2.0",
)
TOO_MANY: Final = Rule(
    id="X-54",
    severity=Severity.ERROR,
    text="the list holds more than {most:,} persons, so it was not read",
    hint="send the list of one ship's call in one message",
    cites="EMSWe MIG 2.0, DE-001-02",
)
STRANGE: Final = Rule(
    id="X-55",
    severity=Severity.ERROR,
    text="the message nests deeper, or holds more kinds of elements, than any EMSWe message, so it was not read",
    hint="export it again, and compare it with the message guide",
    cites="EMSWe MIG 2.0",
)
RULES = (
    OTHER_VERSION, OTHER_MESSAGE, ANSWER, NO_ENVELOPE, SEVERAL, NO_LIST, TYPE_DIFFERS, UNKNOWN_PURPOSE, WITHDRAWN_WITH_LIST,
    NO_VERSION, UNKNOWN_SUBTYPE, DECLARANT, NOT_TAKEN, AGAIN, TOO_MANY, STRANGE,
)  # fmt: skip

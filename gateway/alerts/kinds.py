"""What can need a person, one row a kind: what it is called, how grave it is, who is told, what they should do.

The kinds are `keyring.contacts.AlarmKind`. `told` are the roles that hear of it unless their own settings say otherwise. A kind that
`lasts` is there for as long as its cause, which the gateway sees: acknowledging it stops the telling and does not close it. The others
tell of an event, and acknowledging closes them; where the gateway sees that it was mended, it does so itself.
"""

from typing import Final, Literal

import msgspec

from gateway.keyring.contacts import AlarmKind

Severity = Literal["critical", "warning", "info"]
Audience = Literal["carrier", "recipient", "duty", "desk", "operator"]


class Kind(msgspec.Struct, frozen=True):
    title: str
    severity: Severity
    told: tuple[Audience, ...]
    to_do: str
    lasts: bool = False


_SEND = "Line: send the whole list now. Port: ask the line; the call's page says what is missing."

KINDS: Final[dict[AlarmKind, Kind]] = {
    "filing-due-soon": Kind(
        "Due soon and not received", "warning", ("carrier", "duty"),
        "Send the list before the deadline, or correct the sailing's times if they have moved.", True,
    ),
    "filing-missing": Kind("Deadline passed, not received", "critical", ("carrier", "duty", "desk"), _SEND, True),
    "filing-incomplete": Kind("Deadline passed, incomplete", "critical", ("carrier", "duty"), _SEND, True),
    "filing-late": Kind(
        "Received late", "info", ("carrier", "desk"),
        "Nothing to do for this sailing; see why it came late, so that the next one does not.",
    ),
    "list-unfinished": Kind(
        "Parts of a list did not come", "warning", ("carrier", "operator"), "Send the whole list again."
    ),
    "list-halved": Kind(
        "Half of the persons are gone from a list", "warning", ("carrier", "desk"),
        "Ask the line whether so many do not travel; if not, have it send the whole list.",
    ),
    "export-changed": Kind(
        "A line's export has changed", "warning", ("carrier", "operator"),
        "Line: say what changed in your system. Operator: adapt the line's file in carriers/.",
    ),
    "authority-rejected": Kind(
        "The authority did not accept a list", "critical", ("carrier", "duty", "desk"),
        "Line: the answer to your submission says what is wrong and where; correct it and send the list again.",
    ),
    "authority-refuses": Kind(
        "The authority refuses for a reason of ours", "critical", ("operator", "recipient"),
        "Look the code up in schemas/codes/emswe_errors.csv, mend the settings, send again: ./gw recipients replay.",
    ),
    "answer-to-nothing": Kind(
        "An answer names no delivery of ours", "warning", ("operator",), "Ask the partner what it is about."
    ),
    "response-unread": Kind(
        "An authority's answer could not be read", "warning", ("operator",), "Ask the authority what it answered."
    ),
    "purpose-without-entry": Kind(
        "A list is held back: its register entry has ended", "critical", ("operator", "desk"),
        "Put an entry in force in the recipient's routes.toml; the next version goes then.",
    ),
    "transfer-asked": Kind(
        "A unit asks for lists of another", "info", ("operator",), "Decide it: ./gw transfers."
    ),
    "delivery-refused": Kind(
        "A recipient refused a delivery", "critical", ("operator", "recipient"),
        "See the recipient's answer, mend the cause, send it again: ./gw recipients replay.",
    ),
    "delivery-given-up": Kind(
        "A delivery was given up", "critical", ("operator", "recipient"),
        "Find out why it did not get through, then send it again: ./gw recipients replay.",
    ),
    "delivery-ended": Kind(
        "A delivery was not sent: nothing allows it any more", "warning", ("operator", "desk"),
        "If it is still owed, have its entry of the register renewed and its list sent again.",
    ),
    "recipient-out-of-reach": Kind(
        "A recipient is down", "critical", ("operator", "recipient", "desk"),
        "Nothing is lost: what it is owed waits. See that the recipient can be reached again.", True,
    ),
    "recipient-without-key": Kind(
        "A recipient has no valid key", "critical", ("operator", "recipient", "desk"),
        "Recipient: send your next public key. Operator: add it as keys/README.md says and start the gateway again.", True,
    ),
    "key-ends": Kind(
        "A recipient's key is about to end", "warning", ("operator", "recipient"),
        "Recipient: send your next public key. Operator: add it with an overlap.", True,
    ),
    "certificate-ends": Kind(
        "A certificate has ended or is about to", "warning", ("operator", "recipient", "carrier"),
        "Its owner: send the next certificate. Operator: put it beside the old one.", True,
    ),
    "route-ends": Kind(
        "An entry of the route register has ended or is about to", "warning", ("operator", "desk"),
        "Have its reviewer decide whether it is renewed; without it nothing is sent.", True,
    ),
    "submission-failed": Kind(
        "A submission could not be processed", "critical", ("operator",),
        "It is kept. Look at the gateway's log, then: ./gw submissions again ID.",
    ),
    "verdict-unknown": Kind(
        "An authority has a list, and its verdict was lost", "warning", ("operator", "carrier"),
        "Ask the authority for its verdict, or have the line send the list again.",
    ),
    "count-differs": Kind(
        "Count and list differ after departure", "critical", ("carrier", "duty", "desk"),
        "Line: send a new count, or the whole list, or say by events who came late or stayed ashore.", True,
    ),
    "sailing-unannounced": Kind(
        "A ship sails that nobody announced", "warning", ("duty", "desk"),
        "Find out whose sailing it is; once its schedule is imported it is the same call.",
    ),
    "sailing-unclear": Kind(
        "It cannot be told which sailing is meant", "warning", ("duty", "desk"),
        "Compare the calls that fit, and have the operator decide: ./gw calls unplaced, ./gw calls place.", True,
    ),
    "break-glass": Kind(
        "A rescue centre asks for the persons of a sailing", "critical", ("operator", "desk"),
        "See in the case who asked, who granted it, and why. Call the rescue centre if you do not know of it; if it does not either, end that account.",
    ),
    "account-waits": Kind(
        "An account that comes near names waits to be confirmed", "warning", ("operator", "desk"),
        "A colleague confirms or refuses it on the page Colleagues. If nobody expects it, find out who made it.", True,
    ),
    "sign-in-held-up": Kind(
        "Sign-in to an account is held up after wrong tries", "warning", ("operator", "desk"),
        "Ask its owner whether it was them. If it was not: nobody came in, and a new link (./gw people link) makes a known password worthless.", True,
    ),
    "sign-in-burst": Kind(
        "Many wrong tries to sign in", "warning", ("operator", "desk"),
        "See from where; shut these networks out before the gateway if they are nobody's you know.", True,
    ),
    "list-unreadable": Kind(
        "A file of a line could not be read", "warning", ("carrier", "operator"),
        "Line: the answer to your submission says what was expected; send the list again. Until then it counts as not received.",
    ),
    "set-aside": Kind(
        "A file of the gateway's own folders is set aside", "warning", ("operator",),
        "Mend the file as its text says and start the gateway again; ./gw carriers and ./gw keys check it first.", True,
    ),
    "alert-given-up": Kind(
        "Alerts do not reach a party", "warning", (),
        "Tell the party by telephone, and correct its address or see that it can be reached.",
    ),
}  # fmt: skip

_UNKNOWN = Kind("Needs a look", "warning", ("operator",), "See its text.")


def kind_of(name: str) -> Kind:
    """The kind of an alarm; one that this gateway does not know was raised by a newer one."""
    return next((kind for known, kind in KINDS.items() if known == name), _UNKNOWN)

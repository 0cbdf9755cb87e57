"""as_before: a list that does not say what it is for is for what the version before it was, where its own content says less.

In: `Done`, and for what each series was filed so far. Out: `Done` in which a list without documents, a list of some persons and a
withdrawal are for what their list was for; and a word to the sender. Without it, an export that lost its documents would turn a
border list into one for safety alone, and nothing of it would be missed at the border. (EMSWe G-PXA-003, Finland NR-PXA-001.)
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.catalogue import Catalogue
from gateway.checks.voyage import purpose_missing
from gateway.findings import Finding, Rule, Severity
from gateway.manifest import Function, Purpose
from gateway.process.done import Done
from gateway.process.order import with_findings
from gateway.process.parts import Part
from gateway.process.understand import Understood, UnderstoodList
from gateway.process.work import owed_of
from gateway.store.submissions import ClaimedSubmission

SAME_PURPOSES: Final = Rule(
    id="H-14",
    severity=Severity.WARNING,
    text="it is not said what the list is for; it was taken for {purposes}, as the version before ({without} of its {persons} persons have no document)",
    hint="say border (SUB-01), safety (SUB-02) or booking; if documents are missing in the export, send the list again with them",
    cites="EMSWe R-PXA-001, G-PXA-003; Finland NR-PXA-001",
)
RULES = (SAME_PURPOSES,)

_BY_CONTENT: Final = purpose_missing.rule.id


def as_before(
    claimed: ClaimedSubmission, done: Done, filed: Mapping[str, frozenset[Purpose]], catalogue: Catalogue
) -> Done:
    """`filed`: series -> for what it was filed since it was last withdrawn."""
    lists, owed = list(done.understood.lists), list(done.owed)
    said: list[list[Finding]] = [[] for _ in lists]
    understood = done.understood
    for at, one in enumerate(lists):
        before = _before(one, done.parts[at], filed)
        if before:
            lists[at] = _for(one, before)
            owed[at] = owed_of(claimed, lists[at], at + 1, done.calls[at], catalogue)
            said[at].append(_said(lists[at]))
            understood = _without(understood, one)
    if not any(said):
        return done
    understood = with_findings(msgspec.structs.replace(understood, lists=tuple(lists)), said)
    return msgspec.structs.replace(done, understood=understood, owed=tuple(owed))


def _before(
    one: UnderstoodList, parts: tuple[Part, ...], filed: Mapping[str, frozenset[Purpose]]
) -> tuple[Purpose, ...]:
    """What the list is for instead of what its content says; nothing, where the content decides."""
    if not one.is_guess:
        return ()
    known = frozenset[Purpose]().union(*(filed.get(part.series, frozenset()) for part in parts))
    before = tuple(purpose for purpose in Purpose if purpose in known)
    is_less = one.manifest.purposes == (Purpose.SAFETY,) and Purpose.BORDER in known
    is_of_it = one.manifest.function in (Function.CHANGE, Function.CANCEL)
    return before if (is_less or is_of_it) and before != one.manifest.purposes else ()


def _for(one: UnderstoodList, purposes: tuple[Purpose, ...]) -> UnderstoodList:
    manifest = msgspec.structs.replace(one.manifest, purposes=purposes)
    findings = tuple(finding for finding in one.findings if finding.code != _BY_CONTENT)
    return msgspec.structs.replace(one, manifest=manifest, findings=findings)


def _without(understood: Understood, one: UnderstoodList) -> Understood:
    """Without the word on this list that its content decided."""
    findings = list(understood.findings)
    for finding in one.findings:
        if finding.code == _BY_CONTENT and finding in findings:
            findings.remove(finding)
    return msgspec.structs.replace(understood, findings=tuple(findings))


def _said(one: UnderstoodList) -> Finding:
    persons = one.manifest.persons
    without = sum(not person.documents for person in persons)
    purposes = " and ".join(one.manifest.purposes)
    return SAME_PURPOSES.at(one.lineage.whole, purposes=purposes, without=without, persons=len(persons))

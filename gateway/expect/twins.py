"""Two known calls that turn out to be one sailing, and the one that is left of them.

In: calls of ships about which something new was said, all that is said of them, and on which something hangs (lists, events on board).
Out: `Union`s, of which each makes one call of two; and the pairs that stay two, because something hangs on both.

A call that no schedule holds (made of a single window's word, or of what AIS saw) looks for its sailing as a saying does (`place`): by Visit
ID, else by ship, ports and times, and only where one is nearer than all others. That it did not find it when it was made has a reason that may
be gone: the schedule had no IMO number, or another name; AIS had seen no more than one end. Two sailings of which one
voice speaks are two.
"""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from gateway.expect.merge import merged
from gateway.expect.place import VISITS, Sayings, Ships, Visits, is_another, is_near, questions
from gateway.expect.said import SCHEDULE, Origin, Said, restated
from gateway.expect.same import narrowed
from gateway.obligations.calls import ExpectedCall


class Union(msgspec.Struct, frozen=True):
    """`kept` is the call of both from now on; all that is said of it."""

    kept: str
    absorbed: str
    said: Mapping[str, Said]


def unions(
    calls: Sequence[ExpectedCall], said: Sayings, held: Collection[str]
) -> tuple[list[Union], list[tuple[str, str]]]:
    """One after the other, since what was made one is another call for the next. `held`: calls on which something hangs."""
    known = {call.id: call for call in calls}
    words = {id: list(said.get(id, ())) for id in known}
    ships, visits = Ships([(call, call.id) for call in calls]), Visits([(call, call.id) for call in calls])
    made: list[Union] = []
    apart: list[tuple[str, str]] = []
    for id in [call.id for call in calls if not _is_scheduled(words[call.id])]:
        if id not in known:
            continue
        call = known[id]
        near = dict.fromkeys(one for one in (*ships.of(call), *visits.of(call)) if one in known)
        twin = _twin(call, [known[one] for one in near], words)
        if twin is None:
            continue
        others = dict.fromkeys(one for one in ships.of(known[twin]) if one in known)
        if not _is_best(call, known[twin], [known[one] for one in others], words):
            continue
        if id in held and twin in held:
            apart.append((id, twin))
            continue
        kept, absorbed = (id, twin) if id in held else (twin, id)
        union = Union(kept, absorbed, united(words[kept], words.pop(absorbed)))
        words[kept] = list(union.said.values())
        known[kept] = merged(kept, words[kept])
        del known[absorbed]
        ships.add(known[kept], kept)
        visits.add(known[kept], kept)
        made.append(union)
    return made, apart


def united(one: Sequence[Said], other: Sequence[Said]) -> dict[str, Said]:
    """What is said of both; of a voice that speaks of each the newer word, as if it had come second."""
    found: dict[str, Said] = {}
    for each in sorted((*one, *other), key=lambda said: said.at):
        found[each.voice] = restated(found.get(each.voice), each)
    return found


def _twin(call: ExpectedCall, calls: Sequence[ExpectedCall], said: Sayings) -> str | None:
    """Of calls of its ship, or with its Visit ID, the one that is the same sailing, where it is one for sure."""
    others = [one for one in calls if one.id != call.id and not _differ(said[call.id], said[one.id])]
    others = [one for one in others if False not in _visits(call, one)]
    others = [one for one in others if None in (call.imo, one.imo) or call.imo == one.imo]
    same = [one for one in others if True in _visits(call, one)]
    if same:
        return same[0].id if len(same) == 1 else None
    fitting = narrowed([one for one in others if is_near(call, one)], questions(call))
    return fitting[0].id if len(fitting) == 1 else None


def _is_best(call: ExpectedCall, twin: ExpectedCall, calls: Sequence[ExpectedCall], said: Sayings) -> bool:
    """Whether no other that looks for its sailing is nearer to this one; a ship leaves once."""
    seeking = [one for one in calls if one.id not in (call.id, twin.id) and not _is_scheduled(said[one.id])]
    rivals = [one for one in seeking if is_near(one, twin) and _differ(said[call.id], said[one.id])]
    return narrowed([call, *rivals], questions(twin)) == [call]


def _visits(one: ExpectedCall, other: ExpectedCall) -> list[bool]:
    """Of each end whose visit both know: whether it is the same."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in VISITS]
    return [here.casefold() == there.casefold() for here, there in pairs if here and there]


def _differ(one: Sequence[Said], other: Sequence[Said]) -> bool:
    """Whether a voice speaks of both, as of two sailings; AIS sees the two ends of one at two times."""
    theirs = {said.voice: said for said in other}
    both = [(said, theirs[said.voice]) for said in one if said.voice in theirs]
    return any(said.origin is not Origin.AIS or is_another(said, its) for said, its in both)


def _is_scheduled(said: Sequence[Said]) -> bool:
    return any(one.voice == SCHEDULE for one in said)

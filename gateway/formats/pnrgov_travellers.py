"""Who travels on one booking, and what is known of each: values with their segments, and nothing overwritten.

In: values one by one. Out: `Traveller`s, and from many of them the columns of a list. A second value for the same field of
the same traveller goes into the next field, where the schema has one, else beside, under the field's name. What is said
of the whole booking (its locators, how to reach whoever booked) counts for each of its travellers.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from gateway.formats.pnrgov_segments import Locator

_DOCUMENTS: Final = ("document", "document2", "document3")
_VISAS: Final = ("visa", "visa2")
_FOLLOWING: Final = {"nationality": "nationality2", "nationality2": "nationality3"}
_MAX_EXTRAS: Final = 64  # labels; what more there is stands under one, or a file of odd segments would fill the memory
OTHERS: Final = "other segments"


class Kept:
    """What has no field, by label: every text once, in order."""

    __slots__ = ("texts",)

    def __init__(self) -> None:
        self.texts: dict[str, dict[str, None]] = {}

    def add(self, label: str, text: str) -> None:
        if not text:
            return
        if label not in self.texts and len(self.texts) >= _MAX_EXTRAS:
            label, text = OTHERS, f"{label} {text}"
        self.texts.setdefault(label, {})[text] = None

    def joined(self) -> dict[str, str]:
        return {label: "; ".join(texts) for label, texts in self.texts.items()}


class Traveller:
    """One person of a booking. `reference` is the number by which the message's other segments mean this person."""

    __slots__ = ("_beside", "names", "opened", "reference", "values")

    def __init__(self, opened: int, reference: str = "", names: tuple[str, str] = ("", "")) -> None:
        self.opened = opened
        self.reference = reference
        self.names = names  # family and given names as booked
        self.values: dict[str, tuple[str, int]] = {}
        self._beside = Kept()

    def put(self, field: str, text: str, segment: int) -> None:
        """The first value is the field's; the same again says nothing new; another one stands beside."""
        if not text:
            return
        known = self.values.setdefault(field, (text, segment))[0]
        if known == text:
            return
        if following := _FOLLOWING.get(field):
            self.put(following, text, segment)
        else:
            self.beside(f"{field}, another", text)

    def beside(self, label: str, text: str) -> None:
        self._beside.add(label, text)

    @property
    def extras(self) -> dict[str, str]:
        return self._beside.joined()

    def document(self, said: Mapping[str, str], segment: int) -> None:
        """A travel document: the same one again, which legs often repeat, adds what was blank; another is the next."""
        self._paper(_DOCUMENTS, said, segment)

    def visa(self, said: Mapping[str, str], segment: int) -> None:
        self._paper(_VISAS, said, segment)

    def _paper(self, series: Sequence[str], said: Mapping[str, str], segment: int) -> None:
        if not said:
            return
        for prefix in series:
            if self._is_same(prefix, said):
                for part, text in said.items():
                    self.put(f"{prefix}.{part}", text, segment)
                return
        self.beside("further document", " ".join(said.values()))

    def _is_same(self, prefix: str, said: Mapping[str, str]) -> bool:
        """Whether it is the paper that stands at `prefix`, or nothing does: the number decides, where both have one."""
        known = self.values.get(f"{prefix}.number")
        if known and "number" in said:
            return known[0] == said["number"]
        return all(self.values.get(f"{prefix}.{part}", (text,))[0] == text for part, text in said.items())

    def is_named(self, family: str, given: str) -> bool:
        """Whether these are the traveller's names as booked, perhaps with a title behind the given ones."""
        booked_family, booked_given = (name.replace(" ", "").upper() for name in self.names)
        family, given = family.replace(" ", "").upper(), given.replace(" ", "").upper()
        return booked_family == family and (booked_given.startswith(given) or given.startswith(booked_given))

    def name_columns(self) -> None:
        """The names of the travel document where one gives them, else those of the booking."""
        family, given = self.names
        if "family_name" in self.values:
            stated = "/".join(filter(None, self.names))
            if stated and not self._is_stated(family, given):
                self.beside("TIF", stated)
        elif family and given:
            self.put("full_name", f"{family}/{given}", self.opened)  # a title may be glued to it, as airlines do
        else:
            self.put("family_name", family or given, self.opened)

    def _is_stated(self, family: str, given: str) -> bool:
        return [self.values.get(field, ("",))[0] for field in ("family_name", "given_names")] == [family, given]

    def __repr__(self) -> str:
        return "<Traveller>"


class Booking:
    """One booking (SRC): its locators, its travellers, and what is said of it as a whole."""

    __slots__ = ("_by_name", "_by_reference", "_kept", "_values", "opened", "reference", "travellers")

    def __init__(self, opened: int) -> None:
        self.opened = opened
        self.reference = ""
        self.travellers: list[Traveller] = []
        self._by_reference: dict[str, Traveller] = {}
        self._by_name: dict[tuple[str, str], Traveller] = {}
        self._values: dict[str, tuple[str, int]] = {}
        self._kept = Kept()

    def put(self, field: str, text: str, segment: int) -> None:
        """A value that holds for all; the first one said."""
        if text and self._values.setdefault(field, (text, segment))[0] != text:
            self.beside(f"{field}, another", text)

    def beside(self, label: str, text: str) -> None:
        self._kept.add(f"{label} (booking)", text)

    def located(self, found: Sequence[Locator], segment: int) -> None:
        """RCI: the first locator is the booking's own, in the system that sends; the others are other companies'."""
        for locator in found:
            if not self.reference:
                self.reference = locator.reference
                self.put("booking_reference", locator.reference, segment)
                self.put("booked_at", locator.made, segment)
            elif locator.reference != self.reference:
                self.beside("RCI", f"{locator.company} {locator.reference}".strip())

    def add(self, traveller: Traveller) -> None:
        self.travellers.append(traveller)
        self._by_name.setdefault(traveller.names, traveller)
        if traveller.reference:
            self._by_reference[traveller.reference] = traveller

    def traveller(self, reference: str) -> Traveller | None:
        return self._by_reference.get(reference)

    def named(self, names: tuple[str, str]) -> Traveller | None:
        return self._by_name.get(names)

    def finish(self) -> list[Traveller]:
        """The travellers, with what counts for all of them. A traveller's own phone and address go first."""
        kept = self._kept.joined()
        for traveller in self.travellers:
            traveller.name_columns()
            traveller.put("role", "passenger", traveller.opened)
            for field, (text, segment) in self._values.items():
                traveller.put(field, text, segment)
            for label, text in kept.items():
                traveller.beside(label, text)
        return self.travellers

    def __repr__(self) -> str:
        return f"<Booking of {len(self.travellers)}>"


Columns = tuple[dict[str, list[str | None]], dict[str, list[int]], dict[str, list[str | None]]]
"""Field -> texts, field -> segments, label of an extra -> texts; an entry per traveller in each."""


def columns(travellers: Sequence[Traveller]) -> Columns:
    """All travellers of a list, a column per field."""
    values: dict[str, list[str | None]] = defaultdict(lambda: [None] * len(travellers))
    where: dict[str, list[int]] = defaultdict(lambda: [0] * len(travellers))
    extras: dict[str, list[str | None]] = defaultdict(lambda: [None] * len(travellers))
    for at, traveller in enumerate(travellers):
        for field, (text, segment) in traveller.values.items():
            values[field][at] = text
            where[field][at] = segment
        for label, text in traveller.extras.items():
            is_kept = label in extras or len(extras) < _MAX_EXTRAS
            column = extras[label if is_kept else OTHERS]
            column[at] = "; ".join(filter(None, (column[at], text if is_kept else f"{label} {text}")))
    return dict(values), dict(where), dict(extras)

"""Where the fields of `raw` stand in our own JSON, so that every finding about such a list has its JSON path.

In: the way to a list in the document. Out: the places of its values; and back, the field that a way leads to.
"""

from typing import Final

from gateway.findings import Place
from gateway.formats.fit import Steps
from gateway.formats.raw import ManifestPlaces, PathPlaces

_PAPERS: Final = {
    "document": ("documents", ("type", "number", "issuer", "expiry", "issued", "issuer_name")),
    "visa": ("visas", ("number", "issuer", "expiry")),
    "permit": ("residence_permits", ("number", "issuer", "expiry")),
}
_NTH: Final = ("", "2", "3")  # raw.PERSON_FIELDS count them so

PERSON_PATHS: Final = {
    **{f"nationality{nth}": f"nationalities/{at}/code" for at, nth in enumerate(_NTH)},
    **{f"mrz{at + 1}": f"mrz/{at}" for at in range(3)},
    **{
        f"{paper}{nth}.{part}": f"{member}/{at}/{part}"
        for paper, (member, parts) in _PAPERS.items()
        for at, nth in enumerate(_NTH)
        for part in parts
    },
}
"""Field -> path below the person, where it is not the field's own name."""

HEADER_PATHS: Final = {
    **{name: name for name in ("reference", "issued", "function", "purposes")},
    **{f"vessel.{part}": f"vessel/{part}" for part in ("name", "imo", "call_sign", "mmsi", "flag")},
    **{f"voyage.{part}": f"voyage/{part}" for part in ("number", "operator", "visit_id")},
    **{f"counts.{part}": f"counts/{part}" for part in ("on_board", "passengers", "crew")},
    "direction": "voyage/direction",
    "itinerary": "voyage/itinerary",
    **{f"{end}.port": f"voyage/{end}/port" for end in ("departure", "arrival")},
    **{f"{end}.estimated": f"voyage/{end}/estimated_{end}" for end in ("departure", "arrival")},
    **{f"{end}.actual": f"voyage/{end}/actual_{end}" for end in ("departure", "arrival")},
}

_FIELD_OF_PERSON: Final = {path: field for field, path in PERSON_PATHS.items()}
_FIELD_OF_HEADER: Final = {path: field for field, path in HEADER_PATHS.items()}


def pointer(steps: Steps) -> str:
    """RFC 6901, but that the document as a whole is "/"."""
    return "/" + "/".join(map(str, steps))


def places(steps: Steps, number: int | None) -> ManifestPlaces:
    """Where the values of the list at `steps` stand, whether they are there or not. `number`: of several in one file."""
    header = {
        field: Place(message=number, path=pointer((*steps, *path.split("/"))), field=field)
        for field, path in HEADER_PATHS.items()
    }
    return ManifestPlaces(PathPlaces(pointer((*steps, "persons")), PERSON_PATHS, number), header)


def field_at(steps: Steps) -> str | None:
    """The field that the way below a person, or below a list, leads to; else the member's own name."""
    path = "/".join(map(str, steps))
    known = _FIELD_OF_PERSON.get(path) or _FIELD_OF_HEADER.get(path)
    return known or next((step for step in steps if isinstance(step, str)), None)

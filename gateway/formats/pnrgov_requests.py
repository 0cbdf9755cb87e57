"""What special service requests say of a traveller's papers and addresses: DOCS, DOCO and DOCA (IATA AIRIMP, PNRGOV).

In: a traveller, the request's code and its text with strokes. Out: the traveller's documents, visas, birth place, sex,
nationality, residence and names; of an infant that has no entry of its own, a new traveller. Addresses stay beside: a list
has no field for them.
"""

from typing import Final

from gateway.formats.pnrgov_segments import fields
from gateway.formats.pnrgov_travellers import Booking, Traveller

DOCUMENT_REQUESTS: Final = ("DOCS", "DOCO", "DOCA")

_DOCS: Final = (
    "type", "issuer", "number", "nationality", "birth_date", "sex", "expiry", "family_name", "given_names", "middle_names",
)  # fmt: skip
_DOCO: Final = ("birth_place", "type", "number", "issued at", "issued on", "issuer")
_DOCA: Final = ("kind", "country", "street", "town", "region", "postal code")
_PAPER: Final = ("type", "issuer", "number", "expiry")
_PERSON: Final = ("nationality", "birth_date", "family_name", "given_names", "middle_names")
_INFANTS: Final = {"MI": "M", "FI": "F", "XI": "X", "UI": "U"}


def document_request(one: Traveller, code: str, text: str, segment: int, booking: Booking) -> Traveller | None:
    """Puts what the request says where it belongs. Gives the infant that it names, where TIF does not name it."""
    if code == "DOCO":
        _other_document(one, text, segment)
    elif code == "DOCA":
        _address(one, text, segment)
    else:
        return _travel_document(one, text, segment, booking)
    return None


def _travel_document(one: Traveller, text: str, segment: int, booking: Booking) -> Traveller | None:
    said = fields(text, _DOCS)
    infant = None
    if said.get("sex") in _INFANTS:
        said["sex"] = _INFANTS[said["sex"]]
        one, infant = _infant(said, segment, booking)
    one.document({part: said[part] for part in _PAPER if part in said}, segment)
    one.put("sex", said.get("sex", ""), segment)
    if "family_name" in one.values and one.values["family_name"][0] != said.get("family_name"):
        said = {part: value for part, value in said.items() if part in ("nationality", "birth_date")} | _as_text(
            said, one
        )
    for part in _PERSON:
        one.put(part, said.get(part, ""), segment)
    return infant


def _as_text(said: dict[str, str], one: Traveller) -> dict[str, str]:
    """Names of a second document that are not those of the first stand together, beside."""
    one.beside("DOCS", " ".join(said[part] for part in _PERSON[2:] if part in said))
    return {}


def _infant(said: dict[str, str], segment: int, booking: Booking) -> tuple[Traveller, Traveller | None]:
    """The infant whom the booking has by these names; else a new traveller."""
    family, given = said.get("family_name", ""), said.get("given_names", "")
    known = next((traveller for traveller in booking.travellers if traveller.is_named(family, given)), None)
    if known is not None:
        return known, None
    new = Traveller(segment)
    return new, new


def _other_document(one: Traveller, text: str, segment: int) -> None:
    """DOCO: a visa (V), with the place of birth; redress and trusted traveller numbers stay beside."""
    said = fields(text, _DOCO)
    one.put("birth_place", said.pop("birth_place", ""), segment)
    if said.get("type") == "V":
        one.visa({part: said[part] for part in ("number", "issuer") if part in said}, segment)
        said = {part: value for part, value in said.items() if part.startswith("issued")}
    one.beside("DOCO", " ".join(said.values()))


def _address(one: Traveller, text: str, segment: int) -> None:
    """DOCA: R is where the person lives, D where to."""
    said = fields(text, _DOCA)
    kind = said.pop("kind", "")
    if kind == "R":
        one.put("residence_country", said.get("country", ""), segment)
    one.beside(f"DOCA {kind}" if kind in ("R", "D") else "DOCA", " ".join(said.values()))

"""How a form writes codes: a repair of an EMSWe message is written as EMSWe has it, one of a table as our own words have it.

In: the format of a list. Out: a `Spelling`. IMO Compendium; EMSWe MIG 2.0 DE-035-04 (alpha-3), DE-035-18 (alpha-2), DE-035-08.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from gateway.codes.countries import country
from gateway.codes.sex import emswe_code
from gateway.formats.emswe_values import alpha2, birth_country, nationalities
from gateway.manifest import Nationality, Sex


class Spelling(NamedTuple):
    """`country`: (field, our code) -> the form's, None where it has none of its own for that country."""

    sex: Callable[[Sex], str]
    country: Callable[[str, str], str | None]


def spelling_of(format: str) -> Spelling:
    return _EMSWE if format.startswith("emswe") else _OURS


def _emswe_country(field: str, code: str) -> str | None:
    """Only what leads back to the same country: Kosovo is "unspecified" there."""
    if field.endswith(".issuer"):
        written = alpha2(code)
    elif field == "birth_country":
        written = birth_country(code)[0]
    else:
        written = next(iter(nationalities((Nationality(code, code),))), None)
    known = country(written) if written else None
    return written if known is not None and known.code == code else None


_OURS: Final = Spelling(sex=lambda sex: sex.value, country=lambda field, code: code)
_EMSWE: Final = Spelling(sex=emswe_code, country=_emswe_country)

"""The season's lines and their ships: all invented, each line with the form of its lists and its own words in it.

In: nothing. Out: `LINES`, a `Ship` for each hull, and the profile of each line as a gateway keeps it (`profile`, the TOML of
carriers/<id>.toml). IMO numbers are valid ones of the highest thousand, none of them one of the samples'.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec

from gateway.carrier import Carrier, parse
from gateway.codes import imo
from gateway.obligations.calls import Service

_SAMPLES: Final = range(9999920, 10_000_000)  # carriers/ and the demo have theirs here
_OF_MAKE: Final = 9999840  # `./gw make` sails it


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A shipping line. `passengers` and `crew`: the forms of its lists (names of `make.TARGETS`), crew None where it sends none.

    `hull` and `names`: its ships are called "<hull> <name>"; `code` begins its voyage numbers. `names_call`: its forms have no place for
    the ship, so it says which expected call a list is for. `toml`: the rest of its profile.
    """

    id: str
    name: str
    service: Service
    code: str
    hull: str
    passengers: str
    crew: str | None = None
    names_call: bool = False
    toml: str = ""


class Ship(msgspec.Struct, frozen=True):
    """A hull: name and IMO number."""

    name: str
    imo: str


_ITALIAN: Final = """
[reads.table]
delimiter = ";"
encoding  = "windows-1252"

[columns]
"Cognome"                 = "family_name"
"Nome"                    = "given_names"
"Sesso"                   = "sex"
"Data di nascita"         = "birth_date"
"Cittadinanza"            = "nationality"
"Assistenza"              = "special_care"
"Contatto di emergenza"   = "emergency_contact"
"Targa"                   = "vehicle_registration"

[dates]
all = "dmy"
"""
_SPANISH: Final = """
[columns]
"Apellidos"            = "family_name"
"Nombre"               = "given_names"
"Sexo"                 = "sex"
"Fecha de nacimiento"  = "birth_date"
"Nacionalidad"         = "nationality"
"Tipo de documento"    = "document.type"
"N.º de documento"     = "document.number"
"Estado expedidor"     = "document.issuer"
"Caducidad"            = "document.expiry"

[dates]
all = "dmy"
"""
_UK: Final = """
[codes]
"document.type" = "uk"
"""
_YEAR_FIRST: Final = """
[dates]
all = "ymd"
"""

LINES: Final = {
    line.id: line
    for line in (
        Line(id="moenster-rederi", name="Mönster Rederi", service="ferry", code="MR", hull="Mönster", passengers="fal6-csv"),
        Line(id="esempio-traghetti", name="Esempio Traghetti", service="ferry", code="ET", hull="Esempio", passengers="ferry-csv",
             toml=_ITALIAN),
        Line(id="naeyte-linjat", name="Näyte Linjat", service="ferry", code="NL", hull="Näyte", passengers="emswe-json", names_call=True),
        Line(id="ejemplo-ferries", name="Ejemplo Ferries", service="ferry", code="EF", hull="Ejemplo", passengers="fal6-xlsx", toml=_SPANISH),
        Line(id="sample-seaways", name="Sample Seaways", service="ferry", code="SS", hull="Sample", passengers="uk-fal6", names_call=True,
             toml=_UK),
        Line(id="campione-navi", name="Campione Navi", service="ferry", code="CN", hull="Campione", passengers="paxlst-sea"),
        Line(id="deigma-lines", name="Deigma Lines", service="ferry", code="DL", hull="Deigma", passengers="common-json"),
        Line(id="ornek-feribot", name="Örnek Feribot", service="ferry", code="OF", hull="Örnek", passengers="fal6-ods"),
        Line(id="specimen-cruises", name="Specimen Cruises", service="cruise", code="SC", hull="Specimen", passengers="paxlst-sea",
             crew="paxlst-sea"),
        Line(id="muestra-cruceros", name="Muestra Cruceros", service="cruise", code="MC", hull="Muestra", passengers="fal6-xlsx",
             crew="fal5-xlsx"),
        Line(id="beispiel-kreuzfahrten", name="Beispiel Kreuzfahrten", service="cruise", code="BK", hull="Beispiel",
             passengers="common-json", crew="common-json"),
        Line(id="exemple-croisieres", name="Exemple Croisières", service="cruise", code="EC", hull="Exemple", passengers="uk-fal6",
             crew="uk-fal5", names_call=True, toml=_UK),
        Line(id="deneme-voyages", name="Deneme Voyages", service="cruise", code="DV", hull="Deneme", passengers="fal6-csv", crew="fal5-csv"),
    )
}  # fmt: skip
"""Every line of the season, by id."""

_NAMES: Final = ("Prima", "Stella", "Aurora", "Borealis", "Corona", "Delphin", "Echo", "Fortuna")
SHIPS_OF: Final = {
    "moenster-rederi": 8, "esempio-traghetti": 6, "naeyte-linjat": 6, "ejemplo-ferries": 8, "sample-seaways": 4, "campione-navi": 6,
    "deigma-lines": 5, "ornek-feribot": 2,
    **{line.id: 8 for line in LINES.values() if line.service == "cruise"},
}  # fmt: skip
"""How many ships each line has: 45 ferries and 40 cruise ships."""


@cache
def ships(line: str) -> tuple[Ship, ...]:
    """The ships of a line, in the order in which its routes take them."""
    return _fleet()[line]


@cache
def _fleet() -> dict[str, tuple[Ship, ...]]:
    numbers = _numbers()
    return {
        id: tuple(Ship(f"{LINES[id].hull} {name}", next(numbers)) for name in _NAMES[:many])
        for id, many in SHIPS_OF.items()
    }


def _numbers() -> Iterator[str]:
    return (
        str(number)
        for number in range(9_999_000, 10_000_000)
        if imo.is_valid(str(number)) and number not in _SAMPLES and number != _OF_MAKE
    )


def profile(id: str) -> str:
    """The text of carriers/<id>.toml, with which a gateway knows the line."""
    line = LINES[id]
    vessels = "\n".join(f'"{ship.imo}" = "{ship.name}"' for ship in ships(id))
    return f"""# {line.name} (invented): a line of the training season that ./gw simulate sails. Its lists: {line.passengers}.
name    = "{line.name}"
contact = "lists@{id}.example"
service = "{line.service}"

[vessels]
{vessels}
{line.toml}"""


@cache
def carrier(id: str) -> Carrier:
    """The line as a gateway knows it."""
    parsed = parse(id, profile(id))
    if not isinstance(parsed, Carrier):
        raise ValueError(f"the profile of {id} is wrong: {'; '.join(parsed)}")
    return parsed

"""Words and codes that say what a person or a list is: role, transit, direction, function.

In: a text. Out: the value, or None for a word that is not known. UN/EDIFACT 3035 (roles) and 1225 (function) as the
PAXLST guides and EMSWe use them; yes and no in the languages of European lines.
"""

from gateway.manifest import Direction, Function, Role

_ROLES = {
    Role.PASSENGER: "fl ddu p pax passenger passengers guest tourist pas f supernumerary sn passager passagier passagierer "
    "pasajero passeggero passageiro passasjer passagerare επιβατησ matkustaja putnik",
    Role.CREW: "fm ddt cpe c crew crewmember staff master captain kapitan capitaine capitano comandante skipper mannskap "
    "besättning besætning bemanning besatzung équipage equipaggio tripulante tripulación πληρωμα miehistö posada",
    Role.OTHER_SHIP_CREW: "dfy",
    Role.STOWAWAY: "dee stowaway stowaways",
}
_YES = "y yes true 1 t transit trans ja j oui o si sì sí s sim ναι nai kyllä tak da evet ✓ ✔"
_NO = "n no false 0 nej nei nein non não οχι ohi oxi όχι ei nie ne hayır hayir nee"
_DIRECTIONS = {
    Direction.ARRIVAL: "a arr arv arrival in inbound ankunft arrivée arrivo llegada chegada ankomst αφιξη",
    Direction.DEPARTURE: "d dep departure out outbound abfahrt départ partenza salida partida avgang afgang avgång αναχωρηση",
}
_FUNCTIONS = {
    Function.ORIGINAL: "9 original new initial",
    Function.REPLACE: "5 replace replacement",
    Function.CHANGE: "2 4 36 change addition update amendment",
    Function.CANCEL: "1 cancel cancellation withdrawal",
    Function.FINAL: "22 final close-out closeout",
}


def _spread(words: dict[Role, str] | dict[Direction, str] | dict[Function, str]) -> dict[str, str]:
    return {word: meant for meant, listed in words.items() for word in listed.split()}


_ROLE, _DIRECTION, _FUNCTION = _spread(_ROLES), _spread(_DIRECTIONS), _spread(_FUNCTIONS)
_TRANSIT = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)
_TRANSIT |= {"transit pax": True, "in transit": True, "transit passenger": True, "not in transit": False}

IN_TRANSIT = frozenset(("ddu", "ddt"))
"""UN/EDIFACT 3035: these roles say transit as well."""

_DELETION = frozenset(["3", "delete", "deletion", "removal"])


def folded(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")


def role(text: str) -> Role | None:
    """What the person is on board. Also the master's words, for which `is_master` is asked."""
    found = _ROLE.get(folded(text).replace(" ", "").replace("-", ""))
    return Role(found) if found else _own(Role, text)


def is_master_role(text: str) -> bool:
    return folded(text) in ("cpe", "master", "captain", "kapitan", "capitaine", "capitano", "comandante", "skipper")


def transit(text: str) -> bool | None:
    """Whether the person stays on board; a blank says nothing and never comes here."""
    return _TRANSIT.get(folded(text))


def direction(text: str) -> Direction | None:
    """The UK's form says "Arrival in the UK", "Departure from the UK"."""
    word = folded(text)
    found = _DIRECTION.get(word) or _DIRECTION.get(word.split(" ")[0])
    return Direction(found) if found else None


def function(text: str) -> Function | None:
    found = _FUNCTION.get(folded(text))
    return Function(found) if found else None


def takes_off(text: str) -> bool:
    """Whether the list names persons who are to be taken off an earlier one: that is none of our functions."""
    return folded(text) in _DELETION


def _own(kind: type[Role], text: str) -> Role | None:
    """Our own word for it, so that what is normal stays so."""
    return next((one for one in kind if one.value == folded(text)), None)

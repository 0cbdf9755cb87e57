"""Ports in EPC messages: country, three or five letters, and a name become one text, and what does not agree is said.

In: `UNLoCode`, `CountryCode` and `Name` of an ISO 28005 location. Out: the UN/LOCODE where there is one, else the name with its
country. ISO 28005 divides a UN/LOCODE into the country and the last three letters; many senders put all five into `UNLoCode`.
"""

from functools import lru_cache
from typing import NamedTuple

from gateway.codes import ports
from gateway.codes.countries import country
from gateway.findings import Rule, Severity

OTHER_COUNTRY = Rule(
    id="X-15",
    severity=Severity.WARNING,
    text="'CountryCode' names another country than UNLoCode does; UNLoCode was taken",
    hint="correct the one that is wrong",
    cites="ISO 28005-2, Location; UN/LOCODE",
)
NO_COUNTRY = Rule(
    id="X-16",
    severity=Severity.WARNING,
    text="'UNLoCode' has three letters and CountryCode does not say of which country; the port was not found by them",
    hint="give CountryCode, or all five letters in UNLoCode",
    cites="ISO 28005-2, Location; UN/LOCODE",
)
RULES: tuple[Rule, ...] = (OTHER_COUNTRY, NO_COUNTRY)


class Port(NamedTuple):
    """`port`: code, or name and country. `name`, `country`: what it does not say as well. `rule`: what is wrong with it."""

    port: str | None
    name: str | None = None
    country: str | None = None
    rule: Rule | None = None


@lru_cache(maxsize=4096)
def port(code: str | None, state: str | None, name: str | None) -> Port:
    """One location. A country without a port is none: it is left over."""
    iso2 = _iso2(state)
    if not code:
        whole = f"{name}, {state}" if name and state else name
        return Port(whole, None, None if name else state)
    letters = "".join(code.split()).upper()
    text, rule = code, None
    if len(letters) == 3:
        text, rule = (f"{iso2}{letters}", None) if iso2 else (code, NO_COUNTRY)
    elif len(letters) == 5 and iso2 and letters[:2] != iso2:
        rule = OTHER_COUNTRY
    says_country = iso2 is not None and text.upper().startswith(iso2)
    return Port(text, None if _is_named(text, name) else name, None if says_country else state, rule)


def _iso2(state: str | None) -> str | None:
    found = country(state) if state else None
    return found.iso2 if found else None


def _is_named(code: str, name: str | None) -> bool:
    """Whether the name says nothing that the code does not."""
    if not name:
        return True
    meant = ports.port(code).code
    return meant is not None and ports.port(name, meant[:2]).code == meant

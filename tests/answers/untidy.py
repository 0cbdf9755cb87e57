"""Lists as hands and exports leave them: invented lists in any form, written untidily, for what a corrected copy must keep.

In: a form and a seed. Out: bytes. Everything that a repair knows is in them, what only looks like it, and names that changed
places. The same form and seed give the same bytes.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from random import Random
from typing import Any, Final

from lxml import etree

from gateway.formats.writing import WriteOrder
from gateway.make.page import Page
from gateway.make.targets import TARGETS
from gateway.make.voyage import listed, manifest

ON: Final = date(2026, 11, 22)
FORMS: Final = ("fal6-csv", "ferry-csv", "fal5-csv", "fal6-xlsx", "imo-xlsx", "common-json", "emswe-xml", "emswe-json")

_COUNTRIES = (
    "Norway",
    "norsk",
    " NOR",
    "NO",
    "Italia",
    "England",
    "Atlantis",
    "Germany",
    "D",
    "Kosovo",
    "Utopia",
    "Korea",
)
_SEXES = ("female", "Kvinde", " M", "male", "M\u200b", "Q", "uomo", "X", "donna", "U")
_DAYS = (
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d %b %Y",
    "%d/%m/%y",
    "%m/%d/%Y",
    "%Y-%m-%d",
    "%Y-%m-%dT00:00:00",
    "%Y%m%d",
    " %Y-%m-%d ",
    "%d-%b-%y",
)
_PORTS = ("Piraeus", " GRPIR", "GR PIR", "Valletta", "Malta", "PIR", "Atlantis Harbour", "GRPIRAEUS")
_NAMES: tuple[Callable[[str], str], ...] = (
    lambda name: f"  {name} ", lambda name: f"{name[:1]}\u200b{name[1:]}", lambda name: f"Mr {name}", str.lower, lambda name: "FNU",
    lambda name: f"={name}", lambda name: name.replace(" ", "\u00a0 "), lambda name: f"{name} 2", lambda name: "BJÃ˜RN",
    lambda name: f"'{name}", lambda name: f"@{name}", lambda name: "",
)  # fmt: skip
_TEXTS: tuple[Callable[[str], str], ...] = (
    lambda text: f" {text}\u200e", lambda text: f"+30 {text}", lambda text: f"-{text}", lambda text: f"{text}.0",
    lambda text: "\t=1", lambda text: "-", lambda text: f"{text}\u2028{text}", lambda text: "",
)  # fmt: skip
_OFTEN, _NEVER = (0.0, 0.1, 1.0), (0.0, 0.0, 0.2)


def untidy(form: str, seed: int) -> bytes:
    """A list of five to twelve persons."""
    random = Random(f"{form} {seed}")
    target = TARGETS[form]
    kind = random.choice(target.kinds)
    given = manifest(listed(random.randint(5, 12), kind, random, None, ON), kind, None, ON)
    order = WriteOrder(message_id="XS-1", at=datetime.combine(ON, time(9), UTC), sender="SAMPLE", recipient="GATEWAY")
    if target.layout is None:
        return _SPOILT[form](target.write(given, [], order), random)
    pages = target.pages(given)
    encoding = target.layout.encoding
    for page in pages:
        _spoil_page(page, random)
        page.people = [
            [text and text.encode(encoding, "ignore").decode(encoding) for text in row] for row in page.people
        ]
    return target.write(given, pages, order)


def _spoil_page(page: Page, random: Random) -> None:
    for field in [field for field in page.fields if field]:
        how = _untidier(field, random)
        for number, text in enumerate(page.column(field), 1):
            if text:
                page.put(number, field, how(text))
    _swap(page, random)


def _swap(page: Page, random: Random) -> None:
    """Some rows, or all of them."""
    share = random.choice((0.0, 0.2, 1.0))
    if {"family_name", "given_names"} <= set(page.fields):
        pairs = zip(page.column("family_name"), page.column("given_names"), strict=True)
        for number, (family, given) in enumerate(pairs, 1):
            if random.random() < share:
                page.put(number, "family_name", given)
                page.put(number, "given_names", family)


def _untidier(field: str, random: Random) -> Callable[[str], str]:
    """One way for the whole column, which is met in none, some or all of its cells."""
    share, one = random.choice(_OFTEN), random.choice(_DAYS)

    def spoil(text: str) -> str:
        if random.random() >= share:
            return text
        if field in ("nationality", "birth_country", "document.issuer"):
            return random.choice(_COUNTRIES)
        if field == "sex":
            return random.choice(_SEXES)
        if field in ("birth_date", "document.expiry", "document.issued"):
            form = one if random.random() < 0.9 else random.choice(_DAYS)
            return date(random.randint(1940, 2030), random.randint(1, 12), random.randint(1, 28)).strftime(form)
        if field in ("embarkation", "disembarkation"):
            return random.choice(_PORTS)
        if field in ("family_name", "given_names"):
            return random.choice(_NAMES)(text)
        return text if field.startswith("mrz") else random.choice(_TEXTS)(text)

    return spoil


_MEMBERS: Final = {
    "family_name": "family_name", "given_names": "given_names", "sex": "sex", "birth_date": "birth_date",
    "birth_place": "cabin", "birth_country": "birth_country", "cabin": "cabin",
}  # fmt: skip
_PAPER: Final = {"number": "cabin", "issuer": "document.issuer", "expiry": "document.expiry"}
_ELEMENTS: Final = {
    "FamilyName": "family_name", "GivenName": "given_names", "GenderCode": "sex", "BirthDate": "birth_date", "BirthplaceName": "cabin",
    "BirthCountryID": "birth_country", "AdditionalIdentificationID": "nationality", "CountryID": "document.issuer",
    "EndDate": "document.expiry", "RoleCode": "cabin",
}  # fmt: skip


def _spoilt_json(data: bytes, random: Random) -> bytes:
    document = json.loads(data)
    ways = {field: _untidier(field, random) for field in (*_MEMBERS.values(), *_PAPER.values())}
    share = random.choice((0.0, 0.2, 1.0))
    for person in document["persons"]:
        for holder, fields in ((person, _MEMBERS), *((paper, _PAPER) for paper in person.get("documents", ()))):
            for name, field in fields.items():
                if isinstance(holder.get(name), str):
                    holder[name] = ways[field](holder[name])
        if random.random() < share and person.get("given_names"):
            for end in ("", "_latin"):
                family, given = f"family_name{end}", f"given_names{end}"
                person[family], person[given] = person.get(given), person.get(family)
    return json.dumps(document, ensure_ascii=False).encode()


def _spoilt_xml(data: bytes, random: Random) -> bytes:
    root = etree.fromstring(data)
    ways = {name: _untidier(field, random) for name, field in _ELEMENTS.items()}
    for element in root.iter():
        name = etree.QName(element).localname
        if name in ways and element.text and "OnboardTransportPerson" in root.getroottree().getpath(element):
            element.text = ways[name](element.text).replace("\x0b", " ")
    return etree.tostring(root)


def _spoilt_members(data: bytes, random: Random) -> bytes:
    ways = {name: _untidier(field, random) for name, field in _ELEMENTS.items()}

    def spoil(value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: spoil(held, key.rpartition(":")[2]) for key, held in value.items()}
        if isinstance(value, list):
            return [spoil(held, name) for held in value]
        return ways[name](value) if name in ways and isinstance(value, str) else value

    return json.dumps(spoil(json.loads(data), ""), ensure_ascii=False).encode()


_SPOILT: Final = {"common-json": _spoilt_json, "emswe-xml": _spoilt_xml, "emswe-json": _spoilt_members}

"""Invented names in the letters of many peoples: every one of them means "sample" or "example", so that nobody is called so.

In: a seeded `Random`, a country and a sex. Out: names as their holder writes them, and their Latin form as a travel document
has it. Single names, double and hyphenated ones, particles, apostrophes and names too long for a passport all occur.
"""

from random import Random
from typing import Final, NamedTuple

from gateway.codes.names import latin
from gateway.make.specimens import GIVEN, STEMS
from gateway.manifest import Sex


class Name(NamedTuple):
    """As submitted, and in Latin letters. A person may have no given name."""

    family: str
    given: str | None
    family_latin: str
    given_latin: str | None


_OWN_LETTERS: Final = {
    "BGR": (("Образцов", "Примеров"), ("Проба", "Мостра"), ("Пробин", "Образко")),
    "UKR": (("Зразкевич", "Прикладенко"), ("Зразкина", "Проба"), ("Зразко", "Приклад")),
    "GRC": (("Δειγματάκης", "Παραδειγματόπουλος"), ("Δείγματα", "Υποδείγμη"), ("Δείγμος", "Υπόδειγμος")),
}  # country -> family names, given names of women, of men; Latin by Doc 9303-3
_WITH_LATIN: Final = {
    "EGY": ((("نموذجي", "NAMUDHAJI"), ("مثال", "MITHAL")), (("عينة", "AYYINA"), ("تجربة", "TAJRIBA"))),
    "CHN": ((("样本", "YANGBEN"), ("范例", "FANLI")), (("试", "SHI"), ("例子", "LIZI"))),
    "JPN": ((("見本", "MIHON"), ("例文", "REIBUN")), (("試", "TAMESHI"), ("雛形", "HINAGATA"))),
    "KOR": ((("견본", "GYEONBON"), ("예시", "YESI")), (("시험", "SIHEOM"), ("보기", "BOGI"))),
}  # country -> family names, given names, each with the Latin form that its document prints
COUNTRIES: Final = (*STEMS, *_OWN_LETTERS, *_WITH_LATIN)
_PARTICLES: Final = {"DEU": "von ", "FRA": "d'", "ESP": "de la ", "ITA": "D'", "GBR": "O'", "PHL": "dela "}


def family_name(random: Random, country: str) -> tuple[str, str]:
    """A family name and its Latin form. One in five is double, hyphenated, with a particle, or very long."""
    if country in _WITH_LATIN:
        return random.choice(_WITH_LATIN[country][0])
    if country in _OWN_LETTERS and (country not in STEMS or random.random() < 0.5):
        family = random.choice(_OWN_LETTERS[country][0])
        return family, latin(family, country)
    family = _stem(random, country)
    turn = random.random()
    if turn < 0.06:
        family = f"{family} {_stem(random, country)}"
    elif turn < 0.12:
        family = f"{family}-{_stem(random, country)}"
    elif turn < 0.18:
        family = _PARTICLES.get(country, "") + family
    elif turn < 0.20:
        family = "-".join(_stem(random, country) for _ in range(4))
    return family, latin(family)


def given_names(random: Random, country: str, sex: Sex) -> tuple[str, str]:
    """One or two given names, and their Latin form."""
    if country in _WITH_LATIN:
        return random.choice(_WITH_LATIN[country][1])
    many = random.choice((1, 1, 2))
    if country in _OWN_LETTERS and country not in STEMS:
        given = " ".join(random.sample(_OWN_LETTERS[country][1 if sex is Sex.FEMALE else 2], many))
        return given, latin(given, country)
    given = random.choice(" -" if many == 2 else " ").join(random.sample(GIVEN[sex], many))
    return given, latin(given)


def name(random: Random, country: str, sex: Sex, family: tuple[str, str] | None = None) -> Name:
    """A whole name; `family` where the person shares one. One in forty has no given name."""
    submitted, in_latin = family or family_name(random, country)
    if family is None and random.random() < 0.025:
        return Name(submitted, None, in_latin, None)
    given, given_latin = given_names(random, country, sex)
    return Name(submitted, given, in_latin, given_latin)


def _stem(random: Random, country: str) -> str:
    stems, endings = STEMS[country]
    return random.choice(stems) + random.choice(endings)

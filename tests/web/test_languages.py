"""Languages: every text of the pages is in every catalogue, with the same values in it; numbers and days as people write them."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2.ext
import msgspec
import pytest
from babel.messages.extract import extract

from gateway.alerts import KINDS
from gateway.catalogue import read_law
from gateway.codes import tables
from gateway.findings import WHOLE, Finding, Place, Rule
from gateway.process.rules import every_rule
from gateway.web import words
from gateway.web.language import own_address
from gateway.web.origins import source_in_words
from gateway.web.place_words import place_in_words, shape_in_words
from gateway.web.reasons import LATE_NOTICE
from gateway.web.rule_values import VALUES as WORDS
from gateway.web.rule_words import PART, in_words
from gateway.web.score_words import REASONS
from tests.web.world import Gateway

WEB = Path(words.__file__).parent
OTHERS = sorted(set(words.LANGUAGES) - {"en"})
CALLS = {"say": None, "mark": None, "say_count": (1, 2)}
_VALUE = re.compile(r"%\(\w+\)[sd]|\{\w+(?=[^{}]*\})")
Id = str | tuple[str, ...]


def said() -> set[Id]:
    """Every message id in the modules and templates."""
    found: set[Id] = set()
    for file in WEB.glob("*.py"):
        with file.open("rb") as data:
            found |= {_id(one[1]) for one in extract("python", data, keywords=CALLS)}
    for file in (WEB / "templates").glob("*.html"):
        with file.open("rb") as data:
            texts = jinja2.ext.babel_extract(
                data,
                ("_", "gettext", "ngettext"),
                (),
                {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"},
            )
            found |= {
                _id(one[2]) for one in texts if one[2]
            }  # what is said of a value is marked where the value is made
    found |= {obligation.title for obligation in read_law().obligations}  # the law's titles are said as well
    found |= {text for rule in every_rule() for text in (rule.text, rule.hint) if text}  # and what findings say
    found |= {text for row in tables.rows("emswe_errors") for text in (row["meaning"], row["hint"])}
    return found | {text for kind in KINDS.values() for text in (kind.title, kind.to_do)}  # and what alarms are


def _id(text: object) -> Id:
    if isinstance(text, tuple | list):
        texts = tuple(str(one) for one in text if one is not None)
        return texts if len(texts) > 1 else texts[0]  # a text with values, not one with a plural
    return str(text)


def catalogued(language: str) -> dict[Id, tuple[str, ...]]:
    found: dict[Id, tuple[str, ...]] = {}
    for file in sorted((words.FOLDER / language).glob("*.po")):
        for message in words.catalogue_of(file):
            if message.id:
                assert not message.fuzzy, f"{file.name}: {message.id}"
                assert _id(message.id) not in found, f"{file.name}: {message.id!r} is in another catalogue already"
                found[_id(message.id)] = message.string if isinstance(message.string, tuple) else (message.string,)
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_in_the_catalogue_and_nothing_else_is(language: str) -> None:
    found, asked = catalogued(language), said()
    assert len(asked) > 20
    assert sorted(map(str, asked - found.keys())) == [], "these are said by a page and not translated"
    assert sorted(map(str, found.keys() - asked)) == [], "these are translated and said nowhere"


@pytest.mark.parametrize("language", OTHERS)
def test_translations_hold_the_same_values(language: str) -> None:
    for id, texts in catalogued(language).items():
        ids = (id,) if isinstance(id, str) else id
        for text in texts:
            assert text, id
            assert values_in(text) in [values_in(one) for one in ids], id


@pytest.mark.parametrize("name", OTHERS)
def test_a_finding_is_said_with_its_values_in_every_language(name: str) -> None:
    words.speak(name)
    try:
        for rule in every_rule():
            said = made(rule)
            found = in_words(rule.id, said.text, said.hint)
            assert found.language == name, rule.id
            assert found.text != said.text, rule.id
            for value in VALUES.findall(said.text):
                assert value in found.text, (rule.id, value)
            assert "{" not in found.text.replace('{"', ""), rule.id
        other = in_words("N-20", "something that no rule of today says", "")
        assert (other.text, other.language) == ("something that no rule of today says", "en")
    finally:
        words.speak("en")


@pytest.mark.parametrize(
    ("code", "text", "french"),
    [
        ("E-05", "12 characters ahead of the interchange are not part of it and were skipped", " avant l'échange"),
        ("N-60", "the list holds 25 persons; this line's lists usually hold 200 to 7000", "25 personnes"),
        ("N-60", "the list holds 1 person; this line's lists usually hold 200 to 7000", "de 200 à 7\u202f000"),
        ("N-60", "the list holds 1 person; this line's lists usually hold 200 or more", "200 ou plus"),
        ("R-04", "Office says ERR-008, “no such day”: this is not a valid date", "date valable"),
    ],
)
def test_a_value_that_is_a_word_of_ours_is_said_too(code: str, text: str, french: str) -> None:
    words.speak("fr")
    try:
        found = in_words(code, text, "")
    finally:
        words.speak("en")
    assert (found.language, french in found.text) == ("fr", True), found


def test_every_word_among_the_values_is_one_that_a_finding_can_hold() -> None:
    core = [file for file in WEB.parent.rglob("*.py") if WEB not in file.parents]
    texts = "\n".join(file.read_text() for file in core)
    assert [one for one in (*WORDS, *REASONS, LATE_NOTICE) if one.strip(" ();") not in texts] == []


@pytest.fixture
def french() -> Iterator[None]:
    words.speak("fr")
    yield
    words.speak("en")


@pytest.mark.usefixtures("french")
def test_where_a_finding_stands_is_said_in_words_with_the_senders_own_names() -> None:
    place = Place(
        file=2,
        member="a/b.csv",
        message=1,
        sheet="Crew",
        cell="B4",
        line=4,
        column="Né",
        segment=3,
        tag="NAD",
        path="/x",
    )
    names = (
        "fichier 2",
        '"a/b.csv"',
        "message 1",
        "feuille «\u00a0Crew\u00a0»",
        "cellule B4",
        "ligne 4",
        "colonne «\u00a0Né\u00a0»",
        "segment 3",
        "NAD",
        "/x",
    )
    assert place_in_words(place) == ", ".join(names)
    assert place_in_words(Place(person=7)) == "personne 7"
    assert place_in_words(Place(line=3, person=7)) == "ligne 3"
    assert place_in_words(WHOLE) == place_in_words(Place(field="sex")) == "la liste entière"
    assert shape_in_words("2 letters, '-', 1 digit, 9 digits, …") == "2 lettres, '-', 1 chiffre, 9 chiffres, …"
    assert shape_in_words("empty") == "vide"
    words.speak("en")
    assert place_in_words(place) == str(place)


@pytest.mark.usefixtures("french")
def test_every_part_of_a_place_has_its_words() -> None:
    for field in msgspec.structs.fields(Place):
        value: Any = "A1" if "str" in str(field.type) else 12345
        assert field.name == "field" or place_in_words(Place(**{field.name: value})) != "la liste entière", field.name


@pytest.mark.parametrize(
    ("source", "said"),
    [("AIS", "AIS"), ("schedule of local", "programme importé"), ("schedule of desk.one", "programme importé par desk.one"),
     ("carrier specimen", "Compagnie maritime specimen"), ("single window of Utopia", "single window of Utopia")],
)  # fmt: skip
@pytest.mark.usefixtures("french")
def test_who_said_a_time_is_said(source: str, said: str) -> None:
    assert source_in_words(source) == said


@pytest.mark.usefixtures("french")
def test_french_signs_have_a_space_at_which_no_line_breaks() -> None:
    plain = re.compile(r"\w [:;?!»](\s|$)|« ")
    for ids in catalogued("fr"):
        text = words._translations("fr").gettext(ids if isinstance(ids, str) else ids[0])
        assert not plain.search(text), text
    assert words.say("How do the lines do?") == "Où en sont les compagnies\u00a0?"
    assert (words.territory("DE", "Germany"), words.territory(None, "Utopia")) == ("Allemagne", "Utopia")


VALUES = re.compile(r"<[a-z_]+>|12,?345")


def made(rule: Rule) -> Finding:
    """The rule's finding, with values that can be told apart."""
    parts = {part[1]: part[0] for text in (rule.text, rule.hint) for part in PART.finditer(text)}
    given = {one: 0.5 if "%" in whole else 12345 if ":" in whole else f"<{one}>" for one, whole in parts.items()}
    return rule.at(**given) if given else rule.at()


def values_in(text: str) -> Counter[str]:
    return Counter(_VALUE.findall(text))


@pytest.mark.parametrize(
    ("language", "figure", "day"),
    [("en", "12,345", "Sun 22 Nov"), ("fr", "12\u202f345", "dim. 22 nov."), ("es", "12.345", "dom 22 nov")],
)
def test_numbers_and_days_are_written_as_people_write_them(language: str, figure: str, day: str) -> None:
    words.speak(language)
    try:
        assert (words.figure(12345), words.day(date(2026, 11, 22))) == (figure, day)
    finally:
        words.speak("en")


def asking(accepted: str = "", chosen: str = "") -> SimpleNamespace:
    return SimpleNamespace(cookies={words.COOKIE: chosen} if chosen else {}, headers={"Accept-Language": accepted})


@pytest.mark.parametrize(
    ("accepted", "chosen", "expected"),
    [
        ("", "", "en"), ("fr-CA,fr;q=0.9,en;q=0.5", "", "fr"), ("de,es;q=0.8", "", "es"), ("de", "", "en"),
        ("fr", "es", "es"), ("fr", "xx", "fr"), ("*", "", "en"), (";;,,q=", "", "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_chosen_or_asked_for(accepted: str, chosen: str, expected: str) -> None:
    assert words.wanted(asking(accepted, chosen)) == expected


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example", "evil", "", "/a\r\nb", "/\u00e9"],
)
def test_a_redirect_leads_nowhere_else(to: str) -> None:
    assert own_address(to) == "/"


async def test_a_page_speaks_the_language_that_was_chosen(shared_gateway: Gateway) -> None:
    chosen = await shared_gateway.session.get(
        f"{shared_gateway.url}/language/fr?to=/sign-in%3Fto%3D/", allow_redirects=False
    )
    assert (chosen.status, chosen.headers["Location"]) == (303, "/sign-in?to=/")
    cookie = chosen.headers["Set-Cookie"].split(";")[0]
    page = (await shared_gateway.ask("GET", "/sign-in", headers={"Cookie": cookie})).body.decode()
    assert '<html lang="fr">' in page
    assert "Se connecter à la passerelle" in page

"""Countries and nationalities: every code, names in many languages, and no guessing."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes import countries, tables
from gateway.codes.countries import EEA, EU, SCHENGEN, country, iso2_of, nationality, readings
from gateway.manifest import NationalityKind
from tests.often import often

STATES = tables.rows("countries")


@pytest.mark.parametrize("form", ["iso2", "iso3", "name"])
def test_every_state_is_read(form: str) -> None:
    assert len(STATES) == 249
    read = {row["iso3"]: country(row[form]) for row in STATES}
    wrong = {code for code, found in read.items() if not found or found.code != code}
    assert wrong == ({"GIN"} if form == "name" else set())  # "Guinea" alone is not read


def test_codes_go_both_ways() -> None:
    for row in STATES:
        assert iso2_of(row["iso3"]) == row["iso2"]
        found = country(row["iso2"].lower())
        assert found is not None
        assert (found.iso3, found.iso2, found.kind) == (row["iso3"], row["iso2"], NationalityKind.STATE)


def test_every_name_of_the_tables_means_one_country_or_is_known_to_be_ambiguous() -> None:
    ambiguous = {countries.folded(row["alias"]) for row in tables.rows("country_aliases") if " " in row["codes"]}
    for table, column in (("country_names", "names"), ("demonyms", "demonyms")):
        for row in tables.rows(table):
            for name in row[column].split("|"):
                if countries.folded(name) in ambiguous or country(name.upper()) == country(row["code"]):
                    continue
                assert readings(name) == (row["code"],) or (len(name) <= 4 and country(name)), name


@pytest.mark.parametrize(
    ("code", "names"),
    {
        "DEU": "Германия Německo Tyskland Deutschland Γερμανία Germany Alemania Saksamaa Saksa Allemagne Njemačka Németország"
        " Germania Vokietija Vācija Ġermanja Duitsland Niemcy Alemanha Nemecko Nemčija Þýskaland Almanya Німеччина ألمانيا 德国",
        "GRC": "Гърция Řecko Grækenland Griechenland Ελλάδα Greece Grecia Kreeka Kreikka Grèce Grčka Görögország Graikija"
        " Grieķija Griekenland Grecja Grécia Grécko Grčija Grekland Hellas Grikkland Yunanistan Греция Греція اليونان",
        "FRA": "Франция Francie Frankrig Frankreich Γαλλία France Francia Prantsusmaa Ranska Francuska Franciaország Prancūzija"
        " Francija Franza Frankrijk Francja França Franța Francúzsko Frankrike Frakkland Fransa Франція فرنسا 法国",
        "ESP": "Испания Španělsko Spanien Ισπανία Spain España Hispaania Espanja Espagne Španjolska Spanyolország Spagna Ispanija"
        " Spānija Spanja Spanje Hiszpania Espanha Spania Španielsko Španija Spánn İspanya Іспанія إسبانيا 西班牙",
        "FIN": "Финландия Finsko Finland Finnland Φινλανδία Finlandia Soome Suomi Finlande Finska Finnország Suomija Somija"
        " Finlandja Finlândia Finlanda Fínsko Finlandiya Фінляндія فنلندا 芬兰",
        "NLD": "Nizozemsko Nederlandene Niederlande Ολλανδία Netherlands Alankomaat Pays-Bas Nizozemska Hollandia Nederland"
        " Niderlandy Olanda Holandsko Holland Hollanda Нидерланды هولندا 荷兰",
        "SWE": "Швеция Švédsko Sverige Schweden Σουηδία Sweden Suecia Rootsi Ruotsi Suède Švedska Svédország Švedija Zviedrija"
        " Iżvezja Zweden Szwecja Suécia Suedia Švédsko Svíþjóð İsveç Швеція السويد 瑞典",
        "USA": "САЩ USA ΗΠΑ EE.UU. Yhdysvallat États-Unis SAD Egyesült\xa0Államok JAV ASV Estados\xa0Unidos SUA Bandaríkin США 美国",
        "GBR": "Великобритания Storbritannien Royaume-Uni Nagy-Britannia Regno\xa0Unito Verenigd\xa0Koninkrijk Storbritannia"
        " Bretland Britain England UK Великобритания 英国",
        "TUR": "Турция Turecko Tyrkiet Türkei Τουρκία Türkiye Turkey Turquía Türgi Turkki Turquie Turska Törökország Turchia"
        " Turkija Turcija Turkije Turcja Turquia Turcia Turčija Turkiet Tyrkland Туреччина تركيا 土耳其",
    }.items(),
)
def test_names_in_many_languages(code: str, names: str) -> None:
    wrong = [name for name in names.split(" ") if readings(name) != (code,)]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" d ", "DEU"), ("gbr", "GBR"), ("America", "USA"), ("england", "GBR"), ("BRITISH", "GBR"), ("Oesterreich", "AUT"),
        ("COTE D'IVOIRE", "CIV"), ("Ivory Coast", "CIV"), ("Burma", "MMR"), ("Korea (the Republic of)", "KOR"),
        ("Congo (the Democratic Republic of the)", "COD"), ("Bosnia & Herzegovina", "BIH"), ("The Gambia", "GMB"),
        ("HON", "HND"), ("NGR", "NGA"), ("GER", "DEU"), ("EL", "GRC"), ("UK", "GBR"), ("Guinea-Bissau", "GNB"), ("Nigerien", "NER"),
        ("SUN", "SUHH"), ("USSR", "SUHH"), ("YUCS", "YUCS"), ("CSK", "CSHH"), ("ANT", "ANHH"), ("NTZ", "NTHH"), ("SU", "SUHH"),
    ],
)  # fmt: skip
def test_what_lists_write(text: str, code: str) -> None:
    assert readings(text) == (code,)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Congo", {"COG", "COD"}), ("KONGO", {"COG", "COD"}), ("Korea", {"KOR", "PRK"}), ("Korean", {"KOR", "PRK"}),
        ("Guinea", {"GIN", "GNB", "GNQ"}), ("Dominican", {"DMA", "DOM"}), ("SLO", {"SVN", "SVK"}), ("CHI", {"CHL", "CHN"}),
        ("St. Martin", {"MAF", "SXM"}), ("Virgin Islands", {"VGB", "VIR"}),
    ],
)  # fmt: skip
def test_two_countries_are_not_guessed_between(text: str, codes: set[str]) -> None:
    assert country(text) is None
    assert nationality(text) is None
    assert set(readings(text)) == codes


@pytest.mark.parametrize(
    "text", ["", " ", "?", "Q", "G", "S\nE", "ZZ", "QQQ", "Atlantis", "CS", "-", "x" * 10_000, "\x00"]
)
def test_the_unknown_is_none(text: str) -> None:
    assert country(text) is None
    assert readings(text) == ()


@pytest.mark.parametrize(
    ("text", "code", "kind", "iso3"),
    [
        ("GBN", "GBN", NationalityKind.BRITISH_SUBTYPE, "GBR"), ("GBS", "GBS", NationalityKind.BRITISH_SUBTYPE, "GBR"),
        ("XXA", "XXA", NationalityKind.STATELESS, None), ("Stateless", "XXA", NationalityKind.STATELESS, None),
        ("XXB", "XXB", NationalityKind.REFUGEE, None), ("XXC", "XXC", NationalityKind.REFUGEE, None),
        ("XXX", "XXX", NationalityKind.UNSPECIFIED, None), ("UNO", "UNO", NationalityKind.ORGANISATION, None),
        ("UNK", "UNK", NationalityKind.UNSPECIFIED, None), ("UTO", "UTO", NationalityKind.SPECIMEN, None),
        ("RKS", "RKS", NationalityKind.STATE, None), ("XKX", "RKS", NationalityKind.STATE, None),
        ("XXK", "RKS", NationalityKind.STATE, None), ("Kosovo", "RKS", NationalityKind.STATE, None),
        ("D", "DEU", NationalityKind.STATE, "DEU"), ("YUG", "YUCS", NationalityKind.FORMER_STATE, None),
    ],
)  # fmt: skip
def test_what_icao_writes_in_place_of_a_state(text: str, code: str, kind: NationalityKind, iso3: str | None) -> None:
    found = nationality(text)
    assert found is not None
    assert (found.code, found.kind, found.iso3) == (code, kind, iso3)


def test_no_code_is_lost() -> None:
    sizes = {
        name: len(tables.rows(name)) for name in ("countries", "icao_special", "former_countries", "country_names")
    }
    assert sizes == {"countries": 249, "icao_special": 26, "former_countries": 31, "country_names": 250}


def test_how_a_text_was_understood() -> None:
    assert [country(text).match for text in ("GBR", "United Kingdom", "England")] == ["code", "name", "alias"]  # type: ignore[union-attr]


def test_every_icao_special_code_is_known(shared_data: Path) -> None:
    with (shared_data / "reference/icao-9303-special-codes.csv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert len(codes) == 30
    assert [code for code in codes if country(code) is None] == []


def test_every_country_of_the_emswe_lists_is_known(shared_data: Path) -> None:
    with (shared_data / "emswe/tables/codelists_en.tsv").open(encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file, delimiter="\t") if row["list"].startswith("iso3166_1_alpha_3")]
    assert len(listed) > 500
    assert {row["code"] for row in listed if (country(row["code"]) or country("UTO")).code != row["code"]} == set()  # type: ignore[union-attr]


def test_sets_of_states() -> None:
    def states(codes: frozenset[str]) -> int:
        return sum(len(code) == 2 for code in codes)

    assert states(EU) == 27 + 7  # and the outermost regions and Åland, which have codes of their own
    assert states(SCHENGEN) == 29 + 1
    assert {"IS", "ISL", "LI", "LIE", "NO", "NOR"} == EEA - EU
    assert not SCHENGEN & {"IE", "CY", "GB", "SJ", "FO", "GL", "GP"}
    assert {"GR", "GRC", "NO", "NOR", "HR", "BG", "RO"} <= SCHENGEN
    assert {code for code in EU | SCHENGEN if country(code) is None} == set()


@often(75)
@given(st.text(max_size=30))
def test_any_text_has_an_answer(text: str) -> None:
    found = country(text)
    assert found is None or readings(text) == (found.code,)

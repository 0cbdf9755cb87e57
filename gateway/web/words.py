"""In whose language? What pages say, in English, French or Spanish, from message catalogues (GNU gettext PO files).

In: an English text (the message id) and its values. Out: the text in the language of whoever asked. The language is that of the
request: the one chosen before (a cookie), else the best the browser asks for (RFC 9110 section 12.5.4), else English. A text that no
catalogue has stays English. Codes and clauses of law are the same in every language.
"""

import io
import re
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

from aiohttp import web
from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES: Final = {"en": "English", "fr": "Français", "es": "Español"}
FOLDER: Final = Path(__file__).parent / "languages"
COOKIE: Final = "gateway-language"
_LOCALES: Final = {"en": "en_GB", "fr": "fr", "es": "es"}  # how numbers and dates are written
_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
_BEFORE_SIGN: Final = re.compile(r" (?=[:;?!»](?:\s|$|\)))|(?<=«) ")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def language() -> str:
    """The language of this request, as in the attribute lang (BCP 47)."""
    return _LANGUAGE.get()


def speak(name: str) -> None:
    """From here on, in this request or task, everything is said in this language."""
    _LANGUAGE.set(name if name in LANGUAGES else "en")


def say(text: str, /, **values: object) -> str:
    """`text` in the language of the request. Values are named: say("version %(number)s", number=3)."""
    said = _translations(language()).gettext(text)
    return said % values if values else said


def say_count(one: str, many: str, number: int, /, **values: object) -> str:
    """The form that goes with `number`, which the text has as %(number)s."""
    return _translations(language()).ngettext(one, many, number) % (values | {"number": figure(number)})


def mark(text: str) -> str:
    """`text` as it is: it is a message id, said later by `say`."""
    return text


def figure(number: float) -> str:
    """A number as people of this language write it: 1,234 or 1 234."""
    return _figure(language(), number)


def day(of: date) -> str:
    """Sun 22 Nov; of a moment, the day in its own zone."""
    return _day(language(), of.date() if isinstance(of, datetime) else of, "EEE d MMM")


def long_day(of: date) -> str:
    """Sunday 22 November."""
    return _day(language(), of.date() if isinstance(of, datetime) else of, "EEEE d MMMM")


def full_day(of: datetime) -> str:
    """22 November 2026, in the zone of `of`."""
    return _day(language(), of.date(), "d MMMM y")


def territory(iso2: str | None, english: str) -> str:
    """A country as people of this language call it (CLDR); `english` where there is no other name."""
    name = None if iso2 is None or language() == "en" else Locale.parse(_LOCALES[language()]).territories.get(iso2)
    return str(name) if name else english


def clock(at: datetime) -> str:
    """15:04, in the zone of `at`."""
    return f"{at:%H:%M}"


@lru_cache(maxsize=4096)
def _figure(name: str, number: float) -> str:
    return str(format_decimal(number, locale=_LOCALES[name]))


@lru_cache(maxsize=4096)
def _day(name: str, of: date, pattern: str) -> str:
    return str(format_date(of, pattern, locale=_LOCALES[name]))


@lru_cache(maxsize=len(LANGUAGES))
def _translations(name: str) -> NullTranslations:
    """All catalogues of one language as one. English needs none."""
    files = sorted((FOLDER / name).glob("*.po"))
    if not files:
        return NullTranslations()
    merged = Catalog(locale=Locale.parse(name))
    for file in files:
        for message in catalogue_of(file):
            if message.id and message.string:
                merged.add(message.id, _typeset(name, message.string))
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _typeset(name: str, said: str | Sequence[str]) -> str | tuple[str, ...]:
    """French has a space before these signs at which no line breaks (Lexique des règles typographiques); catalogues hold a plain one."""
    forms = (said,) if isinstance(said, str) else tuple(said)
    if name == "fr":
        forms = tuple(_BEFORE_SIGN.sub("\N{NO-BREAK SPACE}", one) for one in forms)
    return forms[0] if isinstance(said, str) else forms


def catalogue_of(file: Path) -> Catalog:
    """One PO file of languages/<name>/."""
    with file.open("rb") as data:
        return read_po(data, locale=file.parent.name)


@web.middleware
async def spoken(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Finds out the language before anything is said."""
    speak(wanted(request))
    return await handler(request)


def wanted(request: web.Request) -> str:
    """The language chosen before, else the best that is asked for."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    asked = [part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "")[:200].split(",")]
    return negotiate_locale(asked, list(LANGUAGES), sep="-") or "en"

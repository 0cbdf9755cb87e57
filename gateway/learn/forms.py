"""Recognisers of what has a form of its own: machine-readable zones, numbers of documents and bookings, cabins, plates, phones.

In: the values of a column. Out: one `Look` a kind. ICAO Doc 9303 for the zones and their check digits; the other forms are those
of ordinary lists, and a form alone proves little: a ticket has the looks of a passport.
"""

import itertools
import re

from gateway.codes import mrz
from gateway.learn.values import Look, Values, looked, of

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I)
_PHONE = re.compile(r"(\+|00)[\d ()/.-]{7,20}|\(?0\d{1,4}\)?[ /-][\d /-]{5,12}")
_NUMBER = re.compile(r"(?=(?:.*\d){4})[A-Z]{1,4}[ -][A-Z\d]{4,14}|(?=(?:.*\d){4})[A-Z\d]{6,12}", re.I)
_CABIN = re.compile(r"[A-Z]?-?\d{3,5}[A-Z]?|[A-Z]\d{2,4}")
_BOOKING = re.compile(r"(?=.*[A-Z])[A-Z\d-]{5,10}|\d{5,10}")
_PLATE = re.compile(
    r"(?=.*\d)(?=.*[A-Z])[A-Z\d]{1,4}([ -][A-Z\d]{1,5}){1,2}|[A-Z]{2}\d{3}[A-Z]{2}|[A-Z]{2}\d{2}[A-Z]{3}"
)
_CARE = re.compile(
    r"wch[rsc]|blnd|deaf|dpna|maas|stcr|meda|prm|wheel ?chair|sedia a rotelle|rollstuhl|fauteuil roulant|silla de ruedas|rullstol"
    r"|kørestol|rullestol|pyörätuoli|rolstoel|wózek|blind|hearing|mobility|reduced mobility|walking aid|hard of hearing",
    re.I,
)
_ZONE = re.compile(r"[A-Z\d<]{30}|[A-Z\d<]{36}|[A-Z\d<]{44}")


def sequence(values: Values) -> Look:
    """1, 2, 3 …: a form and an order, so proof where every value has both; from 1001 on they may be tickets."""
    numbers = [int(text) for text in values.texts if text and text.isascii() and text.isdigit() and len(text) < 7]
    steps = sum(after == before + 1 for before, after in itertools.pairwise(numbers))
    share = (steps + 1) / values.filled if numbers and values.filled > 1 else 0.0
    return Look(
        "sequence",
        share,
        f"{of(values, steps + 1)} follow one another by one",
        share == 1 and steps >= 2 and numbers[0] == 1,
    )


def email(values: Values) -> Look:
    return looked(values, "email", lambda text: bool(_EMAIL.fullmatch(text)), "e-mail addresses")


def phone(values: Values) -> Look:
    return looked(values, "phone", lambda text: bool(_PHONE.fullmatch(text)), "telephone numbers")


def care(values: Values) -> Look:
    return looked(values, "care", lambda text: bool(_CARE.search(text)), "codes or words of assistance")


def plate(values: Values) -> Look:
    return looked(values, "plate", lambda text: bool(_PLATE.fullmatch(text)), "written like number plates")


def number(values: Values) -> Look:
    """A number of a document, a ticket, a customer: at least four digits, and hardly ever the same twice."""
    look = looked(values, "number", lambda text: bool(_NUMBER.fullmatch(text)), "numbers, and hardly one comes twice")
    return look if values.variety >= 0.95 else Look("number", 0.0, "")


def booking(values: Values) -> Look:
    """References that neighbours share."""
    look = looked(values, "booking", lambda text: bool(_BOOKING.fullmatch(text)), "references that neighbours share")
    return look if values.beside_equal >= 0.15 and values.variety > 0.1 else Look("booking", 0.0, "")


def cabin(values: Values) -> Look:
    look = looked(values, "cabin", lambda text: bool(_CABIN.fullmatch(text)), "written like cabin numbers")
    return look if values.variety > 0.1 else Look("cabin", 0.0, "")


def zone(values: Values) -> Look:
    """A line of a machine-readable zone: its length and letters, and in the second line its check digits."""
    share = values.share(lambda text: bool(_ZONE.fullmatch(text)) and "<" in text)
    if not share:
        return Look("mrz1", 0.0, "")
    first = values.share(lambda text: text[0].isalpha() and "<<" in text and not text[13:19].isdigit())
    third = values.share(lambda text: len(text) == 30 and not any(char.isdigit() for char in text))
    if third > 0.5:
        return Look("mrz3", share, "the third line of machine-readable zones")
    if first > 0.5:
        return Look("mrz1", share, "the first line of machine-readable zones")
    valid = values.count(_holds)
    said = f"the second line of machine-readable zones, the check digits of {of(values, valid)} hold"
    return Look("mrz2", share, said, valid == values.filled)


def _holds(line: str) -> bool:
    start, check = (0, 6) if len(line) == 30 else (13, 19)  # the birth date: TD1, and the others
    return line[check : check + 1].isdigit() and mrz.check_digit(line[start:check]) == line[check]


FORMS = (sequence, email, phone, care, plate, number, booking, cabin, zone)

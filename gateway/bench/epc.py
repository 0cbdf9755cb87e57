"""An EPC message for the bench: invented passengers as a ship's office program of 2021 would write them.

In: people. Out: XML, indented as such programs do, every element that a passenger has.
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from gateway.manifest import Person, Port


def message(people: Sequence[Person]) -> bytes:
    """One `EPCMessage` (ISO 28005-2:2021) with these passengers."""
    persons = "\n".join(f"<PassengerData>\n{''.join(_parts(one))}</PassengerData>" for one in people)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<EPCMessage xmlns="http://www.iso.org/28005-2"><EPCRequestBody>'
        f"<ShipID><IMONumber>9999993</IMONumber></ShipID><PassengerList>\n{persons}\n</PassengerList></EPCRequestBody></EPCMessage>"
    ).encode()


def _parts(person: Person) -> Iterator[str]:
    yield f"<Name>{_text('FamilyName', person.family_name)}{_text('GivenName', person.given_names)}</Name>\n"
    yield _text("Gender", person.sex)
    yield _text("DateOfBirth", person.birth_date)
    yield _text("PlaceOfBirth", person.birth_place)
    yield _text("CountryOfBirth", person.birth_country)
    yield _text("Nationality", person.nationalities[0].code if person.nationalities else None)
    yield _text("Transit", "false")
    for name, port in (("EmbarkationPort", person.embarkation), ("DebarkationPort", person.disembarkation)):
        yield _port(name, port)
    for document in person.documents:
        parts = (("IdDocument", "39"), ("IdNumber", document.number), ("IssuingCountry", document.issuer))
        paper = "".join(_text(name, text) for name, text in (*parts, ("ExpirationDate", document.expiry)))
        yield f"<PersonIdDocument>\n{paper}</PersonIdDocument>\n"


def _port(name: str, port: Port | None) -> str:
    code = port.code if port else None
    return f"<{name}>{_text('CountryCode', code[:2])}{_text('UNLoCode', code[2:])}</{name}>\n" if code else ""


def _text(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>\n" if text else ""

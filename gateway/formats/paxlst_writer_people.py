"""Group 4 of PAXLST D.05B: one person's segments, for any `Profile`, in the order of strict readers.

In: a `Person`. Out: NAD ATT DTM FTX LOC COM EMP NAT RFF DOC(DTM LOC), and the car of a person who has one (group 7).
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from gateway.codes import sex
from gateway.codes.names import latin
from gateway.formats.edifact import write_segment
from gateway.formats.marking import said
from gateway.formats.paxlst_profiles import Code, Profile
from gateway.keyring import Terms
from gateway.manifest import Document, Permit, Person, Port

_NAME_LENGTH = 35  # 3036, up to D.05B
_TEXT_LENGTH = 512  # 4440; the envelope's handling header is whole
_STATED_NONE = {"no given name": "FNU"}


def person_segments(person: Person, form: Profile, terms: Terms | None = None) -> Iterator[str]:
    """All that the form says of a person; `terms` are those of the whole list, which its first person bears."""
    yield _ending(form, f"NAD+{form.roles[person.role, bool(person.transit)]}+++", names(person, form))
    if person.sex:
        yield _common(form.text, "ATT", "2", None, sex.edifact_code(person.sex))
    if person.birth_date and (born := form.born(person.birth_date)):
        yield _ending(form, "DTM+329:", born)
    if terms:
        yield segment(form, "FTX", "AAI", None, None, tuple(text[:_TEXT_LENGTH] or None for text in said(terms)))
    yield from _places(person, form)
    if form.with_contacts and (reached := contacts(person.phone, person.email)):
        yield segment(form, "COM", *reached)
    if rank := person.rank or person.rank_code or ("MASTER" if person.master else None):
        yield segment(form, "EMP", "1", None, ("", None, None, rank))
    for nationality in person.nationalities[: form.nationalities]:
        yield _common(form.text, "NAT", "2", nationality.code)
    yield from _references(person, form)
    for document in person.documents[:3]:
        yield from _document(form.document(document.type, document.native_type), document, form)
    for visa in person.visas[:2]:
        yield from _document(form.visa, visa, form)
    if form.with_vehicle and person.vehicle_registration:  # mode 3 is road
        yield segment(form, "TDT", "10", None, "3", None, None, None, None, person.vehicle_registration)


def names(person: Person, form: Profile) -> Code:
    """Family and given names; given names of more than 35 letters go on in the third component. A person known to have
    no given name gets FNU, first name unknown, as US systems and GTAS ask; one whose given name is not known has it empty.
    """
    family = person.family_name_latin or latin(person.family_name or "")
    given = (
        person.given_names_latin or latin(person.given_names or "") or _STATED_NONE.get(person.name_reason or "", "")
    )
    if not family:
        family, given = given, ""
    given = given or ("FNU" if form.with_given_name else "")
    at = given.rfind(" ", 0, _NAME_LENGTH + 1) if len(given) > _NAME_LENGTH else -1
    return (family, given[:at], given[at + 1 :]) if at > 0 else (family, given)


def contacts(phone: str | None, email: str | None) -> list[Code]:
    """Components of COM: how to reach somebody."""
    return [contact for contact in ((phone, "TE"), (email, "EM")) if contact[0]]


def segment(form: Profile, *elements: str | Code | None) -> str:
    """A segment in the letters of the form."""
    return write_segment(*elements, text=form.text)


def _ending(form: Profile, head: str, texts: Code) -> str:
    """A segment whose texts are this person's own, behind what is the same for everybody: half the time of `write_segment`."""
    return f"{head}{':'.join([form.text(text or '') for text in texts])}'"


@lru_cache(maxsize=4096)
def _common(text: Callable[[str], str], *elements: str | Code | None) -> str:
    """A segment that many persons share (sex, country): written once."""
    return write_segment(*elements, text=text)


@lru_cache(maxsize=4096)
def _port(text: Callable[[str], str], code: Callable[[Port], Code], qualifier: str, port: Port) -> str:
    return write_segment("LOC", qualifier, code(port), text=text)


def _places(person: Person, form: Profile) -> Iterator[str]:
    if person.residence_country:
        yield _common(form.text, "LOC", "174", form.country(person.residence_country, None))
    for qualifier, port in (("178", person.embarkation), ("179", person.disembarkation)):
        if port and (port.code or port.name):
            yield _port(form.text, form.port, qualifier, port)
    country, place = person.birth_country, person.birth_place
    if (country or place) and (person.nationalities or not form.is_flight):  # else taken for the nationality
        yield _common(form.text, "LOC", "180", form.country(country or "", place))


def _references(person: Person, form: Profile) -> Iterator[str]:
    for code, field in form.references.items():
        if (given := getattr(person, field)) and (text := form.text(given)):
            yield f"RFF+{code}:{text}'"


def _document(code: Code, paper: Document | Permit, form: Profile) -> Iterator[str]:
    head = _common(form.text, "DOC", code)
    number = form.text(paper.number or "")
    yield f"{head[:-1]}+{number}'" if number else head
    if paper.expiry and (expiry := form.day(paper.expiry)):
        yield _ending(form, "DTM+36:", expiry)
    if form.with_issue_date and isinstance(paper, Document) and paper.issued and (issued := form.day(paper.issued)):
        yield _ending(form, "DTM+182:", issued)
    if paper.issuer:
        yield _common(form.text, "LOC", "91", form.country(paper.issuer, None))

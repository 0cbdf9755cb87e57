"""What the elements of eNOA/D-like notices are called: the documented names, the carrier's own, and plain words.

In: the path of an element. Out: the field, or "". Names that NVMC's news pages (2013 to 2018) and Oracle's SPMS documentation
(seen 2026) show are in `TAGS`; a name that nobody documented is only read where it is what a column or a label is called.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.formats.raw import HEADER_FIELDS, PERSON_FIELDS
from gateway.formats.tables.words import COLUMNS, LABELS, key
from gateway.formats.xmlpeople import shown

TAGS = {
    "LAST_NAME": "family_name",
    "FIRST_NAME": "given_names",
    "ID_NUM": "document.number",
    "US_ADDRESS_STREET": "extra",
    "US_ADDRESS_CITY": "extra",
    "US_ADDRESS_STATE": "extra",
    "US_ADDRESS_STATE_ABBR": "extra",
    "US_ADDRESS_ZIP": "extra",
    "LONGSHOREMAN_WORK_DECLARATION": "extra",
}
"""Elements of a person that were seen in a published document; "extra": known, and without a field."""

_MOST_NAMED = 8


class Words:
    """What an element's name says: by the table, by the profile, by its words."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._named = {key(name): field for name, field in options.get("columns", {}).items()}
        self.ignored = frozenset(key(name) for name in options.get("ignore", ()))

    def stated(self, path: str) -> str:
        """The person's field that the profile or `TAGS` gives it, "" for none."""
        field = self._named.get(key(path)) or TAGS.get(path, "")
        return field if field in PERSON_FIELDS else ""

    def person(self, path: str) -> str:
        return _by_words(path, COLUMNS, PERSON_FIELDS)

    def header(self, path: str) -> str:
        named = self._named.get(key(path), "")
        return named if named in HEADER_FIELDS else _by_words(path, LABELS, HEADER_FIELDS)


def _by_words(path: str, table: Mapping[str, str], fields: Sequence[str]) -> str:
    """With the words of the elements around it, else by its own."""
    found = (table.get(key(words), "") for words in (path.replace("/", " "), path.rpartition("/")[2]))
    return next((field for field in found if field in fields), "")


def names_of(paths: Mapping[str, object]) -> str:
    """The first of them, as they may be shown."""
    more = ", …" if len(paths) > _MOST_NAMED else ""
    return ", ".join(shown(path) for path in list(paths)[:_MOST_NAMED]) + more

"""What an eNOA/D-like notice says besides its persons: the ship, the arrival, the rest by words.

In: a `NOTICE` and its lists. Out: header fields with their places, findings. Of the arrival the names are documented; in notices for
CARICOM its STATE is a country. Left out on purpose: the form's edition, who sent it, and EXPANSION, the sender's own fields.
"""

from lxml import etree

from gateway.codes.countries import country
from gateway.findings import Finding, Rule, Severity
from gateway.formats import xmltree
from gateway.formats.enoad_names import Words, names_of
from gateway.formats.raw import HeaderValue

COUNTRY_AS_STATE = Rule(
    id="X-33",
    severity=Severity.INFO,
    text="STATE holds the name of a country, as in notices for CARICOM; it was read as the country of the port",
    hint="nothing, if that is so",
)
NOT_KEPT = Rule(
    id="X-35",
    severity=Severity.INFO,
    text="{count} kinds of element besides the persons have no field in a list and were not kept: {names}",
    hint="nothing, if no authority asked for them",
)
RULES: tuple[Rule, ...] = (COUNTRY_AS_STATE, NOT_KEPT)

_LEFT_OUT = ("NOTICE_DETAILS/VERSION", "SOURCE/", "EXPANSION/")
_LONGEST_PATH = 200
_MOST_PATHS = 1_000
_ARRIVAL = ("ARRIVE_DT", "ARRIVE_TIME", "PORT_NAME", "STATE")
_STATES = ("georgia",)  # a state of the United States that has a country's name


class Header:
    """What the notice says besides its persons: the arrival by its documented names, the rest by words."""

    def __init__(self, notice: etree._Element, lists: frozenset[etree._Element], above: str, words: Words) -> None:
        self.values: dict[str, HeaderValue] = {}
        self.findings: list[Finding] = []
        self._above, self._words = above, words
        self._fields: dict[str, str] = {}
        self._left: dict[str, etree._Element] = {}
        self._used: set[etree._Element] = set()
        below = [(notice, "")]
        for element, before in below:
            self._arrival(element)
            for one in element:
                path = f"{before}/{xmltree.local(one)}".lstrip("/")
                if one in lists:
                    continue
                if len(one) and len(path) <= _LONGEST_PATH:
                    below.append((one, path))
                if not path.startswith(_LEFT_OUT) and one not in self._used:
                    self._take(path, one)
        if self._left:
            place = xmltree.place(notice, None, above)
            self.findings.append(NOT_KEPT.at(place, count=len(self._left), names=names_of(self._left)))

    def _take(self, path: str, element: etree._Element) -> None:
        text = xmltree.text(element)
        if path not in self._fields and len(self._fields) < _MOST_PATHS:
            self._fields[path] = self._words.header(path)
        field = self._fields.get(path) if text else ""
        if text and field and field not in self.values:
            self._put(field, text, element)
        elif len(path) > _LONGEST_PATH or (text and not (field and self.values[field].text == text)):
            self._left.setdefault(path, element)

    def _put(self, field: str, text: str, element: etree._Element) -> None:
        self.values[field] = HeaderValue(text, xmltree.place(element, field, self._above))

    def _arrival(self, block: etree._Element) -> None:
        """`ARRIVE_DT, ARRIVE_TIME, PORT_NAME, STATE`: the port of arrival, and when. The first such block counts."""
        if "arrival.port_name" in self.values:
            return
        day, clock, port, state = (xmltree.child(block, name) for name in _ARRIVAL)
        if day is None or port is None:
            return
        when = " ".join(filter(None, (xmltree.text(day), xmltree.text(clock))))
        where, land = xmltree.text(port) or "", xmltree.text(state) or ""
        if when and "arrival.estimated" not in self.values:
            self._put("arrival.estimated", when, day)
            self._used.update(one for one in (day, clock) if one is not None)
        if not where:
            return
        self._used.add(port)
        is_abroad = state is not None and len(land) > 3 and land.casefold() not in _STATES and country(land) is not None
        self._put("arrival.port_name", f"{where}, {land}" if is_abroad else where, port)
        if is_abroad and state is not None:
            self._used.add(state)
            self.findings.append(COUNTRY_AS_STATE.at(xmltree.place(state, None, self._above)))

"""The words of ours that stand as values in findings: a kind of list, a purpose, why an archive was not opened.

What a rule's text holds besides (counts, columns, codes, dates, an office's own words) is the same in every language.
"""

import re
from typing import Final

from gateway.web.words import figure, mark, say, say_count

VALUES: Final = (
    mark("passengers"),
    mark("crew"),
    mark("crew members"),
    mark("mixed"),
    mark("border"),
    mark("safety"),
    mark("booking"),
    mark("border and safety"),
    mark("ship"),
    mark("ports"),
    mark("times"),
    mark("ship and ports"),
    mark("ship and times"),
    mark("ports and times"),
    mark("ship, ports and times"),
    mark("departure"),
    mark("arrival"),
    mark("ahead of"),
    mark("behind"),
    mark("segments"),
    mark("messages"),
    mark("messages or groups"),
    mark("interchanges"),
    mark("lists"),
    mark("lines"),
    mark("columns"),
    mark("values"),
    mark("objects"),
    mark("persons in one list"),
    mark("lines with a quotation mark left open"),
    mark("no number of"),
    mark("nameless"),
    mark("a segment without a tag"),
    mark("the kind of list"),
    mark("the voyage"),
    mark("both are the same"),
    mark("they differ, and the later one was taken"),
    mark("the list"),
    mark("payment or prices"),
    mark("the history of changes"),
    mark(" (bookings)"),
    mark(" (an authority's answer)"),
    mark("when the ship arrives"),
    mark("today; when the ship arrives is not known"),
    mark("; both fit the check digit, so either may be wrong"),
    mark("; the zone's check digit holds, so the list looks wrong"),
    mark("passport"),
    mark("identity card"),
    mark("seafarer's book"),
    mark("a signature or a page number"),
    mark("a title that divides the list"),
    mark("a total"),
    mark("an example"),
    mark("help"),
    mark("something only outside the columns of the persons"),
    mark("the header again"),
    mark("memory"),
    mark("time"),
    mark("a web page (HTML)"),
    mark("an XML text of Excel 2003"),
    mark("a delimiter"),
    mark("an encoding"),
    mark("a date"),
    mark("a list"),
    mark("a text"),
    mark("an object"),
    mark("other elements"),
    mark("another version"),
    mark("of another type"),
    mark("a part of it is larger than it says"),
    mark("its header speaks of more data than the file holds"),
    mark("it is packed in a way that is not read here; the usual one is deflate"),
    mark("two parts inside it have the same name"),
    mark("two files in it have the same name"),
    mark("files in it overlap"),
    mark("several files are packed in it one after the other"),
    mark("the name of a file in it points to a place outside of it"),
    mark("a sheet has a filled cell to the right of column IV"),
    mark("a code that is in no published list"),
    mark("ask the single window"),
)

_PERSONS: Final = re.compile(r"([\d,]+) persons?")
_FROM_TO: Final = re.compile(r"(\d+) to (\d+)")
_OR_MORE: Final = re.compile(r"(\d+) or more")


def value_in_words(value: str) -> str:
    """A value of a finding: one of VALUES, a number of persons, what a line's lists usually hold; anything else is as it was found."""
    if found := _PERSONS.fullmatch(value):
        return say_count("%(number)s person", "%(number)s persons", int(found[1].replace(",", "")))
    if found := _FROM_TO.fullmatch(value):
        return say("from %(least)s to %(most)s", least=figure(int(found[1])), most=figure(int(found[2])))
    if found := _OR_MORE.fullmatch(value):
        return say("%(number)s or more", number=figure(int(found[1])))
    return say(value) if value else ""

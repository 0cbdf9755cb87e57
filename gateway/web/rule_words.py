"""What a finding says, in the language of the request. Stored answers and the API say it in English, with its stable code.

In: a finding's code, and its text and hint as they were made in English. Out: the same in the language of the request, or as they are where
the catalogue has no words for the rule. The values in a text (a count, a column's name) are found again by the rule's own template; one that is a word of ours (a kind of list, a purpose) is said
in that language too.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

import msgspec

from gateway.findings import Rule
from gateway.process.rules import every_rule
from gateway.web.rule_values import value_in_words
from gateway.web.words import language, say

PART: Final = re.compile(r"\{(\w+)[^{}]*\}")
"""A value in a rule's text: {count}, {share:.0%}."""
_LETTER: Final = re.compile(r"[^\W\d_]")


class Words(msgspec.Struct, frozen=True):
    """`language`: in which they are said; English where there are no others."""

    text: str
    hint: str
    language: str


def in_words(code: str, text: str, hint: str) -> Words:
    """The finding as the page says it."""
    rule, asked = _rules().get(code), language()
    if rule is None or asked == "en":
        return Words(text, hint, "en")
    said = _again(rule.text, text), _again(rule.hint, hint) if hint else ""
    if None in said:
        return Words(text, hint, "en")
    return Words(said[0] or "", said[1] or "", asked)


def kind_in_words(code: str) -> Words:
    """A rule by itself, with a sign in place of each value."""
    rule = _rules().get(code)
    if rule is None:
        return Words("", "", "en")
    text, hint = (PART.sub("…", say(one)) if one else "" for one in (rule.text, rule.hint))
    return Words(text, hint, language() if say(rule.text) != rule.text else "en")


def _again(template: str, english: str) -> str | None:
    """`english`, made from this template, in the language of the request; None where that cannot be."""
    translated, found = say(template), _pattern(template).fullmatch(english)
    if found is None or (translated == template and _LETTER.search(PART.sub("", template))):
        return None
    return PART.sub(lambda part: value_in_words(found.group(part[1])), translated)


@lru_cache(maxsize=2048)
def _pattern(template: str) -> re.Pattern[str]:
    pieces, at, seen = [], 0, set[str]()
    for part in PART.finditer(template):
        pieces += [
            re.escape(template[at : part.start()]),
            f"(?P={part[1]})" if part[1] in seen else f"(?P<{part[1]}>.*?)",
        ]
        seen.add(part[1])
        at = part.end()
    return re.compile("".join([*pieces, re.escape(template[at:])]), re.DOTALL)


@cache
def _rules() -> Mapping[str, Rule]:
    return {rule.id: rule for rule in every_rule()}

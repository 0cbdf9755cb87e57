"""Recognisers of what our tables know: countries, sexes, ports, kinds of document, roles, ranks, yes and no, letters of names.

In: the values of a column. Out: one `Look` a kind: the share of the values that the reader of that kind would understand.
"""

from gateway.codes import countries, documents, ports, ranks, sex
from gateway.learn.values import Look, Values, looked, of
from gateway.manifest import Sex
from gateway.normalise import words

DIALECTS = ("api", "un1001", "uk", "spms")
DIGITS_OF_SEX = frozenset("0129")
PAIRS: dict[frozenset[str], dict[str, str]] = {
    frozenset("UD"): {"U": "M", "D": "F"},
    frozenset("MD"): {"D": "F"},
    frozenset("MK"): {"K": "F"},
    frozenset("EK"): {"E": "M", "K": "F"},
    frozenset("HF"): {"H": "M"},
    frozenset("HM"): {"H": "M", "M": "F"},
    frozenset("MN"): {"N": "F"},
    frozenset("MV"): {},
}
"""Letters for man and woman in one language that mean nothing, or another thing, in others: uomo and donna, hombre and mujer,
erkek and kadın, kvinde. M and V are man and woman in Dutch and woman and man in Lithuanian: nobody but the line can tell."""

_FEW = 40  # different words: a code list, not names


def is_country(text: str) -> bool:
    return len(text) > 1 and (countries.country(text) is not None or bool(countries.readings(text)))


def country(values: Values) -> Look:
    """Codes or words; two letters that are also "yes" and "no" (NO, SI) are no evidence by themselves."""
    look = looked(values, "country", is_country, f"countries, as {_form(values)}")
    return Look("country", 0.0, "") if _are_answers(values) else look


def _are_answers(values: Values) -> bool:
    return values.share(lambda text: words.transit(text) is not None) > 0.9


def _form(values: Values) -> str:
    codes = {len(text) for text in values.different if text.isascii() and text.isupper() and len(text) in (2, 3)}
    if codes == {2} or codes == {3}:
        return "two letters" if codes == {2} else "three letters"
    return "words"


def sexes(values: Values) -> Look:
    """Letters or words of at least two sexes; digits are a code list of their own."""
    if len(values.different) > 12:
        return Look("sex", 0.0, "")
    if frozenset(values.different) in PAIRS:
        return Look("sex", 1.0, f"{of(values, values.filled)} are one of two letters")
    found = {text: sex.sex(text) for text in values.different}
    look = looked(values, "sex", lambda text: isinstance(found[text], Sex), "sexes")
    return look if len({one for one in found.values() if isinstance(one, Sex)}) > 1 else _one_sex(look)


def _one_sex(look: Look) -> Look:
    return Look(look.kind, look.share * 0.7, look.said)


def sex_digits(values: Values) -> Look:
    is_two = {"1", "2"} <= values.different.keys()
    look = looked(values, "sex digits", DIGITS_OF_SEX.__contains__, "1 or 2")
    return look if is_two else Look("sex digits", 0.0, "")


def port(values: Values) -> Look:
    if len(values.different) > _FEW:
        return Look("port", 0.0, "")
    return looked(values, "port", is_port, "ports")


def is_port(text: str) -> bool:
    return len(text) >= 4 and ports.port(text).status in ("code", "name", "alias")


def document(values: Values) -> Look:
    if len(values.different) > 12 or _are_answers(values):
        return Look("document", 0.0, "")
    return looked(values, "document", is_document, "kinds of travel document")


def is_document(text: str) -> bool:
    return any(documents.document_type(text, dialect) is not None for dialect in (None, *DIALECTS))


def role(values: Values) -> Look:
    words_only = len(values.different) < 8 and values.share(lambda text: len(text) > 2) > 0.5
    known = looked(values, "role", lambda text: words.role(text) is not None, "roles, such as passenger or crew")
    return known if words_only else Look("role", 0.0, "")


def answer(values: Values) -> Look:
    return looked(values, "answer", lambda text: words.transit(text) is not None, "yes or no")


def rank(values: Values) -> Look:
    return looked(values, "rank", lambda text: ranks.rank(text)[0] is not None, "ranks of crew")


def letters(values: Values) -> Look:
    """What names and places are made of."""
    return looked(values, "letters", is_lettered, "words of letters")


def is_lettered(text: str) -> bool:
    return len(text) > 1 and text[0].isalpha() and all(char.isalpha() or char in " -'’`.,ʹ" for char in text)


VOCABULARY = (country, sexes, sex_digits, port, document, role, answer, rank, letters)

"""Names of months in the languages that lists are written in, as far as they mean one month only.

In: a word. Out: its month, 1 to 12, or None. Full names and their beginnings of three letters or more, without
diacritics; a beginning that means two months (Polish and Croatian `listopad`) is left out rather than chosen.
"""

from unicodedata import combining, normalize

_NAMES = """
january february march april may june july august september october november december
januar februar maerz april mai juni juli august september oktober november dezember
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart april mei juni juli augustus september oktober november december
januar februar marts april maj juni juli august september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu syyskuu lokakuu marraskuu joulukuu
ιανουαριος φεβρουαριος μαρτιος απριλιος μαιος ιουνιος ιουλιος αυγουστος σεπτεμβριος οκτωβριος νοεμβριος δεκεμβριος
ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου ιουνιου ιουλιου αυγουστου σεπτεμβριου οκτωβριου νοεμβριου δεκεμβριου
styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien
stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
sijecanj veljaca ozujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac
ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
"""


def _folded(word: str) -> str:
    plain = "".join(char for char in normalize("NFKD", word.casefold()) if not combining(char))
    return plain.replace("ı", "i").replace("ł", "l").replace("ß", "ss")


def _beginnings() -> dict[str, int]:
    meant: dict[str, set[int]] = {}
    whole: dict[str, set[int]] = {}
    for line in _NAMES.split("\n"):
        for month, name in enumerate(_folded(line).split(), 1):
            whole.setdefault(name, set()).add(month)
            for end in range(3, len(name) + 1):
                meant.setdefault(name[:end], set()).add(month)
    meant |= whole  # a whole name wins over the beginning of another
    return {word: next(iter(months)) for word, months in meant.items() if len(months) == 1}


# "mar" is March everywhere but in Finland, which abbreviates to "marras"; "Mrz" is the German abbreviation of März.
_MONTHS = _beginnings() | {"mar": 3, "mrz": 3}


def month(word: str) -> int | None:
    """The month that this word, or its abbreviation, names in any of the languages."""
    return _MONTHS.get(_folded(word))

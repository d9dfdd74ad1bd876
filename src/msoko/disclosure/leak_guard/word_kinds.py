"""What a Russian word may be: a surname, a given name, a patronymic; by a dictionary of forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

PATRONYMIC = re.compile(
    r"\w{2,}(?:[оеё]вич(?:а|у|ем|е)?|[оеё]вн(?:а|ы|е|у|ой|ою)|ьич(?:а|у|ом|ем|е)?|иничн(?:а|ы|е|у|ой))"
)
SURNAME = re.compile(
    r"\w{2,}(?:[оеё]в|[иы]н)(?:а|у|ым|е|ой|ою|ых|ыми)?|\w{2,}(?:ск|цк)(?:ий|ого|ому|им|ом|ая|ой|ую)"
    r"|\w{3,}(?:енко|швили|дзе|янц?|ян[ауе]|яном|чук[ауе]?|чуком|юк[ауе]?|юком)"
)
"""How surnames end that no dictionary holds."""
GENITIVE = "gent"


@dataclass(frozen=True)
class WordKind:
    """How likely a capitalised word is a name.

    `is_common`: a dictionary has it as something else in the first place; `may_be_name`: it
    is worth a look at what stands beside it.
    """

    surname: float
    given: float
    patronymic: float
    is_known: bool
    is_common: bool
    is_place: bool
    is_genitive: bool
    may_be_name: bool
    lemmas: frozenset[str]


@cache
def _analyzer() -> MorphAnalyzer:
    import pymorphy3  # the dictionary takes a tenth of a second

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=100_000)
def word_kind(word: str) -> WordKind:
    """Return what the word may be, whatever its case and its capitals; ё is read as е."""
    small = word.lower().replace("ё", "е")
    parses = _analyzer().parse(small)
    is_known = parses[0].is_known

    def share(mark: str) -> float:
        return sum(one.score for one in parses if mark in one.tag)

    surname, patronymic = share("Surn"), share("Patr")
    if not is_known:
        patronymic = max(patronymic, 0.9 if PATRONYMIC.fullmatch(small) else 0.0)
        surname = max(surname, 0.3 if SURNAME.fullmatch(small) else 0.0)
    names = ("Surn", "Name", "Patr")
    lemmas = frozenset(one.normal_form for one in parses) | {small}
    common = sum(one.score for one in parses if not any(mark in one.tag for mark in names))
    return WordKind(
        surname,
        share("Name") if is_known else 0.0,
        patronymic,
        is_known,
        is_known and common > 0.5,
        share("Geox") > 0,
        any(GENITIVE in one.tag for one in parses),
        not is_known
        or max(surname, patronymic, share("Name")) > 0
        or any(one.endswith(("ий", "ович", "евич")) for one in lemmas),
        lemmas,
    )

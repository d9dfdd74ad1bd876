"""Small numbers of persons that somebody typed into prose, where no suppression reaches them."""

from __future__ import annotations

import re
from collections.abc import Iterator

FEW = r"дв[аеу]\w{0,3}|двое|тро(?:е|их)|три|трём|тр[её]х|четверо|четыр\w+"
ONE = r"один|одна|одного|одному|одной|одну"
PERSONS = (
    r"(?:учени\w+|учащ\w+|обучающ\w+|выпускни\w+|участни\w+|школьни\w+|воспитанни\w+|дет(?:и|ей|ям)"
    r"|реб[её]н\w+|человек\w*|педагог\w*|учител\w+|директор\w*|победител\w+|приз[её]р\w*|мальчи\w+"
    r"|девоч\w+|юнош\w*|девуш\w+|студент\w*|подрост\w+)"
)
NO_PERSONS = (
    r"(?! [а-яё]*(?:балл|задани|показател|раздел|критери|направлени|школ|организаци|класс))"
)
COUNTS = (
    rf"(?<![\w.,№-])(?:[1-4]|{FEW})(?: из \d+)? (?:[а-яё]+ ){{0,2}}?{PERSONS}\b",
    # «один участник меняет долю» is a rule, «один участник не явился» a fact
    rf"\b(?:{ONE}) (?:из \w+ )?{PERSONS} (?:не )?\w+л[аи]?\b",
    rf"\b{PERSONS} ?[:–-] ?[1-4](?![\d.,%]| ?%)",
    rf"(?<![\w.,])[1-4] из (?:[1-9]|[1-9]\d|{FEW})(?![\w%]){NO_PERSONS}",
)
COUNT = re.compile("|".join(COUNTS), re.IGNORECASE)
BOUND = re.compile(
    r"(?:менее|меньше|более|больше|от|до|свыше|хотя бы|минимум|чем|<|≥|≤|>|каждо\w+|на|№|\bп\."
    r"|пункт\w*|табл\w*\.?|рис\w*\.?|раздел\w*) ?$",
    re.IGNORECASE,
)
"""What turns a number into a rule: «менее 3 учеников», «хотя бы два участника»."""


def find_typed_counts(text: str) -> Iterator[re.Match[str]]:
    """Yield the counts of fewer than five persons that a text states as facts."""
    for match in COUNT.finditer(text):
        if not BOUND.search(text[max(0, match.start() - 20) : match.start()]):
            yield match

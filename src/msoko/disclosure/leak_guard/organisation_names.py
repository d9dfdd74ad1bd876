"""Names of the municipality's organisations in a plain text: by number, by their own word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msoko.disclosure.leak_guard.plain_text import plain_text

SCHOOL = r"(?:С|О|Н|В|Ц)О[ШС]Ш?|М[АБК]?ОУ|[Шш]кол\w*|[Гг]имнази\w*|[Лл]ице[йяюе]\w*"
PRESCHOOL = r"[Сс]ад\w*|Д/с|д/с|М?[АБК]?ДОУ|[Яя]сл\w*"
NUMBERED = re.compile(
    rf"(?<![\w-])(?:(?P<school>{SCHOOL})|(?P<preschool>{PRESCHOOL}))[ »\"-]{{0,2}}"
    r"(?:(?:№|N|No|номер)+[ -]?(?P<number>\d{1,4})"
    r"|(?<=[А-Я])[ -]?(?P<bare>\d{1,4})(?![\w.,]| [а-я]))"
)
KIND = re.compile(rf"(?<![\w-])(?:{SCHOOL}|{PRESCHOOL}|[Цц]ентр\w*|ЦДО|Д[ЮТ]\w*)(?![\w-])")
OWN_WORD = re.compile(r"(?<![\w-])[А-ЯЁ][а-яё]{3,}(?:-[А-ЯЁа-яё]+)?")
QUOTED = re.compile(r"[«„“\"]\s?$")
COMMON_STEMS = (
    "школ", "средн", "основн", "начальн", "общеобразов", "образоват", "муниципал", "бюджет",
    "автоном", "казенн", "казённ", "учрежден", "гимназ", "лиц", "детск", "дошколь", "вечерн",
    "сменн", "центр", "област", "район", "округ", "город", "геро", "имен", "филиал", "углубл",
    "комбинир", "общеразв", "присмотр", "дополнител", "творчеств", "советск", "союз", "россий",
)  # fmt: skip
AROUND = 45
"""How far the kind of an organisation may stand from its own word."""


@dataclass(frozen=True)
class OrganisationNames:
    """What tells one organisation of the municipality from the others."""

    school_numbers: frozenset[str] = frozenset()
    preschool_numbers: frozenset[str] = frozenset()
    stems: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by their first four letters

    @classmethod
    def of(cls, names: Iterable[str], places: Iterable[str] = ()) -> OrganisationNames:
        """Return what the names have of their own; `places` are names that all share."""
        shared = {_stem(word) for one in places for word in re.findall(r"[А-ЯЁа-яё-]+", one)}
        numbers: dict[str, set[str]] = {"school": set(), "preschool": set()}
        stems: dict[str, set[str]] = defaultdict(set)
        for name in map(plain_text, sorted(set(names))):
            found = re.search(r"№ ?(\d+)", name)
            if found:
                is_preschool = re.search(PRESCHOOL, name[: found.start()])
                numbers["preschool" if is_preschool else "school"].add(found[1])
            for word in OWN_WORD.findall(re.split(r"\bим(?:ени|\.)", name)[0] if found else name):
                stem = _stem(word)
                if stem not in shared and not stem.startswith(COMMON_STEMS):
                    stems[stem[:4]].add(stem)
        return cls(
            frozenset(numbers["school"]),
            frozenset(numbers["preschool"]),
            {key: tuple(sorted(ones)) for key, ones in sorted(stems.items())},
        )

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where a plain text names one of the organisations."""
        for match in NUMBERED.finditer(text):
            known = self.school_numbers if match["school"] else self.preschool_numbers
            if (match["number"] or match["bare"]) in known:
                yield match.span()
        for match in OWN_WORD.finditer(text) if self.stems else ():
            if self._is_own(match[0].lower()) and _is_organisation(text, *match.span()):
                yield match.span()

    def _is_own(self, word: str) -> bool:
        word = word.replace("ё", "е")
        return any(
            word.startswith(stem) and len(word) <= len(stem) + 4
            for stem in self.stems.get(word[:4], ())
        )


def _stem(word: str) -> str:
    """Return the word without what cases change."""
    small = word.lower().replace("ё", "е")
    ending = re.search(r"(?:ск|н|ов|ев|ин)(?:ая|ой|ую|ий|ый|ого|ому|им|ым|ое|ие|ых|их)$", small)
    if ending:
        return small[: ending.start()] + re.match(r"ск|н|ов|ев|ин", ending[0])[0]
    return re.sub(r"(?:[аеиоуыэюяьй]{1,2})$", "", small) if len(small) > 4 else small


def _is_organisation(text: str, start: int, end: int) -> bool:
    """Return whether the word is in quotes, or the kind of an organisation stands beside it."""
    if QUOTED.search(text[max(0, start - 2) : start]):
        return True
    around = text[max(0, start - AROUND) : end + AROUND]
    return bool(KIND.search(around))

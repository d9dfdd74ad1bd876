"""Names of persons in a plain text, in any case and order, by form and by what is known.

A name alone may be a town or a writer, so a word is judged with what stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from msoko.disclosure.leak_guard.honoured_names import is_famous, is_honoured, is_of_a_method
from msoko.disclosure.leak_guard.word_kinds import WordKind, word_kind

CAPITAL = r"[А-ЯЁ][А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)*"
TOKEN = re.compile(
    rf"(?<![\w-])(?:{CAPITAL}(?![\w-])|[А-ЯЁ](?:\.|(?=[ ,][А-ЯЁ](?:\.|\b)))"
    r"|(?:оглы|кызы|гызы|улы)\b)"
)
SMALL_NAME = re.compile(
    r"(?<![\w-])[а-яё]+(?:[оеё]вич|[оеё]вн|ьич|иничн)(?:а|ы|е|у|ой|ом|ем)?(?![\w-])"
)
NEAR = re.compile(r"[\s,.;:()«»\"'|/_-]{0,4}")
"""What may stand between the parts of one name: cells of a table too."""
CLASS_AFTER = re.compile(r"[\s,(:-]{1,3}(?:уч\w*\.? )?(?:1[01]|[1-9])[ -]?[«\"]?[А-Я][»\"]?(?!\w)")
CLASS_BEFORE = re.compile(
    r"(?<!\d)(?:1[01]|[1-9])[ -]?[«\"]?[А-Я][»\"]?(?: кл\w*\.?)?[\s,:)-]{1,3}$"
)
ROLE = re.compile(
    r"\b(?:учени[кц]|ученик|учащ|обучающ|воспитанни|выпускни|школьни|участни|победител|призер|призёр"
    r"|директор|завуч|учител|педагог|заведующ|воспитател|методист|специалист|начальник|председател"
    r"|секретар|ответственн|исполнител|руководител|заместител|психолог|логопед|тьютор|родител"
    r"|мам|отец|отц|сын|доч|реб[её]н|девочк|мальчик|гражд|тов\.|г-н|г-ж|эксперт|член|инспектор)"
    r"\w*\.?[\s:,(–-]{1,3}(?:(?:1[01]|[1-9])[ -]?[«\"]?[А-Я]?[»\"]?(?: класс\w*)?[\s,:-]{1,3})?$",
    re.IGNORECASE,
)
BEFORE_PLACE = re.compile(
    r" (?:[Шш]кол|СОШ|ООШ|НОШ|[Гг]имнази|[Лл]ице|[Дд]етск|[Рр]айон|[Оо]круг|[Оо]бласт|[Кк]ра[йяюе]"
    r"|[Пп]ос[её]л|[Сс]ел[оаье]|[Гг]ород|[Мм]униципал|[Уу]лиц|[Рр]еспублик|[Цц]ентр)"
)
"""What follows an adjective of a place: «Вереснинский округ»."""
SENTENCE_START = re.compile(r"(?:^|[.!?:;•|«\"\n]\s*|\n)$")
LONGEST_BEFORE = 120
MONTHS = frozenset({"март", "май", "август", "январь", "июль", "июнь"})
TURKIC = frozenset({"оглы", "кызы", "гызы", "улы"})

Known = Callable[[str], bool]
"""Whether a word, in whatever case, is a surname that the data or the profile know."""


class Word(NamedTuple):
    """A capitalised word or an initial, where it stands."""

    start: int
    end: int
    text: str
    kind: WordKind | None  # None: an initial


def knows_nobody(word: str) -> bool:
    """Return that no name is known: what a text without data is judged by."""
    return False


def find_names(text: str, is_known: Known = knows_nobody) -> Iterator[tuple[str, int, int]]:
    """Yield the kind of each name of a person, and where it starts and ends."""
    text = text.replace("_", " ")
    words = _words(text)
    passed = 0
    for place, word in enumerate(words):
        if place < passed or (word.kind and not word.kind.may_be_name):
            continue
        before = text[max(0, word.start - LONGEST_BEFORE) : word.start]
        kind, length = _reading(text, words[place : place + 4], before, is_known)
        if not kind:
            continue
        passed = place + length
        run = words[place:passed]
        if not _is_let_pass(run, before):
            yield kind, word.start, run[-1].end


def _words(text: str) -> list[Word]:
    found = [
        Word(one.start(), one.end(), one[0], None if _is_initial(one[0]) else word_kind(one[0]))
        for one in TOKEN.finditer(text)
    ]
    small = list(SMALL_NAME.finditer(text))
    if small:
        found += [
            Word(one.start(), one.end(), one[0], word_kind(one[0]))
            for start, end in {span for one in small for span in _around(text, one)}
            for one in [re.compile(r"\S+").search(text, start, end)]
            if one
        ]
    return sorted(set(found), key=lambda one: one.start)


def _around(text: str, match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of a patronymic in small letters and of the small words beside it."""
    if word_kind(match[0]).patronymic < 0.5:
        return
    yield match.span()
    before = re.search(
        r"(?:([а-яё-]+)\s+)?([а-яё-]+)\s+$", text[max(0, match.start() - 60) : match.start()]
    )
    shift = max(0, match.start() - 60)
    for group in (1, 2) if before else ():
        if before[group]:
            yield shift + before.start(group), shift + before.end(group)


def _is_initial(text: str) -> bool:
    return len(text.rstrip(".")) == 1


def _reading(text: str, words: list[Word], before: str, is_known: Known) -> tuple[str, int]:
    """Return what the words are as a name, empty where none, and how many of them belong to it."""
    run = words[:1]
    for word in words[1:]:
        if not NEAR.fullmatch(text, run[-1].end, word.start):
            break
        run.append(word)
    if length := _full_name(run):
        return "фамилия, имя, отчество", length
    if length := _with_initials(run, text):
        return "фамилия и инициалы", length
    if length := _pair(run):
        return "фамилия и имя", length
    return ("фамилия", 1) if _is_single(run[0], text, before, is_known) else ("", 0)


def _full_name(run: list[Word]) -> int:
    """Return how many words up to a patronymic and a surname after it make a full name."""
    for place, word in enumerate(run[:3]):
        if word.kind is None:
            return 0
        if word.text.lower() in TURKIC and place:
            return place + 1
        if word.kind.patronymic >= 0.5 and not word.kind.is_common:
            behind = run[place + 1].kind if place + 1 < len(run) else None
            return place + 1 + bool(place < 2 and behind and _may_be_surname(behind))
        if not (word.kind.given > 0 or _may_be_surname(word.kind)):
            return 0
    return 0


def _with_initials(run: list[Word], text: str) -> int:
    """Return how many words make a surname with its initials, on either side of it."""
    signs = [word.kind is None for word in run]
    if signs[:3] == [True, True, False] and _is_close(run[:3], text):
        return 3 * _may_stand_by_initials(run[2].kind)
    if signs[:2] == [True, False] and run[0].text.endswith("."):
        is_name = run[1].kind.surname >= 0.3 and not run[1].kind.is_common
        return 2 * (is_name and _is_close(run[:2], text))
    if signs[:3] == [False, True, True] and _is_close(run[:3], text):
        # «Лицей А. С. Пушкина»: the initials belong to what follows
        follows = len(run) > 3 and not signs[3] and _may_stand_by_initials(run[3].kind)
        is_bare = "." not in run[1].text + run[2].text
        is_name = run[0].kind.surname >= 0.3 if is_bare else _may_stand_by_initials(run[0].kind)
        return 3 * (is_name and not (follows and run[0].kind.surname < 0.3))
    if signs[:2] == [False, True] and run[1].text.endswith("."):
        return 2 * (run[0].kind.surname >= 0.3 and _is_close(run[:2], text))
    return 0


def _is_close(run: list[Word], text: str) -> bool:
    """Return whether initials and surname stand in one cell, with at most a comma between."""
    between = [text[one.end : two.start] for one, two in zip(run, run[1:], strict=False)]
    return all(re.fullmatch(r",?\s?", gap) for gap in between)


def _pair(run: list[Word]) -> int:
    """Return 2 where a surname stands beside a given name, in either order."""
    if len(run) < 2 or run[0].kind is None or run[1].kind is None:
        return 0
    if all(word.text.isupper() and len(word.text) < 4 for word in run[:2]):
        return 0  # «ГИА, ВПР»
    for given, surname in ((run[0].kind, run[1].kind), (run[1].kind, run[0].kind)):
        if not MONTHS.isdisjoint(given.lemmas) or given.given <= 0:
            continue
        if surname.surname >= 0.3:
            return 2
        endings = ("ский", "ович", "евич")
        is_strange = not surname.is_known or any(one.endswith(endings) for one in surname.lemmas)
        if given.given >= 0.5 and not given.is_place and is_strange and not surname.is_place:
            return 2
    return 0


def _is_single(word: Word, text: str, before: str, is_known: Known) -> bool:
    """Return whether a word alone is somebody's name, by what stands around it."""
    kind = word.kind
    if (
        kind is None
        or BEFORE_PLACE.match(text, word.end)
        or (word.text.isupper() and len(word.text) < 5)
    ):
        return False
    if kind.is_common and kind.surname < 0.05:
        return bool(_may_be_called(kind) and ROLE.search(before))
    is_marked = (
        ROLE.search(before) or CLASS_AFTER.match(text, word.end) or CLASS_BEFORE.search(before)
    )
    if is_marked and _may_be_called(kind) and MONTHS.isdisjoint(kind.lemmas):
        return not is_of_a_method(before)
    if is_known(word.text) and not kind.is_common:
        return True
    if kind.surname < 0.5 or is_of_a_method(before) or (word.text.isupper() and not kind.is_known):
        return False
    is_opening = bool(SENTENCE_START.search(before))
    return not kind.is_place and not (is_opening and kind.surname < 0.9)


def _may_be_called(kind: WordKind) -> bool:
    return kind.surname >= 0.1 or (kind.given >= 0.5 and not kind.is_place)


def _is_let_pass(run: list[Word], before: str) -> bool:
    """Return whether the name honours somebody: a street, a school, a writer of the curriculum."""
    kinds = [word.kind for word in run if word.kind is not None]
    if all(kind.is_genitive for kind in kinds) and is_honoured(before):
        return True
    surnames = [kind for kind in kinds if kind.given < 0.5 and kind.patronymic < 0.5] or kinds[-1:]
    initials = [word.text[0] for word in run if word.kind is None]
    initials += [word.text[0] for word in run if word.kind and word.kind not in surnames]
    return is_famous(surnames[0].lemmas, "".join(initials))


def _may_be_surname(kind: WordKind) -> bool:
    return kind.surname > 0 or not kind.is_known or any(one.endswith("ий") for one in kind.lemmas)


def _may_stand_by_initials(kind: WordKind) -> bool:
    """Return whether a word beside two initials is a surname; dictionaries hold «мороз» too."""
    return kind.surname > 0 or not kind.is_common or any(one.endswith("ий") for one in kind.lemmas)

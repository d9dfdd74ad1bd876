"""Names that stand for no living person: in whose honour a place is named, whose test is used."""

from __future__ import annotations

import re

TITLES = (
    r"(?:(?:дважды|трижды|первого|святой|святого|великого|князя|княгини|академика|адмирала|маршала"
    r"|генерала|генерал-\w+|полковника|майора|капитана|лейтенанта|сержанта|рядового|летчика"
    r"|лётчика|лётчика-космонавта|летчика-космонавта|космонавта|конструктора|профессора|поэта"
    r"|писателя|художника|композитора|педагога|просветителя|ученого|учёного|врача|героев|героя"
    r"|Героя|Героев|Советского|Союза|Российской|Федерации|России|Социалистического|Труда"
    r"|кавалера|ордена|орденов|Славы|участника|Великой|Отечественной|войны|народного|заслуженного"
    r"|учителя|художника|артиста|братьев|сестёр|сестер) ){0,8}"
)
PLACES = (
    r"(?<!от )имени|\bим\.|\bпамяти|\bулиц\w*|\bул\.|\bпроспект\w*|\bпросп\.|\bпр-т|\bпр\."
    r"|\bплощад\w*|\bпл\.|\bпереул\w*|\bпер\.|\bбульвар\w*|\bб-р|\bнабережн\w*|\bсквер\w*|\bпарк\w*"
    r"|\bмикрорайон\w*|\bмкр\.?|\bчтени\w+|\bпроезд\w*|\bпамятник\w*"
)
METHODS = (
    r"\b(?:критери[йяюе]\w?|тест(?:а|у|ом|е|ы)?|поправк\w+|коэффициент\w{0,2}|интервал\w{0,2}"
    r"|процедур\w{1,2}|формул\w{1,2}|распределени\w+|теорем\w{1,2}|метод(?:а|у|ом|е)?"
    r"|корреляци\w+)(?: ранговой| \w+ корреляции)?"
)
SIGNS = r"(?:[А-ЯЁ]\. ?){0,2}(?:[А-ЯЁ][а-яё]+[ -]{1,3}){0,2}"
"""Initials and names between the words of honour and the name in question."""
BEFORE_HONOURED = re.compile(rf"(?:{PLACES})[ «\"„]{{1,2}}{TITLES}{SIGNS}$")
BEFORE_METHOD = re.compile(rf"{METHODS} (?:[А-ЯЁ][а-яё]+(?: ?- ?| и |, )){{0,3}}$")
FAMOUS = """
Пушкин А. С.; Толстой Л. Н.; Лермонтов М. Ю.; Гоголь Н. В.; Чехов А. П.; Достоевский Ф. М.;
Тургенев И. С.; Некрасов Н. А.; Крылов И. А.; Грибоедов А. С.; Островский А. Н.; Гончаров И. А.;
Фет А. А.; Тютчев Ф. И.; Блок А. А.; Есенин С. А.; Маяковский В. В.; Ахматова А. А.;
Цветаева М. И.; Пастернак Б. Л.; Булгаков М. А.; Шолохов М. А.; Твардовский А. Т.; Горький А. М.;
Бунин И. А.; Куприн А. И.; Солженицын А. И.; Чайковский П. И.; Рахманинов С. В.; Глинка М. И.;
Ломоносов М. В.; Менделеев Д. И.; Ушинский К. Д.; Макаренко А. С.; Сухомлинский В. А.;
Вернадский В. И.; Лобачевский Н. И.; Ковалевская С. В.; Павлов И. П.; Циолковский К. Э.;
Королёв С. П.; Гагарин Ю. А.; Терешкова В. В.; Жуков Г. К.; Суворов А. В.; Кутузов М. И.;
Ушаков Ф. Ф.; Нахимов П. С.; Невский А. Я.; Ленин В. И.; Киров С. М.; Калинин М. И.;
Чкалов В. П.; Матросов А. М.; Космодемьянская З. А.; Выготский Л. С.; Шаталов В. Ф.; Эйлер Л.;
Гайдар А. П.; Маршак С. Я.; Чуковский К. И.; Бианки В. В.; Пришвин М. М.; Паустовский К. Г.;
Онегин Е.; Бульба Т.; Печорин Г. А.; Обломов И. И.; Раскольников Р. Р.; Базаров Е. В.
"""
"""Whom curricula, streets and schools name; others are declared where they must stand."""
SCHOLARS = """
стьюдент пирсон спирмен кендалл фишер хохберг бенджамини йекутиели уилсон вильсон манн уитни
колмогоров смирнов бонферрони холм байес бернулли пуассон гаусс лаплас чебышев крамер раш кокран
мантель хензель клоппер ньюкомб уэлч левен шапиро уилк кронбах хедж коэн кук джеффрис
"""
"""Whose tests and intervals reports name; of «Смирнов» the test alone, see `BEFORE_METHOD`."""
_FAMOUS = {
    entry.split()[0].lower().replace("ё", "е"): re.findall(r"([А-ЯЁ])\.", entry)
    for entry in FAMOUS.split(";")
}
_SCHOLARS = frozenset(SCHOLARS.split()) - {"смирнов", "кук", "холм"}


def is_honoured(before: str) -> bool:
    """Return whether what stands before a name in the genitive says that something bears it."""
    return bool(BEFORE_HONOURED.search(before))


def is_of_a_method(before: str) -> bool:
    """Return whether a surname in the genitive names a test: «критерий Манна – Уитни»."""
    return bool(BEFORE_METHOD.search(before))


def is_famous(lemmas: frozenset[str], initials: str = "") -> bool:
    """Return whether a surname is one that everybody knows, with initials that are not another's.

    `initials`: those that stand beside it, in their order; a pupil of the name has others.
    """
    for lemma in lemmas:
        known = _FAMOUS.get(lemma.replace("ё", "е"))
        if known is not None and "".join(known).startswith(initials[:2]):
            return True
    return not initials and not _SCHOLARS.isdisjoint(lemmas)

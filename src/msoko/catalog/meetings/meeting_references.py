"""What a meeting's questions and decisions may name: directions, indicators, measures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from msoko.catalog.directions.direction import Indicator
from msoko.catalog.meetings.meeting_faults import Fault
from msoko.catalog.meetings.meeting_file import Meeting, Resolution
from msoko.catalog.municipality.profile import GROUP_KEYS
from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear


def declaration_faults(
    meeting: Meeting,
    indicators: Mapping[str, Mapping[str, Indicator]],
    measures: Collection[str],
    topics: Sequence[str],
) -> Iterator[Fault]:
    """Give a fault where a question or a decision names what the municipality does not have.

    `indicators`: the codes of each direction. A decision that aims at an indicator must say to
    whom and by when, for the register asks both.
    """
    known = (*indicators, *topics)
    for question in meeting.questions:
        if question.about and question.about not in known:
            hint = suggestion(question.about, known)
            yield Fault(question.place, f"about: «{question.about}» не известно. {hint}")
        for point in question.decisions:
            yield from _point_faults(point, indicators, measures)
            yield from _year_faults(point, meeting)


def _point_faults(
    point: Resolution, indicators: Mapping[str, Mapping[str, Indicator]], measures: Collection[str]
) -> Iterator[Fault]:
    if point.measure and point.measure not in measures:
        yield Fault(point.place, f"measure: в дорожной карте нет пункта «{point.measure}».")
    if not point.indicator:
        if point.expected:
            yield Fault(point.place, "expected есть, а показатель не назван. Впишите indicator.")
        return
    codes = indicators.get(point.direction)
    if codes is None:
        hint = suggestion(point.direction, indicators)
        yield Fault(point.place, f"direction: «{point.direction}» в профиле нет. {hint}")
    elif point.indicator not in codes:
        hint = suggestion(point.indicator, codes)
        said = f"indicator: «{point.indicator}» в направлении «{point.direction}» нет."
        yield Fault(point.place, f"{said} {hint}")
    elif point.expected:
        yield from _aim_faults(point, codes[point.indicator])


def _year_faults(point: Resolution, meeting: Meeting) -> Iterator[Fault]:
    """Give a fault for a year that the register would refuse, and with it every build."""
    if not point.expected or not point.expected.by:
        return
    try:
        by, heard = SchoolYear.parse(point.expected.by), meeting.results_of
    except UsageError as error:
        yield Fault(point.place, f"expected.by или results: {error}. Исправьте год.")
        return
    if by <= heard:
        yield Fault(
            point.place,
            f"expected: изменение ожидается к {by}, а слушают результаты {heard} учебного года. "
            "Назовите в by более поздний год или уберите его.",
        )


def _aim_faults(point: Resolution, indicator: Indicator) -> Iterator[Fault]:
    """Give a fault for what the register will ask of a decision that aims at an indicator."""
    if indicator.unit == "percent" and point.expected and abs(point.expected.value) > 1:
        yield Fault(
            point.place,
            f"expected: {point.expected.value:g} – больше целого: изменение доли пишут долей "
            "единицы, два процентных пункта – 0.02.",
        )
    for key in point.group:
        if key not in GROUP_KEYS:
            hint = suggestion(key, GROUP_KEYS)
            yield Fault(point.place, f"group: «{key}» не известно. {hint}")
    if "subject" not in point.group and () not in indicator.by and ("subject",) in indicator.by:
        yield Fault(
            point.place,
            f"показатель «{indicator.code}» считается только по предметам, и действие решения без "
            "предмета не измерить. Допишите group: {subject: код предмета}.",
        )
    for key, title in (("addressee", "кому"), ("deadline", "к какому сроку")):
        if not getattr(point, key):
            yield Fault(point.place, f"решение идёт в реестр, а {title} – не сказано: {key}.")

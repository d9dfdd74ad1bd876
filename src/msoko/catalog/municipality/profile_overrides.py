"""The house's directions as one municipality words them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from msoko.catalog.directions.direction import Direction, Indicator, Seed
from msoko.catalog.municipality.profile import DirectionChange, IndicatorChange, Profile
from msoko.catalog.yaml.declaration_lines import line_of, suggestion
from msoko.core.errors import UsageError

HOUSE = Seed(file="", section="")
"""Stands in place of another municipality's document: the words are common to all."""


def apply_changes(direction: Direction, change: DirectionChange) -> Direction:
    """Return `direction` with the profile's words, goals, targets and indicators."""
    codes = [indicator.code for indicator in direction.indicators]
    for code in (*change.indicators, *change.drop):
        if code not in codes:
            where = line_of(code, change.place)
            raise UsageError(
                f"{where}: в направлении «{direction.direction}» нет показателя "
                f"«{code}». {suggestion(code, codes)}"
            )
    kept = (item for item in direction.indicators if item.code not in change.drop)
    indicators = tuple(_indicator(item, change.indicators) for item in kept) + change.add
    dropped = set(change.drop)
    rules = direction.recommendations if change.recommendations is None else change.recommendations
    plain = ("number", "title", "short_title", "purpose", "object", "subject_matter", "goals",
             "groups", "collection", "key_figures")  # fmt: skip
    given = {name: value for name in plain if (value := getattr(change, name))}
    given.setdefault(
        "key_figures", tuple(code for code in direction.key_figures if code not in dropped)
    )
    made = dataclasses.replace(
        direction,
        indicators=indicators,
        recommendations=tuple(rule for rule in rules if rule.indicator not in dropped),
        roles=direction.roles.without(dropped),
        **given,
    )
    _refuse_left(made, change)
    return made


def _refuse_left(direction: Direction, change: DirectionChange) -> None:
    """Refuse goals or groups put in place of the house's that leave its indicators behind."""
    own = {*change.indicators, *(one.code for one in change.add)}
    for key, items, name in (("goal", change.goals, "цели"), ("group", change.groups, "группы")):
        known = {item.code for item in items}
        left = [
            one.code
            for one in direction.indicators
            if known and (said := getattr(one, key)) and said not in known and one.code not in own
        ]
        if left:
            raise UsageError(
                f"{change.place}: {name} направления «{direction.direction}» заменены, а "
                f"показатели {', '.join(left)} отнесены к прежним. Отнесите их к новым – "
                f"indicators: {{{left[0]}: {{{key}: …}}}} – или уберите: drop."
            )


def _indicator(indicator: Indicator, changes: Mapping[str, IndicatorChange]) -> Indicator:
    change = changes.get(indicator.code)
    if change is None:
        return indicator
    given = {
        item.name: value
        for item in dataclasses.fields(change)
        if (value := getattr(change, item.name)) is not None
    }
    written = next(code for code in changes if code == indicator.code)
    return dataclasses.replace(indicator, place=line_of(written, indicator.place), **given)


def mark_foreign_seeds(direction: Direction, profile: Profile) -> Direction:
    """Return `direction` without references to documents that are not the profile's.

    What is taken from another municipality's document is marked as the house's (`HOUSE`).
    """

    def own(items: tuple) -> tuple:
        return tuple(
            dataclasses.replace(item, seed=HOUSE)
            if item.seed and item.seed.file != profile.seed
            else item
            for item in items
        )

    return dataclasses.replace(direction, goals=own(direction.goals), groups=own(direction.groups))


def fold_directions(directions: Mapping[str, Direction], profile: Profile) -> tuple[Direction, ...]:
    """Return the profile's directions in its order; a folded one becomes part of another.

    The goals, groups, indicators, methods and rules of a folded direction follow those of
    the direction that takes it in, under the codes they had.
    """
    result = {code: directions[code] for code in profile.directions}
    for source, target in profile.folds.items():
        if target not in result:
            where = line_of(target, profile.place)
            raise UsageError(
                f"{where}: направление «{source}» вливается в «{target}», "
                f"которого нет в списке «directions». {suggestion(target, result)}"
            )
        result[target] = _join(result[target], directions[source])
    return tuple(result.values())


def _join(target: Direction, source: Direction) -> Direction:
    parts = ("goals", "groups", "indicators", "collection", "recommendations", "limits",
             "key_figures")  # fmt: skip
    both: dict[str, tuple] = {}
    for name in parts:
        own = getattr(target, name)
        taken = {getattr(item, "code", item) for item in own}
        both[name] = own + tuple(
            item for item in getattr(source, name) if getattr(item, "code", item) not in taken
        )
    return dataclasses.replace(target, **both, roles=target.roles.followed_by(source.roles))

"""The declarations of a project: its own files first, the house's otherwise."""

from __future__ import annotations

from msoko.catalog.directions import direction_faults
from msoko.catalog.directions.direction import Direction, Threshold, ThresholdFile
from msoko.catalog.municipality import measure_links, profile_overrides, summary_blocks
from msoko.catalog.municipality.profile import GROUP_KEYS, Decision, DecisionFile, Profile
from msoko.catalog.municipality.roadmap_rows import load_roadmap
from msoko.catalog.registry import registry_words
from msoko.catalog.registry.form_declarations import load_form_items
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.declaration_lines import (
    line_of,
    refuse_repeated,
    require_known,
    suggestion,
)
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

HOUSE = "demo"
"""The profile on whose roadmap the house's rules of recommendations were written."""


def load_profile(project: Project, name: str) -> Profile:
    """Return the municipality declared in `profiles/<name>.yml`."""
    path = project.find("profiles", f"{name}.yml")
    if not path.exists():
        folders = (project.root / "profiles", project.home / "profiles")
        known = {entry.stem for folder in folders for entry in folder.glob("*.yml")}
        raise UsageError(f"profiles/{name}.yml: такого профиля нет. {suggestion(name, known)}")
    profile = yaml_schema.load(path, Profile, project.shown(path))
    if profile.profile != name:
        raise UsageError(
            f"{profile.place}: в файле «{name}.yml» объявлен профиль «{profile.profile}». "
            "Имя файла и ключ «profile» должны совпадать."
        )
    for code in (*profile.directions, *profile.folds, *profile.changes):
        if not project.find("notebooks", f"{code}.yml").exists():
            known = _declared(project)
            place = line_of(code, profile.place)
            raise UsageError(
                f"{place}: направление «{code}» не объявлено: нет "
                f"файла notebooks/{code}.yml. {suggestion(code, known)}"
            )
    return profile


def _declared(project: Project) -> set[str]:
    """Return the codes of the directions that the project or the house declares."""
    folders = (project.root / "notebooks", project.home / "notebooks")
    return {entry.stem for folder in folders for entry in folder.glob("*.yml")}


def load_directions(project: Project, profile: Profile | str) -> tuple[Direction, ...]:
    """Return the profile's directions in its order, checked, with what the profile changes.

    Raises `UsageError` for a direction without its notebook pair, an indicator over an
    unknown table, column or form item, a repeated code, a goal or rule that leads nowhere.
    """
    if isinstance(profile, str):
        profile = load_profile(project, profile)
    forms = load_form_items(project)
    thresholds = load_thresholds(project)
    registry_words.load_wording(project, profile)
    roadmaps = _roadmaps(project, profile)
    declared: dict[str, Direction] = {}
    for code in (*profile.directions, *profile.folds):
        direction = load_direction(project, code)
        if code in profile.directions:
            require_notebook(project, direction)
        direction = measure_links.link_measures(direction, profile, roadmaps)
        if code in profile.changes:
            change = profile.changes[code]
            measure_links.check_own_rules(change.recommendations or (), roadmaps.own)
            direction = profile_overrides.apply_changes(direction, change)
        declared[code] = direction
    directions = profile_overrides.fold_directions(declared, profile)
    if profile.seed:
        directions = tuple(profile_overrides.mark_foreign_seeds(one, profile) for one in directions)
    for direction in directions:
        direction_faults.check_direction(direction, forms)
        direction_faults.check_thresholds(direction, thresholds)
    summary_blocks.check_blocks(profile.summary_blocks, directions)
    return directions


def _roadmaps(project: Project, profile: Profile) -> measure_links.Roadmaps:
    """Return the profile's roadmap beside the one on which the house's rules were written."""
    own = load_roadmap(project, profile)
    house = load_roadmap(Project(project.home), HOUSE)
    found = measure_links.Roadmaps({one.code: one for one in own}, {one.code: one for one in house})
    measure_links.check_measure_map(profile, found)
    measure_links.check_directions(own, _declared(project))
    return found


def load_direction(project: Project, code: str) -> Direction:
    """Return `notebooks/<code>.yml` as the house declares it, before any profile."""
    path = project.find("notebooks", f"{code}.yml")
    folder = path.parent
    if not path.exists():
        known = {entry.stem for entry in folder.glob("*.yml")}
        raise UsageError(
            f"notebooks/{code}.yml: направление не объявлено. {suggestion(code, known)}"
        )
    direction = yaml_schema.load(path, Direction, project.shown(path))
    if direction.direction != code:
        raise UsageError(
            f"{direction.place}: в файле «{code}.yml» объявлено направление "
            f"«{direction.direction}». Имя файла и ключ «direction» должны совпадать."
        )
    return direction


def require_notebook(project: Project, direction: Direction) -> None:
    """Refuse a direction whose notebook is missing beside its YAML."""
    path = project.find("notebooks", f"{direction.direction}.ipynb")
    if not path.exists():
        raise UsageError(
            f"{direction.place}: у направления «{direction.direction}» нет блокнота "
            f"notebooks/{direction.direction}.ipynb. Скопируйте блокнот похожего направления."
        )


def load_thresholds(project: Project) -> dict[str, Threshold]:
    """Return the thresholds of `registry/thresholds.yml` by code; a project's own come first."""
    known: dict[str, Threshold] = {}
    for path in project.layers("registry", "thresholds.yml"):
        declared = yaml_schema.load(path, ThresholdFile, project.shown(path)).thresholds
        refuse_repeated("порог", declared)
        known = {threshold.code: threshold for threshold in declared} | known
    return known


def load_decisions(
    project: Project, profile: Profile | str, year: SchoolYear | None = None
) -> tuple[Decision, ...]:
    """Return the decisions of `profiles/<name>/decisions.yml`, of one school year or of all.

    A decision that aims at no indicator of the profile is refused: its effect could never be
    measured. So is one that names a measure which the roadmap does not have.
    """
    if isinstance(profile, str):
        profile = load_profile(project, profile)
    path = project.find("profiles", profile.profile, "decisions.yml")
    if not path.exists():
        return ()
    declared = yaml_schema.load(path, DecisionFile, project.shown(path)).decisions
    refuse_repeated("решение", declared)
    known: dict[str, set[str]] = {}
    measured = [measure.code for measure in load_roadmap(project, profile)]
    for decision in declared:
        _check_years(decision)
        if decision.measure:
            require_known("measure", decision.measure, measured, decision.place)
        code = decision.direction
        if code not in known:
            known[code] = _indicator_codes(project, profile, decision)
        require_known("indicator", decision.indicator, known[code], decision.place)
        for key in decision.group:
            require_known("group", key, GROUP_KEYS, decision.place)
    return tuple(item for item in declared if year is None or item.school_year == str(year))


def _check_years(decision: Decision) -> None:
    """Refuse a year that is none, and a change expected no later than the decision itself."""
    try:
        taken = SchoolYear.parse(decision.school_year)
        by = SchoolYear.parse(decision.expected.by) if decision.expected.by else None
    except UsageError as error:
        raise UsageError(f"{decision.place}: {error}. Исправьте год.") from None
    if by is not None and by <= taken:
        raise UsageError(
            f"{decision.place}: изменение ожидается к {by}, а решение принято по итогам "
            f"{taken} учебного года. Назовите в by более поздний год или уберите его."
        )


def _indicator_codes(project: Project, profile: Profile, decision: Decision) -> set[str]:
    listed = (*profile.directions, *profile.folds)
    require_known("direction", decision.direction, listed, decision.place)
    into = [source for source, target in profile.folds.items() if target == decision.direction]
    codes: set[str] = set()
    for code in (decision.direction, *into):
        direction = load_direction(project, code)
        if code in profile.changes:
            direction = profile_overrides.apply_changes(direction, profile.changes[code])
        codes |= {indicator.code for indicator in direction.indicators}
    return codes

"""What the public edition of one municipality is guarded against, and where people typed texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

from msoko.catalog.meetings.meeting_file import load_meetings
from msoko.catalog.municipality.profile import Profile
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.disclosure.leak_guard.organisation_names import OrganisationNames
from msoko.disclosure.leak_guard.published_texts import (
    Passage,
    passages_of_file,
    passages_of_notebook,
)
from msoko.disclosure.leaks import Guard
from msoko.ingest.identity.known_names import known_names


def public_guard(project: Project, profile: Profile, year: SchoolYear) -> Guard:
    """Return the guard that knows the municipality's organisations, its group and its surnames.

    The profile's own names are let pass (a district may be called as a person is), and what
    it signs for in `published_names`.
    """
    schools = Store(project).read("schools", [year])
    logins = {str(login) for login in schools["vpr_login"].dropna() if str(login).strip()}
    years = project.raw_years()
    persons = {one.name for each in years for one in load_meetings(project, each).members}
    own = tuple(_own_names(profile))
    return Guard(
        forbidden=tuple(sorted(logins | persons)),
        organisations=OrganisationNames.of(schools["name"].dropna().map(str), own),
        is_known=known_names(project, persons),
        allowed=(*own, *(one.text for one in profile.published_names)),
    )


def typed_texts(
    project: Project, profile: Profile, notebooks: Iterable[Path]
) -> Mapping[str, Iterable[Passage]]:
    """Return what people wrote that pages may print: profile, roadmap, wording, notebooks."""
    name = profile.profile
    beside = project.find("profiles", name)
    paths = [project.find("profiles", f"{name}.yml"), *sorted(beside.glob("*.*")), *notebooks]
    for folder in dict.fromkeys((project.root, project.home)):
        paths += [*(folder / "registry").glob("*"), *(folder / "docs" / "method").glob("*")]
        paths += (folder / "notebooks").glob("*.yml")
    return {
        project.shown(path): passages_of_file(path.name, path.read_bytes())
        for path in paths
        if path.is_file()
    }


def typed_prose(project: Project, notebooks: Sequence[Path]) -> Mapping[str, Iterable[Passage]]:
    """Return the prose of notebooks by their cells."""
    return {
        project.shown(path): [*passages_of_notebook(path.read_text("utf-8"), prose_only=True)]
        for path in notebooks
        if path.is_file()
    }


def _own_names(profile: Profile) -> Iterator[str]:
    """Yield the municipality's names in their cases."""
    for name in (profile.name, profile.region, profile.department, profile.methodical_service):
        yield from (form for form in astuple(name) if form)

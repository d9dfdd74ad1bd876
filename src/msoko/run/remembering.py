"""What is declared, read once in the process that everything is forked from."""

from __future__ import annotations

from contextlib import suppress

from msoko.errors import MsokoError


def remember(root: str, municipality: str) -> None:
    """Read the profile, its directions and its sentences, so that a child finds them read.

    The readers keep what they made by the text they made it of: a child that finds another
    text reads it anew. What is refused here is left for the children to report.
    """
    from msoko.catalog import load_directions, load_profile, words
    from msoko.present.wording import template
    from msoko.project import Project

    project = Project.at(root)
    with suppress(MsokoError, OSError):
        profile = load_profile(project, municipality)
        load_directions(project, profile)
        for load in (words.load_form_titles, words.load_check_titles, words.load_objectivity):
            load(project)
        for _, text in words.flat(words.load_wording(project, profile)):
            template(text)

"""What the pages written by people are made of; apart from `method_page`, since a plan asks for it
on every start and must not import the charts for that."""

from __future__ import annotations

from pathlib import Path

from msoko.core.project import Project

TEMPLATE = ("docs", "method.md.j2")
PROOF = ("docs", "method", "proof.json")
EFFECTS = ("docs", "method", "effect_rates.json")
FACTS = ("docs", "method", "validation.json")
EXECUTED = ("docs", "method", "validation.md")
REFERENCE = ("tests", "reference", "reference.json")

MADE_OF = {"method": TEMPLATE, "validation": EXECUTED}
"""The file without which a page is not made."""


def available_pages(project: Project) -> list[str]:
    """Return the pages that the project has what to make of."""
    return [name for name, parts in MADE_OF.items() if project.find(*parts).exists()]


def page_sources(project: Project) -> list[Path]:
    """Return the files that exist of those that the pages are made of."""
    names = (TEMPLATE, PROOF, EFFECTS, FACTS, EXECUTED, REFERENCE)
    paths = (project.find(*parts) for parts in names)
    return [path for path in paths if path.exists()]

"""What the site before holds of what this build could not make."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from msoko.site.site_model import Edition, PassportPage, RefusedReport, SiteContent

FOR_SCHOOLS = ("packets", "templates", "meetings")
"""Folders beside the pages that other commands write: a build leaves them as they are."""


@dataclass(frozen=True)
class EarlierPages:
    """The refused reports and passports that keep the page of the site before."""

    folder: Path
    reports: tuple[RefusedReport, ...]
    passports: tuple[PassportPage, ...]

    @property
    def files(self) -> list[str]:
        """The addresses of those pages and of the files beside them."""
        paths = [p for one in self.reports for p in sorted(self.folder.glob(f"{one.direction}.*"))]
        return [path.name for path in paths] + [one.href for one in self.passports]


def find_earlier(content: SiteContent, folder: Path) -> EarlierPages:
    """Return which of the refused have a page in the site that lies in `folder`."""
    refused = (*content.refused, *content.refused_pages)
    unbuilt = [one for one in content.passports if one.body is None]
    return EarlierPages(
        folder,
        tuple(one for one in refused if (folder / one.href).exists()),
        tuple(one for one in unbuilt if (folder / one.href).exists()),
    )


def carry_over(earlier: EarlierPages, folder: Path, edition: Edition) -> None:
    """Copy into the new site what this build does not make: pages, and what schools are given."""
    for name in FOR_SCHOOLS:
        if edition != "public" and (earlier.folder / name).is_dir():
            shutil.copytree(earlier.folder / name, folder / name)
    for href in earlier.files:
        (folder / href).parent.mkdir(exist_ok=True)
        shutil.copyfile(earlier.folder / href, folder / href)

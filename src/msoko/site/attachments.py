"""What a report gives the site besides its page: files that lie beside it, a figure of the index.

Apart from `site_model`, since who makes them needs nothing of what renders pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Change = Literal["better", "worse", "same", "neutral", "not_comparable"]


@dataclass(frozen=True)
class Attachment:
    """A file beside a page and named like it: tables in Excel, a calendar."""

    href: str
    title: str
    content: bytes


@dataclass(frozen=True)
class KeyFigure:
    """One number of the index page; every text is already formatted for readers.

    `value` holds number and unit («87,3 %»), `change` the signed difference («+1,2 п. п.»)
    or the reason why there is none, `detail` the interval, the base or the year before.
    """

    title: str
    value: str
    change: str = ""
    change_is: Change = "neutral"
    detail: str = ""
    href: str = ""

"""Evidence: what stands behind each number that a report prints."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from msoko.catalog import Indicator


@dataclass(frozen=True)
class Evidence:
    """How one printed number came to be; what is absent is empty."""

    what: str
    shown: str
    formula: str = ""
    numerator: str = ""
    denominator: str = ""
    n: str = ""
    interval: str = ""
    source: str = ""

    @property
    def id(self) -> str:
        """Return the id that the number carries; it depends on what is said alone."""
        text = "\x1f".join(
            (
                self.what,
                self.shown,
                self.formula,
                self.numerator,
                self.denominator,
                self.n,
                self.interval,
                self.source,
            )
        )
        return hashlib.sha256(text.encode()).hexdigest()[:8]


@dataclass
class Ledger:
    """The evidence of one report, in the order in which its numbers are printed."""

    entries: dict[str, Evidence] = field(default_factory=dict)

    def cite(self, evidence: Evidence) -> str:
        """Return the number as a link to its evidence, and remember the evidence."""
        self.entries.setdefault(evidence.id, evidence)
        return f"[{evidence.shown}](#e-{evidence.id})"


def formula(indicator: Indicator) -> str:
    """Return an indicator's formula as declared, over the rows of its table."""
    made = f"{indicator.measure}({indicator.numerator}"
    if indicator.denominator:
        made += f" / {indicator.denominator}"
    return f"{made}) – {indicator.table}" + (f", {indicator.where}" if indicator.where else "")

"""One organisation with what its passport concludes: findings, conditions, those alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msoko.report.data.comparable_schools import Condition, Peers, conditions, find_peers
from msoko.report.data.organisation import Organisation
from msoko.report.data.organisation_findings import organisation_findings


@dataclass
class JudgedOrganisation(Organisation):
    """The organisation's data with what is concluded from them before a block is written."""

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """The year's findings about the organisation, the gravest first."""
        return organisation_findings(self)

    @cached_property
    def conditions(self) -> list[Condition]:
        """The conditions of work of all organisations of its kind."""
        return conditions(self)

    @cached_property
    def peers(self) -> Peers:
        """The organisations alike in their conditions."""
        return find_peers(self, self.conditions)

"""What an organisation's passport answers."""

from __future__ import annotations

from msoko.report.block import Block
from msoko.report.data.report_data import Reading


class PassportQuestions(Reading):
    """What an organisation's passport answers."""

    def passport_card(self) -> Block:
        """Whose passport it is, its conditions, and on how many pupils it stands."""
        from msoko.report.passport import passport_card

        return passport_card.card(self)

    def passport_position(self) -> Block:
        """Where the organisation stands in each direction."""
        from msoko.report.passport import passport_position

        return passport_position.position(self)

    def passport_dynamics(self) -> Block:
        """How the organisation changed, where years compare."""
        from msoko.report.passport import passport_dynamics

        return passport_dynamics.dynamics(self)

    def passport_advice(self) -> Block:
        """What was found about the organisation, and what it is asked to do."""
        from msoko.report.passport import passport_advice

        return passport_advice.advice(self)

    def passport_data(self) -> Block:
        """What is wrong or missing in the organisation's data."""
        from msoko.report.passport import passport_data

        return passport_data.data(self)

    def passport_peers(self) -> Block:
        """Which organisations work in conditions like these."""
        from msoko.report.passport import passport_peers

        return passport_peers.peers(self)

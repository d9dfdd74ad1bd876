"""What stops reports, as it is listed on a terminal."""

from __future__ import annotations

from msoko.build.graph.blocked_reports import MOST_REASONS, listed_reasons


def test_what_is_not_listed_is_counted_with_a_command_that_runs():
    lines = [f"а{place}" for place in range(MOST_REASONS + 2)]
    told = listed_reasons(lines, "2024-25")
    assert told[0] == "  – а0"
    assert told[MOST_REASONS:] == ["  – и ещё замечаний: 2; все покажет msoko check 2024-25"]
    assert len(listed_reasons(lines[:MOST_REASONS], "2024-25")) == MOST_REASONS

"""Frames that an analyst goes on from in a notebook."""

from __future__ import annotations

import pytest

from msoko.core.errors import UsageError


def test_an_indicator_is_a_frame_with_its_unit_and_title(made) -> None:
    report = made()
    indicator = report.direction.indicators[0]
    frame = report.frame(indicator.code, by="subject")
    assert list(frame.columns) == [
        "school_year", "subject", "value", "low", "high", "n", "numerator", "denominator", "flags",
    ]  # fmt: skip
    assert frame.attrs == {"title": indicator.title, "unit": "балл"}
    stored = report.rows(indicator.code, by=("subject",)).column("value")
    assert frame["value"].tolist() == stored.tolist()
    share = next(one for one in report.direction.indicators if one.unit == "percent")
    by = share.by[0]
    percents = report.frame(share.code, by=by)["value"]
    assert percents.tolist() == (report.rows(share.code, by=by).column("value") * 100).tolist()
    own = report.frame(indicator.code, by=["subject"], year=str(report.year))
    assert set(own["school_year"]) == {str(report.year)}


def test_rows_of_schools_have_their_names_and_are_not_public(made) -> None:
    frame = made().frame(made().direction.indicators[0].code, by=["subject"], unit="school")
    assert frame["school"].notna().all() and frame["school_id"].nunique() == 6
    public = made(edition="public")
    with pytest.raises(UsageError, match="в редакции для публикации"):
        public.frame(public.direction.indicators[0].code, by=["subject"], unit="school")
    with pytest.raises(UsageError, match="в редакции для публикации"):
        public.tables["results"]


def test_an_unknown_name_is_told_with_the_nearest(made) -> None:
    report = made()
    code = report.direction.indicators[0].code
    with pytest.raises(UsageError, match="«subjekt» нет.*subject"):
        report.frame(code, by=["subjekt"])
    with pytest.raises(UsageError, match="«scool» нет.*school"):
        report.frame(code, unit="scool")
    with pytest.raises(UsageError, match="«result» нет.*results"):
        report.tables["result"]


def test_tables_of_the_year_and_those_behind_a_block_are_frames(made) -> None:
    report = made()
    assert set(report.tables["schools"]["school_year"]) == {str(report.year)}
    assert "results" in list(report.tables) and len(report.tables) == len(list(report.tables))
    block = report.level(report.direction.indicators[0].code)
    assert block.frames and all(len(frame.columns) > 1 for frame in block.frames)

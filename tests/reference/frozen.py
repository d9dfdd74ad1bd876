"""The frozen data of the reference tests, read as R holds them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parent / "data"


@cache
def frozen(name: str) -> pd.DataFrame:
    """Return one frozen data set; columns that identify groups are text."""
    frame = pd.read_csv(DATA / f"{name}.csv")
    for label in ("school", "class", "Subject", "firm", "year_label", "county"):
        if label in frame.columns:
            frame[label] = frame[label].astype(str)
    return frame


@cache
def california() -> pd.DataFrame:
    """Return CASchools with the constructed columns of Stock & Watson."""
    frame = frozen("caschools").copy()
    frame["score"] = (frame["read"] + frame["math"]) / 2
    frame["str"] = frame["students"] / frame["teachers"]
    frame["I(income^2)"] = frame["income"] ** 2
    return frame

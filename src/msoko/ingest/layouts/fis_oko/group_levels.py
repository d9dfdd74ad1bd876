"""Which level a group of participants is of: what its row says, and its sums where it is silent."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from msoko.ingest.sheets.cells import cell_text, fold_text

LOGIN = re.compile(r"\(\s*([a-z]{2,8}\d{4,10})\s*\)\s*$", re.IGNORECASE)
CODE = re.compile(r"\(\s*([a-z]{2,8}[-_]?\d+(?:_\w+)?)\s*\)\s*$", re.IGNORECASE)
SCHOOL_LOGIN = re.compile(r"(?:edu|sch)\d{4,8}")
"""Logins were `sch…` until 2021, and are `edu…` since."""
MUNICIPALITY_LOGIN = re.compile(r"reg\d+_\w+")
REGION_LOGIN = re.compile(r"reg\d+")
COUNTRY = ("вся выборка", "российская федерация", "россия", "рф", "вся россия", "страна")
LEGAL_FORM = re.compile(
    r"^[«\"]?[а-я]{1,5}о[оу]\b|^о?ано\b|\b[сон]ош\s*№|образовательн\w+ (?:учреждение|организация)\b"
)
PART = re.compile(
    r"кластер|\bгрупп|\bзон[аы]\b|местност|малокомплектн|\bшнор\b|\bнизк\w+|\bбез\b|\bкроме\b"
    r"|\bпроч\w+|\bостальн\w+|\b(?:школы|школам|школах|школ|гимназии|лицеи|районы|округа|города)\b"
    r"|\b(?:городские|сельские|частные|малые|опорные)\b|^о[оу]\b|^(?:город|село)$"
    r"|\b(?:итого|всего|средн\w+ по)\b"
)
"""Words of a part of a region, or of a sum of parts: neither region nor municipality nor school."""
SCHOOL = re.compile(
    r"\b(?:школа|школа-интернат|гимназия|прогимназия|лицей|колледж|техникум|училище)\b"
    r"|\b[сон]ош\b|\bкадетский корпус\b"
)
FEDERAL_CITY = re.compile(r"\b(?:москва|санкт-петербург|севастополь)\b")
MUNICIPALITY = re.compile(
    r"\b(?:район|улус|кожуун|городской округ|муниципальный округ)\b"
    r"|\bмуниципальное образование\b|^(?:г|го|мо|мр)\b|^город\b|\bр-н\b|\b(?:го|мо|мр)$"
)
REGION = re.compile(
    r"\b(?:край|область|республика|регион)\b|\bобл$|\bавтономный округ\b|\bао$|\bсубъект рф\b"
    r"|^(?:адыгея|алтай|башкортостан|бурятия|дагестан|ингушетия|калмыкия|карелия|коми|крым"
    r"|марий эл|мордовия|саха|якутия|татарстан|тыва|тува|удмуртия|хакасия|чечня|чувашия|югра)\b"
)
UNSAID, UNKNOWN = "", "unknown"


@dataclass(frozen=True)
class ParticipantGroup:
    """A group of participants: its level, its name without the code, its code.

    The level is school, municipality, region or country; `UNSAID` where the row does not say
    it, `UNKNOWN` where it says something else (a cluster, «городские школы», a strange code).
    """

    level: str
    name: str
    code: str | None = None


def participant_group(value: object, known: Collection[str] = ()) -> ParticipantGroup | None:
    """Return the group that «Группы участников» names; `known`: logins of the register."""
    name = cell_text(value)
    if name is None:
        return None
    match = CODE.search(name)
    if match is None:
        return ParticipantGroup(said_level(name), name)
    code = match[1].lower()
    return ParticipantGroup(level_of_code(code, known), name[: match.start()].strip(), code)


def level_of_code(code: str, known: Collection[str] = ()) -> str:
    """Return whose login a code is, `UNKNOWN` where neither its kind nor the register tells."""
    if code in known or SCHOOL_LOGIN.fullmatch(code):
        return "school"
    if MUNICIPALITY_LOGIN.fullmatch(code):
        return "municipality"
    return "region" if REGION_LOGIN.fullmatch(code) else UNKNOWN


def said_level(name: str) -> str:
    """Return the level that a name without a code says."""
    words = fold_text(name)
    if words in COUNTRY:
        return "country"
    if LEGAL_FORM.search(words):
        return "school"
    if PART.search(words):
        return UNKNOWN
    if SCHOOL.search(words):
        return "school"
    if FEDERAL_CITY.search(words):
        return "region"
    if MUNICIPALITY.search(words):
        return "municipality"
    return "region" if REGION.search(words) else UNSAID


def settled_levels(levels: Sequence[str], counts: np.ndarray) -> list[str]:
    """Return the levels with what the sums decide: at most one row is the region.

    `counts`: participants of each row. A row that says nothing is the region where no other
    row is, and where it holds all that stands below it and less than the country. A row that
    calls itself the region and holds fewer than a municipality in it is of an unknown kind.
    """
    settled = np.array(levels, dtype=object)
    least = counts[settled == "municipality"].sum() or counts[settled == "school"].sum()
    most = counts[settled == "country"].max(initial=0) or np.inf
    fits = (counts >= least) & (counts < most) & ((least > 0) | np.isfinite(most))
    is_said, is_unsaid = settled == "region", settled == UNSAID
    settled[is_unsaid] = UNKNOWN
    if is_said.any():
        settled[is_said & (counts < least)] = UNKNOWN
        if (settled == "region").sum() > 1:
            settled[settled == "region"] = UNKNOWN
    elif (is_unsaid & fits).any():
        first = int(np.flatnonzero(is_unsaid & fits)[0])
        if counts[first] >= counts[is_unsaid].max():
            settled[first] = "region"
    return settled.tolist()

"""The invented schools, for municipalities of any size."""

import re

import pytest

from msoko.demo.population.roster import MERGED, OLD_NAME, RENAMED, draw_schools, preschools_of


@pytest.mark.parametrize("count", [1, 3, 20, 21, 22, 60, 300, 600])
def test_codes_and_names_are_one_school_s_own(count):
    schools = draw_schools(count, seed=1)
    assert len([school for school in schools if school.is_open(2024)]) == count
    for name in ("school_id", "name", "login", "exam_code", "oo1_code"):
        values = [getattr(school, name) for school in schools]
        assert len(set(values)) == len(values), name


def test_exam_codes_have_four_or_six_digits_and_do_not_follow_from_logins():
    for school in draw_schools(21, seed=1):
        assert re.fullmatch(r"edu99\d{4}", school.login)
        assert len(school.exam_code) in (4, 6)
        assert school.login[-4:] not in school.exam_code


def test_one_school_is_renamed_and_one_merged_into_another():
    schools = {school.school_id: school for school in draw_schools(21, seed=1)}
    assert schools[RENAMED].named(2021) == OLD_NAME != schools[RENAMED].named(2022)
    assert schools[MERGED].is_open(2021)
    assert not schools[MERGED].is_open(2022)
    assert schools[schools[MERGED].successor_id].is_open(2022)


def test_a_tiny_municipality_still_has_a_rural_school():
    assert {school.location for school in draw_schools(3, seed=1)} == {"urban", "rural"}


def test_preschools_have_no_login():
    assert {one.login for one in preschools_of(9)} == {""}
    assert len({one.oo1_code for one in preschools_of(300)}) == 300

import numpy as np
import pytest

from msoko.stats.schools.funnel import share_funnel, share_place


@pytest.mark.parametrize("unit", range(6))
def test_the_place_of_one_school_is_its_place_in_the_funnel(unit):
    hits, sizes = [30, 45, 12, 80, 9, 3], [60, 61, 40, 90, 9, 4]
    z = share_funnel(hits, sizes, papers=1.4).points["z"][unit]
    told = share_place(hits, sizes, unit, papers=1.4)
    assert np.isnan(told) if sizes[unit] < 10 else told == pytest.approx(z, rel=1e-12)


def test_a_school_alone_has_no_place():
    assert np.isnan(share_place([30], [60], 0))
    assert np.isnan(share_place([30, 0], [60, 0], 0))

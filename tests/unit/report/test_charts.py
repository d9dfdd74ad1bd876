import re
import xml.etree.ElementTree as ElementTree

import matplotlib as mpl
import pytest

from msoko.report.charts import charts

BAND = charts.FunnelBand([10, 50], [40, 60], [95, 90], [30, 55], [99, 95], 75.0)
WORDS = charts.FunnelWords("99,8 %", "95 %", "в среднем", "участников", "внутри", "вне")
DRAWN = {
    "dynamics": lambda: charts.dynamics(
        [charts.Series("Доля", ["2022-23", "2023-24"], [80, None], [78, None], [82, None])],
        "%",
        90,
        "цель",
    ),
    "dots": lambda: charts.dots(
        [charts.Dot("Математика", 80, 75, 85, 70, 1)], "%", "округ", "край"
    ),
    "stacked": lambda: charts.stacked(
        [("округ", [5, 35, 40, 20])], ["«2»", "«3»", "«4»", "«5»"], "%"
    ),
    "funnel": lambda: charts.funnel(
        [20, 40], [70, 50], BAND, [False, True], ["", "№ 3"], "%", WORDS
    ),
    "scatter": lambda: charts.scatter([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], [9, 9, 9, 9, 9], "x", "y"),
    "scatter of one": lambda: charts.scatter([1], [2], [0], "x", "y"),
    "distribution": lambda: charts.distribution(
        [0, 1, 2], [20, 30, 50], [1, 2], "балл", "%", [30, 30, 40], "край"
    ),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.filterwarnings("error", "ignore::ResourceWarning")
def test_a_chart_is_svg_whose_bytes_depend_on_the_data_alone(name):
    first, second = DRAWN[name](), DRAWN[name]()
    assert first == second
    assert ElementTree.fromstring(first).tag.endswith("svg")
    assert b"<dc:date>" not in first


def test_a_missing_year_breaks_the_line():
    def lines(values):
        drawn = charts.dynamics(
            [charts.Series("а", ["2021-22", "2022-23", "2023-24"], values, values, values)], "%"
        )
        return len(drawn)

    assert lines([80, None, 90]) < lines([80, 85, 90])


def test_the_house_style_leaves_nothing_behind():
    before = dict(mpl.rcParams)
    DRAWN["dots"]()
    assert dict(mpl.rcParams) == before


def test_a_long_label_is_folded():
    long = charts.dots([charts.Dot("Очень длинное название работы " * 6, 50)], "%", "округ", "край")
    short = charts.dots([charts.Dot("Работа", 50)], "%", "округ", "край")
    height = [float(ElementTree.fromstring(one).get("height").removesuffix("pt"))
              for one in (long, short)]  # fmt: skip
    assert height[0] > height[1]


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_says_no_more_than_an_eye_can_see(name):
    drawn = DRAWN[name]().decode()
    places = re.findall(r' (?:d|x|y|width|height)="([^"]*)"|translate\(([^)]*)\)', drawn)
    assert places
    assert not [one for pair in places for one in pair if re.search(r"\.\d\d", one)]
    assert not re.search(r"<!-- [\d\s.,%−–-]+ -->", drawn)  # no tick as a number
    assert "scale(0.015625)" in drawn or "scale(0.1 -0.1)" in drawn  # letters keep their size

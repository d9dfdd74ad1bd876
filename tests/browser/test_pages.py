"""What only a browser can tell: layout, keyboard, requests, accessibility."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGES = ("index", "student_outcomes", "low_results", "objectivity", "quality", "method")
WIDTHS = (375, 640, 1280, 1920)
"""A telephone, a 1280-pixel screen at 200 % zoom, a laptop, a wide screen."""


@pytest.fixture
def opened(browser, site):
    """Return a function that opens a page of the site at a width, and remembers requests."""
    views = []

    def show(name: str, width: int = 1280, **options):
        view = browser.new_page(viewport={"width": width, "height": 900}, **options)
        view.requested = []
        view.on("request", lambda request: view.requested.append(request.url))
        view.troubles = []
        view.on("pageerror", lambda error: view.troubles.append(str(error)))
        view.on("console", lambda line: view.troubles.append(line.text))
        view.goto((site / f"{name}.html").as_uri())
        views.append(view)
        return view

    yield show
    for view in views:
        view.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_no_violation(opened, name, width):
    from axe_playwright_python.sync_playwright import Axe

    view = opened(name, width)
    view.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = Axe().run(view).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_but_itself_and_raises_nothing(opened, name):
    view = opened(name)
    outside = [url for url in view.requested if not url.startswith(("file:", "data:"))]
    assert outside == []
    assert len([url for url in view.requested if url.startswith("file:")]) == 1
    assert view.troubles == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_never_scrolls_sideways(opened, name, width):
    view = opened(name, width)
    view.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert view.evaluate("document.documentElement.scrollWidth") <= width


def test_enlarged_text_does_not_scroll_sideways(opened):
    view = opened("low_results", 1280)
    view.evaluate(
        "document.documentElement.style.fontSize = '200%'"
    )  # the page's policy lets no style in
    assert view.evaluate("document.documentElement.scrollWidth") <= 1280


def test_code_is_hidden_until_the_switch_is_pressed(opened):
    view = opened("student_outcomes")
    button = view.get_by_role("button", name="Показать код")
    code = view.locator(".code-cell").first
    assert not code.is_visible()
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert code.is_visible()
    pressed = view.get_by_role("button", name="Скрыть код")
    assert pressed.get_attribute("aria-pressed") == "true"
    pressed.press("Enter")
    assert not code.is_visible()


def test_without_scripts_everything_can_still_be_read(opened):
    view = opened("student_outcomes", java_script_enabled=False)
    assert view.locator(".code-cell").first.is_visible()
    assert not view.locator(".code-switch").is_visible()
    assert view.locator(".toc li").first.is_visible()


def test_the_first_tab_stop_leads_to_the_content(opened):
    view = opened("student_outcomes")
    view.keyboard.press("Tab")
    skip = view.locator(":focus")
    assert skip.inner_text() == "Перейти к содержанию"
    assert skip.bounding_box()["y"] >= 0
    skip.press("Enter")
    assert view.evaluate("document.activeElement.id") == "content"


def test_only_tables_that_scroll_are_tab_stops(opened):
    wide = opened("objectivity", 375)
    assert wide.locator(".table-scroll.is-scrolling[tabindex='0'][role='region']").count() >= 1
    roomy = opened("student_outcomes", 1280)
    assert roomy.locator(".table-scroll[tabindex]").count() == 0


def test_a_number_leads_to_its_evidence_inside_the_folded_appendix(opened):
    view = opened("student_outcomes")
    target = view.locator("#e-so-basic").locator("xpath=ancestor::tr")
    assert not target.is_visible()
    view.locator("a[href='#e-so-basic']").first.click()
    assert target.is_visible()
    assert 0 <= target.bounding_box()["y"] < 900


def test_contents_are_folded_on_a_telephone_and_open_on_a_screen(opened):
    assert opened("student_outcomes", 1280).locator(".toc details[open]").count() == 1
    assert opened("student_outcomes", 375).locator(".toc details[open]").count() == 0


def test_print_repeats_table_heads_and_leaves_the_furniture_out(opened):
    view = opened("low_results")
    view.emulate_media(media="print")
    assert view.locator("thead").first.evaluate("e => getComputedStyle(e).display") == (
        "table-header-group"
    )
    for hidden in (".site-nav", ".toc", ".pager", ".code-switch", ".code-cell"):
        assert not view.locator(hidden).first.is_visible(), hidden
    assert view.locator(".synthetic").is_visible()
    assert view.locator("a[href='#fig-schools']").first.evaluate(
        "e => getComputedStyle(e, '::after').content"
    ) in ("none", "normal")  # no address after a link


def test_a_page_prints_on_a4(opened, tmp_path):
    view = opened("student_outcomes")
    pdf = view.pdf(format="A4", path=str(tmp_path / "a.pdf"))
    assert re.match(rb"%PDF-1\.", pdf)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4

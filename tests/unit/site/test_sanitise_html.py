import base64
import hashlib
import re

import pytest

from executed import body_of, build_site, code_cell, markdown_cell, reports, write_notebook
from msoko.core.errors import DataRefused
from msoko.site.rendering.normalise_html import normalise_html
from msoko.site.rendering.page_bodies import render_notebooks
from msoko.site.rendering.renderer_labels import load_labels


def pages(folder) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(folder.rglob("*.html"))}


def cleaned(fragment: str) -> str:
    return normalise_html(fragment, load_labels(), "a.ipynb").html


@pytest.mark.parametrize(
    "active",
    [
        "<script>alert(1)</script>", "<p onclick='alert(1)'>текст</p>",
        '<img src="msoko-image-1.svg" onerror="alert(1)">', "<svg onload=alert(1)><circle/></svg>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<form><input autofocus onfocus=x>",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table>",
        "<details ontoggle=alert(1) open>x</details>", "<p style='background:url(x)'>текст</p>",
        "<style>@import 'x'</style>", "<meta http-equiv=refresh content=0>", "<base target=_top>",
        "<object></object><embed><video autoplay></video>", "<a href='#x' ping='x'>x</a>",
        "<noscript><p title='</noscript><img src onerror=alert(1)>'></noscript>",
    ],
)  # fmt: skip
def test_nothing_active_is_left(active):
    html = cleaned(f"<p>до</p>{active}<p>после</p>")
    assert not re.search(
        r"<(script|svg|iframe|form|input|style|meta|base|object|embed|video)|<[^>]*\son\w+=|"
        r"<[^>]*(style|ping|srcdoc)=", html
    )  # fmt: skip
    assert "до" in html


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.png", "//example.org", "javascript:alert(1)", "JaVaScript:alert(1)",
        "java\tscript:alert(1)", " \x01javascript:alert(1)", "data:text/html,x", "vbscript:x",
        "file:///etc/passwd", "mailto:a@b.ru", "\\\\host\\share", "/etc/passwd", "../../a.html",
    ],
)  # fmt: skip
def test_an_address_out_of_the_site_is_refused(address):
    from lxml import html

    link = html.Element("a", href="#")
    fragment = html.tostring(link, encoding="unicode").replace(
        "#", address.replace("\t", "&#9;").replace("\x01", "&#8203;")
    )
    with pytest.raises(DataRefused, match="за пределы сайта"):
        cleaned(f"<p>{fragment}</p>")


@pytest.mark.parametrize("source", ["x", "a.png", "https://example.org/a.png", "data:image/gif;x"])
def test_a_picture_is_one_of_the_report_s_own(source):
    with pytest.raises(DataRefused):
        cleaned(f'<p><img src="{source}"></p>')


@pytest.mark.parametrize("address", ["#e-1", "talents.html", "talents.html#fig-1", "method.html"])
def test_addresses_within_the_site_pass(address):
    fragment = f'<p id="e-1"><a href="{address}">x</a></p>'
    assert f'href="{address}"' in cleaned(fragment)


def test_the_cell_of_the_address_is_named(tmp_path):
    cells = [
        markdown_cell("# Отчёт"), markdown_cell("Чисто."), markdown_cell("[x](http://example.org/)")
    ]  # fmt: skip
    path = write_notebook(tmp_path / "own.ipynb", cells)
    with pytest.raises(DataRefused, match="own.ipynb, ячейка 3: адрес «http://example.org/»"):
        render_notebooks([path], "embedded")


def test_raw_html_of_a_cell_or_an_output_is_no_markup(tmp_path):
    raw = "`<img src=x onerror=alert(1)>`{=html}\n\n```{=html}\n<script>alert(1)</script>\n```"
    event = '[текст]{onclick="alert(1)"}\n\n::: {.notice onmouseover="alert(1)"}\nx\n:::'
    cells = [markdown_cell("# Отчёт"), markdown_cell(raw), code_cell("report.x()", raw + event)]
    html = body_of(write_notebook(tmp_path / "own.ipynb", cells)).html
    assert not re.search(r"<(img|script)|<[^>]*\son\w+=", html)


def test_formulas_and_text_stay_to_the_byte():
    kept = cleaned(
        "<p>5 &lt; 6 &amp; «a\u00a0b»</p><p><math display='inline'><mi>x</mi></math></p>"
    )
    assert kept == (
        '<p>5 &lt; 6 &amp; «a\u00a0b»</p><p><math display="inline"><mi>x</mi></math></p>\n'
    )


def test_the_policy_names_the_page_s_own_style_and_script(tmp_path):
    build_site(reports(tmp_path / "executed"), tmp_path / "site")
    for html in pages(tmp_path / "site").values():
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
        policy = policy.replace("&#39;", "'")
        for tag in ("style", "script"):
            (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy

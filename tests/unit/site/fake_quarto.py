"""A stand-in for Quarto: checks how it is called and writes pages in Quarto 1.7's shape.

It numbers with our own filter, so it proves nothing about Quarto; it proves that our
project can be read and that Quarto's markup ends as the embedded renderer's does.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import yaml

from msoko.site.rendering.embedded_renderer import render_markdown
from msoko.site.rendering.renderer_labels import load_labels

PAGE = """<!DOCTYPE html><html lang="ru"><head>
<script src="https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.6/require.min.js"></script>
</head><body><div id="quarto-content" class="quarto-container page-columns">
<main class="content" id="quarto-document-content">
<header id="title-block-header" class="quarto-title-block default">
<h1 class="title">%s</h1></header>
%s
</main></div><script src="site_libs/quarto-nav/quarto-nav.js"></script></body></html>"""


def quarto_shaped(html: str) -> str:
    """Return pandoc's HTML with figures, tables, code and links wrapped as Quarto does."""
    uid = "caption-0ceaefa1-69ba-4598-a22c-09a6ac19f8ca"
    html = re.sub(
        r'<figure id="(fig-[\w-]+)">\s*(<img[^>]*>)\s*'
        r"<figcaption[^>]*>(.*?)</figcaption>\s*</figure>",
        rf'<div id="\1" class="quarto-float quarto-figure quarto-figure-center anchored">\n'
        rf'<figure class="quarto-float quarto-float-fig figure">\n'
        rf'<div aria-describedby="\1-{uid}">\n\2\n</div>\n<figcaption id="\1-{uid}" '
        r'class="quarto-float-caption-bottom quarto-float-caption quarto-float-fig">\n\3\n'
        r"</figcaption>\n</figure>\n</div>",
        html,
        flags=re.DOTALL,
    )
    html = re.sub(
        r'<table id="(tbl-[\w-]+)"[^>]*>\s*<caption>(.*?)</caption>(.*?)</table>',
        rf'<div id="\1" class="quarto-float quarto-figure quarto-figure-center anchored">\n'
        rf'<figure class="quarto-float quarto-float-tbl figure">\n<figcaption id="\1-{uid}" '
        r'class="quarto-float-caption-top quarto-float-caption quarto-float-tbl">\n\2\n'
        rf'</figcaption>\n<div aria-describedby="\1-{uid}">\n'
        r'<table class="caption-top table">\n'
        r'<colgroup><col style="width: 50%%"></colgroup>\3</table>'
        r"\n</div>\n</figure>\n</div>",
        html,
        flags=re.DOTALL,
    )
    html = re.sub(r"<h([23])>", r'<h\1 class="anchored" data-anchor-id="x">', html)
    html = re.sub(r'(class="quarto-xref">\S+?\xa0)(\d+)<', r"\1<span>\2</span><", html)
    return re.sub(
        r'<pre class="python"><code>(.*?)</code></pre>',
        r'<div class="sourceCode" id="cb1"><pre class="sourceCode python code-with-copy">'
        r'<code class="sourceCode python"><span id="cb1-1"><a href="#cb1-1" aria-hidden="true">'
        r"</a>\1</span></code><button title=\"Copy\" class=\"code-copy-button\">"
        r'<i class="bi"></i></button></pre></div>',
        html,
        flags=re.DOTALL,
    )


def main() -> None:
    command, folder, *rest = sys.argv[1:]
    if [command, *rest] != ["render", "--to", "html", "--no-execute"]:
        sys.exit(f"unexpected arguments {sys.argv[1:]}")
    project = Path(folder)
    settings = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))
    out = project / settings["project"]["output-dir"]
    out.mkdir()
    for name in settings["project"]["render"]:
        notebook = json.loads((project / name).read_text(encoding="utf-8"))
        front, *cells = notebook["cells"]
        assert front["cell_type"] == "raw" and front["source"][0] == "---\n"
        title = yaml.safe_load("".join(front["source"]).strip("-\n"))["title"]
        if "broken" in title:
            print("ERROR: something is wrong\nin " + str(project), file=sys.stderr)
            sys.exit(1)
        markdown = "\n\n".join("".join(cell["source"]) for cell in cells)
        body = render_markdown(f"{markdown}\n", load_labels())
        if "missing" not in title:
            page = PAGE % (title, quarto_shaped(body))
            (out / name.replace(".ipynb", ".html")).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Pages: articles with what was read in them as one HTML file, whole in itself, for a person at a browser.

An article is untrusted: all that comes from one is escaped, and the page's own policy forbids scripts and loading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.inference.page.cards import cards
from rasad.inference.page.map import draw_map
from rasad.inference.page.marks import legend, link_table, marked_text
from rasad.inference.page.markup import DIRECTIONS, page_html, safe, style_sheet
from rasad.inference.page.timeline import timeline
from rasad.inference.page.view import View
from rasad.inference.phrases import phrases
from rasad.inference.records.bilingual import Lang


@dataclass(frozen=True)
class Page:
    """Articles as a page that a notebook shows: `Page([document])` at the end of a cell."""

    docs: Sequence[Document]
    scheme: Scheme = field(default_factory=default_scheme)
    title: str = "rasad"
    interface: Lang | None = None

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, so that neither its style nor the notebook's touches the other."""
        page = render_html(self.docs, self.scheme, self.title, self.interface)
        # Without a base of its own, links within the page would lead to the notebook's address.
        page = page.replace("<head>", '<head>\n<base href="about:srcdoc">', 1)
        look = "width:100%;height:45rem;border:0"
        return f'<iframe sandbox title="{safe(self.title)}" style="{look}" srcdoc="{escape(page)}"></iframe>'


def render_html(docs: Iterable[Document], scheme: Scheme, title: str = "rasad", interface: Lang | None = None) -> str:
    """Return a page of articles: their text with the marks in it, their incidents, when and where those were.

    It loads nothing and runs nothing. The text of an article stands in it to the character (but for controls, which
    show as U+FFFD), in the direction that it is written in.

    Args:
        docs: The articles.
        scheme: Their scheme.
        title: What the page is called.
        interface: The language of all but the text, that of each article where none is given.
    """
    views = [View.of(number, doc, scheme, interface) for number, doc in enumerate(docs, 1)]
    return page_of(views, scheme, title, interface)


def page_of(views: Sequence[View], scheme: Scheme, title: str = "rasad", interface: Lang | None = None) -> str:
    """Return the page of articles that are read already."""
    lang = interface or ("ar" if views and all(view.lang == "ar" for view in views) else "en")
    contents = _contents(views, lang) if len(views) > 1 else ""
    parts = (
        f'<header class="page"><h1>{safe(title)}</h1>{_label_switch(lang)}</header>',
        contents,
        "<main>",
        *(_article(view) for view in views),
        "</main>",
    )
    return page_html(title, style_sheet(scheme), lang, parts)


def _contents(views: Sequence[View], lang: str) -> str:
    links = (
        f'<li><a href="#{v.key}" lang="{v.text_lang}" dir="{DIRECTIONS[v.text_lang]}">{safe(v.headline)}</a></li>'
        for v in views
    )
    return f'<nav aria-label="{phrases(lang)["articles"]}"><ol>{"".join(links)}</ol></nav>'


def _label_switch(lang: str) -> str:
    return f'<label class="switch"><input type="checkbox" id="labels" checked> {phrases(lang)["labels"]}</label>'


def _article(view: View) -> str:
    return "\n".join(
        (
            f'<article id="{view.key}" lang="{view.lang}" dir="{view.direction}">',
            f'<div class="text" lang="{view.text_lang}" dir="{DIRECTIONS[view.text_lang]}">{marked_text(view)}</div>',
            f'<div class="read">{draw_map(view)}{timeline(view)}{cards(view)}{legend(view)}</div>',
            link_table(view),
            "</article>",
        )
    )

"""The page in a browser: it fits a phone and a desktop, asks for nothing, and its map's words lie in the map."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories import arabic, english
from strategies import SCHEME
from test_eval_page import CHROMIUM, measured
from test_page_incidents import story

from rasad.inference.page import render_html
from rasad.inference.records.bilingual import Lang


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium to open the page in")
@pytest.mark.parametrize("interface", ["ar", "en"])
def test_the_page_fits_and_loads_nothing_in_a_browser(interface: Lang, tmp_path: Path) -> None:
    html = render_html([arabic(), english(), story()], SCHEME, interface=interface)
    phone, desktop = measured(html, tmp_path)
    assert (phone["wide"], desktop["wide"]) == (360, 1280)
    for seen in (phone, desktop):
        assert seen["texts"] > 100
        assert (seen["outside"], seen["asked"]) == ([], [])

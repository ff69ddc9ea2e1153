"""The look of all pages: one small stylesheet for both directions, one small script that only adds, one switcher."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from config.language import FIRST_PAGE, own_address
from tests.public.content import released
from tests.respond.fieldwork import Respondent

STATIC = Path(__file__).resolve().parents[2] / "static"
STYLESHEETS = sorted(path.name for path in STATIC.glob("*.css"))
SIDES = "left|right|top|bottom"
PHYSICAL = (
    rf"(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:{SIDES})\b"
    r"|text-align:\s*(?:left|right)|(?:float|clear):\s*(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    rf"|(?<![\w-])(?:{SIDES}|width|height|(?:min|max)-(?:width|height)):"
)
# Queries about the screen have physical names only.
ALLOWED = r"@media \((?:min|max)-width: [\d.]+rem\)"
TOO_NEW = r"@layer|@scope|@container|:has\(|(?<![\w-])&|:is\(|:where\(|color-mix\(|light-dark\("
FROM_ELSEWHERE = r"url\(|@import|@font-face|//"
MOST_CSS_COMPRESSED, MOST_JAVASCRIPT = 15_000, 10_000
COOKIE = settings.LANGUAGE_COOKIE_NAME
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def rules(name: str) -> str:
    """The stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("name", STYLESHEETS)
def test_stylesheet_names_no_side_of_the_screen(name: str) -> None:
    left_over = re.sub(ALLOWED, "", rules(name))

    assert re.findall(PHYSICAL, left_over) == []


@pytest.mark.parametrize("name", STYLESHEETS)
@pytest.mark.parametrize("pattern", [TOO_NEW, FROM_ELSEWHERE])
def test_stylesheet_has_nothing_that_old_browsers_lack_or_that_is_fetched(name: str, pattern: str) -> None:
    assert re.findall(pattern, rules(name)) == []


@pytest.mark.parametrize("name", STYLESHEETS)
def test_stylesheet_nests_no_rule_in_a_rule(name: str) -> None:
    """Inside of a media query or of a page of print there are rules; inside of a rule there is none."""
    depth, deepest, in_query = 0, 0, False
    for selector, bracket in re.findall(r"([^{}]*)([{}])", rules(name)):
        in_query = in_query or (
            bracket == "{" and depth == 0 and selector.strip().startswith(("@media", "@page"))
        )
        depth += 1 if bracket == "{" else -1
        deepest = max(deepest, depth - in_query)
        in_query = in_query and depth > 0

    assert (depth, deepest) == (0, 1)


MADE = r"target-counter\(attr\(href\), page\)|leader\(\"\.\"\)|(?:attr|counter|string)\([\w-]+\)"
"""What a stylesheet takes from the page, or counts, instead of saying it."""


@pytest.mark.parametrize("name", STYLESHEETS)
def test_stylesheet_says_nothing_in_words(name: str) -> None:
    """Words of a stylesheet could not be translated: only signs and attributes stand in `content`."""
    said = re.findall(r"(?<![\w-])content:\s*([^;}]+)", rules(name))

    assert not [text for text in said if re.search(r"[A-Za-z]", re.sub(MADE, "", text))]


def palette(*, dark: bool) -> dict[str, str]:
    """The colours by name; a dark page overrides what a light one has."""
    light_rules, dark_rules = rules("enquiry.css").split("@media (prefers-color-scheme: dark)", 1)
    named = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    colours = dict(named.findall(light_rules))
    return colours | dict(named.findall(dark_rules.split("\n}", 1)[0])) if dark else colours


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


TEXT_ON = {
    "ink": ("paper", "surface", "shade", "tint", "bad-tint", "good-tint", "note-tint"),
    "quiet": ("paper", "surface", "shade", "tint"),
    "link": ("paper", "surface", "shade", "tint", "bad-tint", "good-tint", "note-tint"),
    "accent": ("paper", "surface", "tint", "bad-tint"),
    "on-accent": ("accent", "accent-strong"),
    "bad": ("paper", "surface", "bad-tint"),
    "good": ("good-tint",),
    "note": ("note-tint",),
}
DRAWN_ON = {"edge": ("paper", "surface", "shade"), "focus": ("paper", "surface", "shade", "halo", "bad-tint")}


@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_told_apart_on_light_and_dark_pages(dark: bool) -> None:
    colours = palette(dark=dark)
    needed = [(4.5, TEXT_ON), (3.0, DRAWN_ON)]

    faint = {
        (name, ground): round(contrast(colours[name], colours[ground]), 2)
        for least, table in needed
        for name, grounds in table.items()
        for ground in grounds
        if contrast(colours[name], colours[ground]) < least
    }

    assert faint == {}


def test_contrast_of_black_and_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_stylesheet_and_script_are_small() -> None:
    compressed = len(gzip.compress((STATIC / "enquiry.css").read_bytes()))

    assert compressed < MOST_CSS_COMPRESSED
    assert (STATIC / "enquiry.js").stat().st_size < MOST_JAVASCRIPT


def test_script_stores_sends_and_says_nothing_of_its_own() -> None:
    script = re.sub(r"//[^\n]*", "", (STATIC / "enquiry.js").read_text())

    assert not re.findall(r"fetch\(|XMLHttp|sendBeacon|Storage|cookie|eval\(|innerHTML|\.style\b", script)
    assert not re.findall(r"\?\.|\?\?|catch\s*\{|\.\.\.|\basync\b|\bimport\b", script), "Newer than ES2017"
    assert not re.findall(r"\"[A-Z][a-z]+ [a-z]", script), "A sentence that nobody could translate"


def switched(language: str, back: str, **headers: str) -> tuple[str, str | None]:
    """Where a choice of language leads, and the language that the cookie then has."""
    client = Client(headers=SAME_SITE | headers)
    response = client.post("/language", {"language": language, "next": back})
    assert response.status_code == 303
    cookie = response.cookies.get(COOKIE)
    return response["Location"], cookie.value if cookie else None


@pytest.mark.parametrize("language", ["en", "sv", "ar"])
def test_choice_of_a_language_is_kept_and_leads_back(language: str) -> None:
    assert switched(language, "/what-we-store/?a=b") == ("/what-we-store/?a=b", language)


@pytest.mark.parametrize("language", ["", "xx", "EN", "en\n", "sv; Path=/", "../en", "\u0000"])
def test_unknown_language_leads_back_without_a_cookie(language: str) -> None:
    assert switched(language, "/withdraw/") == ("/withdraw/", None)


@pytest.mark.parametrize(
    "back",
    [
        "",
        "evil",
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "\\\\evil.example",
        "/\n/evil.example",
        "/\t/evil.example",
        " //evil.example",
        "/what\r\nSet-Cookie: a=b",
        "/" + "x" * 4000,
        "data:text/html,x",
        "testserver/",
    ],
)
def test_choice_of_a_language_never_leads_to_another_site(back: str) -> None:
    assert switched("sv", back) == (FIRST_PAGE, "sv")


@given(st.text(st.sampled_from("/\\:.?#@ae\n\t\r\u00a0 ")))
def test_address_to_go_back_to_is_always_a_path(named: str) -> None:
    address = own_address(named)

    assert address.startswith("/")
    assert not address.startswith(("//", "/\\"))
    assert address in {named, FIRST_PAGE}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_another_site_cannot_choose_the_language(site: str) -> None:
    assert switched("sv", "/", **{"Sec-Fetch-Site": site}) == ("/", None)


def test_browser_that_does_not_say_where_a_form_is_from_may_choose() -> None:
    response = Client().post("/language", {"language": "sv", "next": "/withdraw/"})

    assert response.cookies[COOKIE].value == "sv"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_language_is_changed_by_post_alone(method: str) -> None:
    response = Client().generic(method, "/language?language=sv&next=/")

    assert response.status_code == 405
    assert COOKIE not in response.cookies


def test_cookie_of_the_language_is_kept_from_scripts_and_other_sites() -> None:
    cookie = Client(headers=SAME_SITE).post("/language", {"language": "sv"}).cookies[COOKIE]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def switcher(page: html.HtmlElement) -> dict[str, str]:
    return {
        button.get("value"): button.get("lang") for button in page.xpath("//nav[@class='languages']//button")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/what-we-store/", "/withdraw/", "/staff/login/", "/nothing-here/"])
def test_page_offers_the_other_languages_and_comes_back(path: str) -> None:
    client = Client(headers=SAME_SITE)
    page = html.document_fromstring(client.get(path).content)
    offered = {tag: tag for tag, _name in settings.LANGUAGES if tag != "en"}
    [form] = page.xpath("//form[@id='language-form']")
    assert switcher(page) == offered
    assert all(
        button.get("form") == "language-form" for button in page.xpath("//nav[@class='languages']//button")
    )

    answer = client.post(form.get("action"), {**dict(form.form_values()), "language": "ar"})
    page = html.document_fromstring(client.get(answer["Location"]).content)

    assert answer["Location"] == path
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert "en" in switcher(page)


@pytest.mark.django_db
def test_page_that_answers_a_form_offers_no_language_that_it_could_not_come_back_from() -> None:
    page = html.document_fromstring(Client().post("/staff/login/", {"username": "x"}).content)

    assert not page.xpath("//*[@class='languages' or @id='language-form']")


@pytest.mark.django_db
def test_page_for_shared_caches_has_no_token_and_differs_by_cookie() -> None:
    released(number=1)

    response = Client().get("/2019/")

    assert "public" in response["Cache-Control"]
    assert {"Cookie", "Accept-Language"} <= {name.strip() for name in response["Vary"].split(",")}
    assert not response.cookies
    assert b"csrfmiddlewaretoken" not in response.content
    assert b'id="language-form"' in response.content


def test_page_of_questions_has_the_switcher_in_its_own_form(respondent: Respondent) -> None:
    respondent.begin()

    page = respondent.page
    assert not page.xpath("//header//*[@class='languages'] | //form[@id='language-form']")
    for button in page.xpath("//nav[@class='languages']//button"):
        assert button.get("name") == "action"
        assert button.get("value") == f"language-{button.get('lang')}"
        assert next(button.iterancestors("form")).get("action") == respondent.form.get("action")

"""Who gets where: every address of the site, asked for by everybody there is.

An address that is missing from `TABLE` fails the test, so that whoever adds a page decides who may see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Role, User
from reports.models import Release
from responses.models import Draft, Invitation, OpenText, Record, Response, TextLink
from surveys.models import Wave
from tests.public.content import content, released
from tests.respond.fieldwork import Respondent, new_link, open_wave
from tests.respond.test_journey import at_region
from tests.staff.people import log_in, member
from tests.staff.stage import stage_everything

ROLES = (
    "fieldwork",
    "coder",
    "coding_lead",
    "analyst",
    "editor",
    "publisher",
    "auditor",
    "administrator",
)
# Nobody in particular, somebody with a draft, a member of staff without a role, every role, the back office.
WITHOUT_LOG_IN = ("anonymous", "respondent")
VISITORS = (*WITHOUT_LOG_IN, "outsider", *ROLES, "superuser")
WITHOUT_ROLE = (*WITHOUT_LOG_IN, "outsider", "superuser")
EVERYBODY = frozenset(VISITORS)
LOGGED_IN = EVERYBODY - set(WITHOUT_LOG_IN)
SUPERUSER = frozenset({"superuser"})
BACK_OFFICE = "admin/"


def holders(*permissions: str) -> frozenset[str]:
    """The roles with one of the permissions, read from the same rows that the pages read."""
    return frozenset(role.key for role in Role.objects.all() if set(permissions) & set(role.permissions))


# Route -> who reaches it: a set of visitors, or the permissions that open it.
TABLE: dict[str, frozenset[str] | tuple[str, ...]] = {
    "healthz": EVERYBODY,
    "language": EVERYBODY,
    # public
    "": EVERYBODY,
    "<int:year>/": EVERYBODY,
    "<int:year>/<int:number>/": EVERYBODY,
    "<int:year>/<int:number>/all/": EVERYBODY,
    "<int:year>/<int:number>/data/": EVERYBODY,
    "<int:year>/<int:number>/technologies/": EVERYBODY,
    "feed.xml": EVERYBODY,
    "sitemap.xml": EVERYBODY,
    "robots.txt": EVERYBODY,
    "help/": EVERYBODY,
    "compare/": EVERYBODY,
    "early/<str:token>/": EVERYBODY,
    "expert/<str:token>/": EVERYBODY,
    "expert/<str:token>/portrait.jpg": EVERYBODY,
    "<int:year>/<int:number>/dataset.jsonld": EVERYBODY,
    "<int:year>/<int:number>/report-<slug:language>.pdf": EVERYBODY,
    "<int:year>/<int:number>/questionnaire/<slug:questionnaire>/<slug:language>.pdf": EVERYBODY,
    "<int:year>/<int:number>/data/<path:name>": EVERYBODY,
    "<int:year>/<int:number>/method/": EVERYBODY,
    "<int:year>/<int:number>/part/<slug:questionnaire>/": EVERYBODY,
    "<int:year>/<int:number>/figure/<str:figure>/": EVERYBODY,
    "<int:year>/<int:number>/figure/<str:figure>/picture-<slug:language>.png": EVERYBODY,
    "<int:year>/<int:number>/picture-<slug:language>.png": EVERYBODY,
    "<int:year>/<int:number>/portrait/<str:sha256>.jpg": EVERYBODY,
    "api/": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/codebook/": EVERYBODY,
    "api/v1/editions/": EVERYBODY,
    "api/v1/editions/<int:year>/": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/content.json": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/figures/": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/lines/": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/lines.csv": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/figures/<str:figure>/": EVERYBODY,
    "api/v1/schema/": EVERYBODY,
    r"api/v1/^[\s\S]*$": EVERYBODY,
    "what-we-store/": EVERYBODY,
    # respondents
    "i/<str:token>": EVERYBODY,
    "answer/": EVERYBODY,
    "code/": EVERYBODY,
    "portal/<uuid:wave_id>": EVERYBODY,
    "answer/return": EVERYBODY,
    "answer/anew": EVERYBODY,
    "answer/begin": EVERYBODY,
    "answer/check": EVERYBODY,
    "answer/decline": EVERYBODY,
    "answer/kept": EVERYBODY,
    "answer/over/<uuid:wave_id>/<slug:kind>/<slug:door>": EVERYBODY,
    "answer/later": EVERYBODY,
    "answer/leave": EVERYBODY,
    "answer/send": EVERYBODY,
    "answer/step/<int:number>": EVERYBODY,
    "answer/stop": EVERYBODY,
    "answer/whole": EVERYBODY,
    "answer/whole.pdf": EVERYBODY,
    "answer/forward": EVERYBODY,
    "leave/<str:token>": EVERYBODY,
    "genuine/": EVERYBODY,
    "genuine/<uuid:wave_id>/letter": EVERYBODY,
    "withdraw/": EVERYBODY,
    "withdraw/taken": EVERYBODY,
    # staff
    "staff/login/": EVERYBODY,
    # Between the two steps of a log-in; whoever is logged in already is led on.
    "staff/login/code/": LOGGED_IN,
    "staff/login/set-up/": LOGGED_IN,
    "staff/logout/": LOGGED_IN,
    "staff/password/": LOGGED_IN,
    "staff/second-step/": LOGGED_IN,
    "staff/second-step/codes/": LOGGED_IN,
    "staff/second-step/device/": LOGGED_IN,
    "staff/second-step/device/new/": LOGGED_IN,
    "staff/people/": ("staff.manage",),
    "staff/people/invite/": ("staff.manage",),
    "staff/people/<int:user_id>/": ("staff.manage",),
    "staff/people/<int:user_id>/roles/": ("staff.manage",),
    "staff/people/<int:user_id>/languages/": ("staff.manage", "coding.lead"),
    "staff/people/<int:user_id>/close/": ("staff.manage",),
    "staff/people/<int:user_id>/open/": ("staff.manage",),
    "staff/people/<int:user_id>/reset/": ("staff.manage",),
    "staff/audit/": ("audit.view",),
    "staff/": LOGGED_IN,
    "staff/editions/new/": ("wave.manage",),
    "staff/questionnaires/<int:questionnaire_id>/rehearsal/report/": ("table.view",),
    "staff/editions/<int:year>/experts/": ("release.request",),
    "staff/editions/<int:year>/experts/<int:link_id>/": ("release.request",),
    "staff/editions/<int:year>/experts/<int:link_id>/end/": ("release.request",),
    "staff/releases/<int:release_id>/readers/": ("release.request",),
    "staff/releases/<int:release_id>/readers/<int:reader_id>/end/": ("release.request",),
    "staff/releases/<int:release_id>/withdraw/": ("release.approve",),
    "staff/editions/<int:year>/figures/": ("release.request",),
    "staff/editions/<int:year>/figures/<str:figure>/": ("release.request",),
    "staff/waves/new/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/": ("wave.view",),
    "staff/waves/<uuid:wave_id>/edit/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/places/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/announcement/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/languages/": ("wave.view",),
    "staff/waves/<uuid:wave_id>/languages/<str:language>/open/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/languages/<str:language>/close/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/open/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/close/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/key/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/key/life/": ("wave.view",),
    "staff/waves/<uuid:wave_id>/key/part/": ("key.keep",),
    "staff/waves/<uuid:wave_id>/key/destroy/": ("key.keep",),
    "staff/waves/<uuid:wave_id>/key/confirm/": ("key.keep",),
    "staff/waves/<uuid:wave_id>/invitations/": ("invitation.upload",),
    "staff/waves/<uuid:wave_id>/invitations/confirm/": ("invitation.upload",),
    "staff/waves/<uuid:wave_id>/extend/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/import/": ("response.import",),
    "staff/waves/<uuid:wave_id>/import/confirm/": ("response.import",),
    "staff/waves/<uuid:wave_id>/import/mapping/": ("response.import",),
    "staff/waves/<uuid:wave_id>/mailings/": ("invitation.upload", "mail.send"),
    "staff/waves/<uuid:wave_id>/mailings/new/": ("mail.send",),
    "staff/mailings/<int:mailing_id>/": ("invitation.upload", "mail.send"),
    "staff/mailings/<int:mailing_id>/rules/": ("mail.send",),
    "staff/mailings/<int:mailing_id>/text/": ("mail.send",),
    "staff/mailings/<int:mailing_id>/test/": ("mail.send",),
    "staff/mailings/<int:mailing_id>/start/": ("mail.send",),
    "staff/mailings/<int:mailing_id>/pause/": ("mail.send",),
    "staff/mailings/<int:mailing_id>/go-on/": ("mail.send",),
    "staff/mailings/<int:mailing_id>/stop/": ("mail.send",),
    "staff/mailings/<int:mailing_id>/again/<slug:what>/": ("mail.send",),
    "staff/mail-key/": ("mail.send",),
    "staff/waves/<uuid:wave_id>/fieldwork/": ("invitation.upload",),
    "staff/waves/<uuid:wave_id>/codes/": ("invitation.upload",),
    "staff/waves/<uuid:wave_id>/codes/new/": ("invitation.upload",),
    "staff/waves/<uuid:wave_id>/codes/<uuid:batch_id>/revoke/": ("invitation.upload",),
    "staff/portals/": ("wave.manage",),
    "staff/portals/new/": ("wave.manage",),
    "staff/portals/<int:portal_id>/": ("wave.manage",),
    "staff/portals/<int:portal_id>/waves/": ("wave.manage",),
    "staff/portals/<int:portal_id>/keys/new/": ("wave.manage",),
    "staff/portals/<int:portal_id>/keys/<int:key_id>/retire/": ("wave.manage",),
    # Whose a round is decides the page itself: somebody else's is not found.
    "staff/coding/": ("text.code", "coding.lead", "text.quote"),
    "staff/coding/rounds/<int:round_id>/": ("text.code",),
    "staff/coding/rounds/<int:round_id>/decide/": ("text.code",),
    "staff/coding/rounds/<int:round_id>/agreement/": ("coding.lead",),
    "staff/coding/rounds/<int:round_id>/replace/": ("coding.lead",),
    "staff/coding/rounds/<int:round_id>/queries/": ("coding.lead",),
    "staff/coding/rounds/<int:round_id>/queries/<uuid:decision_id>/": ("coding.lead",),
    "staff/coding/rounds/<int:round_id>/texts/<uuid:text_id>/translate/": ("coding.lead",),
    "staff/coding/waves/<uuid:wave_id>/": ("coding.lead",),
    "staff/coding/waves/<uuid:wave_id>/start/": ("coding.lead",),
    "staff/coding/waves/<uuid:wave_id>/close/": ("coding.lead",),
    "staff/coding/waves/<uuid:wave_id>/frames/<slug:key>/": ("coding.lead",),
    "staff/coding/waves/<uuid:wave_id>/frames/<slug:key>/revise/": ("coding.lead",),
    "staff/coding/waves/<uuid:wave_id>/quotations/": ("text.quote",),
    "staff/coding/waves/<uuid:wave_id>/quotations/new/": ("text.quote",),
    "staff/coding/quotations/<uuid:quotation_id>/": ("text.quote",),
    "staff/coding/quotations/<uuid:quotation_id>/withdraw/": ("text.quote",),
    "staff/waves/<uuid:wave_id>/run/": ("run.start",),
    "staff/waves/<uuid:wave_id>/tables/": ("table.view",),
    "staff/waves/<uuid:wave_id>/tables/<slug:question>/": ("table.view",),
    "staff/waves/<uuid:wave_id>/weights/": ("wave.view",),
    "staff/waves/<uuid:wave_id>/weights/method/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/weights/targets/<slug:partition>/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/tables/<slug:question>/words/": ("table.view",),
    "staff/waves/<uuid:wave_id>/tables/<slug:question>/<slug:breakdown>/layout/": ("table.request",),
    "staff/waves/<uuid:wave_id>/response/": ("table.view", "invitation.upload"),
    "staff/waves/<uuid:wave_id>/response/by-hand/": ("invitation.upload",),
    "staff/waves/<uuid:wave_id>/export/": ("table.view",),
    "staff/waves/<uuid:wave_id>/requests/": ("table.view",),
    "staff/waves/<uuid:wave_id>/requests/new/": ("table.request",),
    "staff/waves/<uuid:wave_id>/requests/<int:number>/": ("table.view",),
    "staff/waves/<uuid:wave_id>/requests/<int:number>/change/": ("table.request",),
    "staff/waves/<uuid:wave_id>/requests/<int:number>/withdraw/": ("table.request",),
    "staff/waves/<uuid:wave_id>/outline/": ("wave.view",),
    "staff/waves/<uuid:wave_id>/try/": ("wave.view",),
    "staff/questionnaires/": ("wave.view",),
    "staff/questionnaires/<int:questionnaire_id>/rehearsal/": ("table.view",),
    "staff/questionnaires/<int:questionnaire_id>/outline/": ("wave.view",),
    "staff/questionnaires/<int:questionnaire_id>/try/": ("wave.view",),
    "staff/runs/": ("run.view",),
    "staff/runs/<int:run_id>/": ("run.view",),
    "staff/trends/": ("table.view",),
    "staff/trends/<slug:instrument>/<path:concept>/": ("table.view",),
    "staff/trends/<slug:instrument>/<path:concept>/judge/<int:before>/<int:after>/": ("policy.change",),
    "staff/policy/": ("policy.change",),
    "staff/waves/<uuid:wave_id>/policy/": ("policy.change",),
    "staff/waves/<uuid:wave_id>/policy/change/": ("policy.change",),
    "staff/policy/change/": ("policy.change",),
    "staff/policy/<int:version>/approve/": ("policy.change",),
    "staff/policy/<int:version>/reject/": ("policy.change",),
    "staff/releases/": ("release.request", "release.approve"),
    "staff/editions/<int:year>/release/": ("release.request",),
    "staff/editions/<int:year>/withdraw/": ("release.request",),
    "staff/editions/<int:year>/texts/": ("release.request",),
    "staff/editions/<int:year>/texts/<str:place>/<slug:language>/": ("release.request",),
    "staff/editions/<int:year>/texts/<str:place>/<slug:language>/unsaved/": ("release.request",),
    "staff/portraits/<str:sha256>.jpg": ("release.request", "release.approve"),
    "staff/editions/<int:year>/comments/new/": ("release.request",),
    "staff/editions/<int:year>/comments/<int:number>/": ("release.request",),
    "staff/releases/<int:release_id>/": ("release.request", "release.approve"),
    "staff/releases/<int:release_id>/preview/": ("release.request", "release.approve"),
    "staff/releases/<int:release_id>/approve/": ("release.approve",),
    "staff/releases/<int:release_id>/reject/": ("release.approve",),
    "staff/releases/<int:release_id>/take-back/": ("release.request",),
}


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        else:
            yield route


ROUTES = sorted(set(routes(get_resolver().url_patterns)))
STAFF_ROUTES = [route for route in TABLE if route.startswith("staff/") and TABLE[route] != EVERYBODY]


def expected(route: str) -> frozenset[str]:
    if route.startswith(BACK_OFFICE):
        return SUPERUSER
    entry = TABLE[route]
    return entry if isinstance(entry, frozenset) else holders(*entry)


def address(route: str, wave: Wave) -> str:
    """The route with something real in each of its places."""
    values = {
        "wave_id": str(wave.pk),
        "mailing_id": str(wave.mailings.get().pk),
        "run_id": str(wave.runs.get().pk),
        "questionnaire_id": str(wave.questionnaire_id),
        "release_id": str(wave.edition.releases.get().pk),
        "year": str(wave.edition.year),
        "user_id": str(User.objects.order_by("pk")[0].pk),
        "question": "policy",
        "partition": "size2",
        "what": "unsure",
        "number": "1",
        "n": "1",
        "version": "1",
        "token": "A" * 22,
        "object_id": "1",
        "content_type_id": "1",
        "id": "1",
        "batch_id": str(UUID(int=0)),
        "decision_id": str(UUID(int=0)),
        "text_id": str(UUID(int=0)),
        "quotation_id": str(UUID(int=0)),
    }
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found[1], "1"), route)
    return "/" + re.sub(r"\(\?P<\w+>[^)]*\)|\[\\s\\S\]|[\^$?\\]", "", filled)


@pytest.fixture
def visitors(db: None) -> dict[str, Client]:
    clients = {name: Client() for name in VISITORS}
    for name in VISITORS[len(WITHOUT_LOG_IN) :]:
        roles = [name] if name not in WITHOUT_ROLE else []
        user = member(*roles, email=f"{name}@example.org", superuser=name == "superuser")
        log_in(clients[name], user)
    clients["respondent"] = at_region(Respondent(new_link(open_wave("law_enforcement", year=2018)))).client
    return clients


@pytest.fixture
def wave(db: None) -> Wave:
    return stage_everything()


def reached(client: Client, path: str, method: str = "GET") -> str:
    """Whether the visitor came through: `log-in`, `forbidden` or `reached`, whatever the page then says."""
    response = client.generic(method, path)
    if response.status_code == 302 and response.headers["Location"].startswith("/staff/login/"):
        return "log-in"
    return "forbidden" if response.status_code == 403 else "reached"


def outcome(name: str, allowed: frozenset[str]) -> str:
    if name in allowed:
        return "reached"
    return "log-in" if name in WITHOUT_LOG_IN else "forbidden"


def test_every_address_is_in_the_table() -> None:
    missing = [route for route in ROUTES if route not in TABLE and not route.startswith(BACK_OFFICE)]
    gone = [route for route in TABLE if route not in ROUTES]

    assert not missing, f"Say in tests/test_urls.py who may reach: {missing}"
    assert not gone, f"No such address any more: {gone}"


def test_every_role_is_a_visitor(db: None) -> None:
    roles = set(Role.objects.values_list("key", flat=True))

    assert roles == set(VISITORS) - set(WITHOUT_ROLE), "Name every role in VISITORS."


def test_address_lets_in_exactly_whom_the_table_names(visitors: dict[str, Client], wave: Wave) -> None:
    wrong = []
    for route in TABLE:
        allowed = expected(route)
        for name, client in visitors.items():
            found = reached(client, address(route, wave))
            if found != outcome(name, allowed):
                wrong.append((route, name, found))

    assert not wrong


def test_post_without_permission_is_refused_like_get(visitors: dict[str, Client], wave: Wave) -> None:
    wrong = []
    for route in STAFF_ROUTES:
        for name, client in visitors.items():
            if name not in (allowed := expected(route)):
                found = reached(client, address(route, wave), "POST")
                if found != outcome(name, allowed):
                    wrong.append((route, name, found))

    assert not wrong


def test_back_office_lets_in_superusers_alone(visitors: dict[str, Client], wave: Wave) -> None:
    """Others are sent to the log-in of the staff, or of the back office, which refuses them."""
    wrong = []
    for path in (address(route, wave) for route in ROUTES if route.startswith(BACK_OFFICE)):
        for name in VISITORS:
            response = visitors[name].get(path)
            sent_away = response.status_code == 302 or response.status_code == 403
            if name != "superuser" and not sent_away:
                wrong.append((path, name, response.status_code))

    assert not wrong
    assert visitors["superuser"].get("/admin/").status_code == 200
    assert visitors["publisher"].get("/admin/login/").status_code == 403


def test_wave_that_does_not_exist_is_not_found(visitors: dict[str, Client]) -> None:
    assert visitors["fieldwork"].get(f"/staff/waves/{UUID(int=0)}/").status_code == 404


# Below: the same person, the same right, and an object that is somebody else's.


def test_draft_of_another_wave_is_neither_shown_nor_changed(db: None) -> None:
    mine = at_region(Respondent(new_link(open_wave("law_enforcement"))))
    other = Respondent(new_link(open_wave("enterprise", year=2021))).begin().to("q-ent_size")
    before = sealed_drafts()

    mine.post({**other.fields(), "action": ["continue"]}, other.path)
    mine.post({**other.fields(), "action": ["continue"]}, mine.path)
    mine.post(other.fields(), "/answer/send")

    assert mine.response.status_code == 400
    assert sealed_drafts() == before
    assert "q-ent_size" not in mine.get(mine.path).text()


def sealed_drafts() -> dict[UUID, bytes]:
    return {draft.pk: bytes(draft.sealed) for draft in Draft.objects.all()}


def test_draft_is_shown_to_the_link_of_its_wave_alone(db: None) -> None:
    one, two = open_wave("law_enforcement"), open_wave("law_enforcement", year=2021)
    writer = at_region(Respondent(new_link(one))).press("stay", {"q-le_region": "us"})
    reader = at_region(Respondent(new_link(two)))

    assert writer.get(writer.path).fields().get("q-le_region") == ["us"]
    assert "q-le_region" not in reader.get(writer.path).fields()


@pytest.mark.parametrize(
    "path", ["/{year}/{number}/", "/api/v1/editions/{year}/releases/{number}/", "/{year}/"]
)
def test_release_is_found_under_its_own_edition_alone(db: None, path: str) -> None:
    released(number=2)
    released(content(year=2021), number=1)
    client = Client()

    assert client.get(path.format(year=2019, number=2)).status_code == 200
    assert client.get(path.format(year=2021, number=1)).status_code == 200
    assert client.get(path.format(year=2021, number=2)).status_code == (200 if "number" not in path else 404)
    assert client.get(path.format(year=2020, number=1)).status_code == 404


def test_release_that_waits_is_shown_to_nobody_without_a_role(
    visitors: dict[str, Client], wave: Wave
) -> None:
    waiting = Release.objects.get()
    shown = [f"/staff/releases/{waiting.pk}/preview/", f"/{wave.edition.year}/", f"/{wave.edition.year}/1/"]

    for name in WITHOUT_ROLE:
        assert all(visitors[name].get(path).status_code in {302, 403, 404} for path in shown), name
    assert visitors["publisher"].get(shown[0]).status_code == 200


def test_table_of_another_wave_is_not_found_under_this_one(visitors: dict[str, Client], wave: Wave) -> None:
    other = open_wave("enterprise", year=2021)
    tables = "/staff/waves/{}/tables/policy/"

    assert visitors["analyst"].get(tables.format(wave.pk)).status_code == 200
    assert visitors["analyst"].get(tables.format(other.pk)).status_code == 404


MARK = "an-answer-that-one-person-gave"


def test_no_page_shows_anybody_one_persons_answers_or_who_was_invited(
    visitors: dict[str, Client], wave: Wave
) -> None:
    """Not the administrator either. Texts may be read by coders; what they are never shown with is their response."""
    response = Response.objects.create(wave=wave, marks=b"", receipt_hash=None)
    Record.objects.create(response=response, answers={"policy": MARK})
    text = OpenText.objects.create(wave=wave, question="policy", text="a text")
    TextLink.objects.create(text=text, response=response)
    invited = Invitation.objects.create(wave=wave, email="invited@police.example", token_hash=b"h" * 32)
    draft = Draft.objects.create(invitation=invited, sealed=b"")
    hidden = [str(response.pk), MARK, invited.email, str(invited.pk), str(draft.pk)]

    # Whoever may see most, and a respondent: what these two are not shown, nobody is.
    everything = Client()
    everything.force_login(
        member(*Role.objects.values_list("key", flat=True), email="all@x.org", superuser=True)
    )
    wrong = []
    for route in ROUTES:
        path = address(route, wave)
        for name, client in (("everything", everything), ("respondent", visitors["respondent"])):
            page = client.get(path)
            shown = b"".join(page.streaming_content) if page.streaming else page.content
            wrong += [(route, name, secret) for secret in hidden if secret.encode() in shown]

    assert wrong == []


def test_back_office_knows_no_model_of_respondents() -> None:
    from django.contrib import admin

    assert [model for model in admin.site._registry if model._meta.app_label == "responses"] == []

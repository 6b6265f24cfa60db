"""Who may do what: every route, for everybody."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import pytest

from app_bo.routers import ROUTERS
from app_bo.testing.desk import Desk, Page
from app_bo.testing.office import CHANNEL, ORGANIZATION, PASSWORD
from iomconnector.model.accounts import Role
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.web.cartridge_routes import routes_of

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]
READ, OPERATE, ADMINISTER = Role.READ_ONLY, Role.OPERATOR, Role.ADMINISTRATOR
PERSON = {READ: "rita", OPERATE: "oscar", ADMINISTER: "ada"}


@dataclass(frozen=True)
class Case:
    """A request, and the least role that may make it; none: everybody, signed in or not."""

    method: str
    route: str
    role: Role | None
    path: str = ""
    form: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def at(self) -> str:
        return self.path or self.route


CASES = (
    Case("GET", "/bo/static/{digest}/{name}", None, "/bo/static/0/back-office.css"),
    Case("POST", "/bo/theme", None, form={"theme": "dark", "back": "/bo"}),
    Case("GET", "/bo/sign-in", None),
    Case("POST", "/bo/sign-in", None),
    Case("POST", "/bo/sign-out", READ),
    Case("GET", "/bo", READ),
    Case("GET", "/bo/", READ),
    Case("GET", "/bo/services", READ),
    Case("GET", "/bo/services/{service:path}", READ, "/bo/services/mail"),
    Case("GET", "/bo/service-types", READ),
    Case("GET", "/bo/audit", READ),
    Case("GET", "/bo/assembly", READ),
    Case("GET", "/bo/cartridges/{name}", READ, "/bo/cartridges/cartridge"),
    Case("GET", "/bo/hooks", READ),
    Case("GET", "/bo/preparation", READ),
    Case("GET", "/bo/order-numbers", READ),
    Case("GET", "/bo/orders", READ),
    Case("GET", "/bo/orders/{channel}/{number:path}", READ, f"/bo/orders/{CHANNEL}/4711"),
    Case("GET", "/bo/operations", READ),
    Case(
        "POST",
        "/bo/orders/{channel}/{number:path}",
        OPERATE,
        f"/bo/orders/{CHANNEL}/4711",
        {"act": "give up", "reason": "a test"},
    ),
    Case("GET", "/bo/corrections/{channel}/{number:path}", OPERATE, f"/bo/corrections/{CHANNEL}/4711"),
    Case("POST", "/bo/corrections/{channel}/{number:path}", OPERATE, f"/bo/corrections/{CHANNEL}/4711"),
    Case("GET", "/bo/bulk", OPERATE, "/bo/bulk?act=retry"),
    Case("POST", "/bo/bulk", OPERATE, form={"act": "retry", "token": "0"}),
    Case(
        "POST",
        "/bo/operations/pauses",
        OPERATE,
        form={"channel": CHANNEL, "paused": "yes", "reason": "a test"},
    ),
    Case("POST", "/bo/operations/circuits", OPERATE, form={"endpoint": "nowhere"}),
    Case("GET", "/bo/own-account", READ),
    Case(
        "POST",
        "/bo/own-account",
        READ,
        form={"present_password": PASSWORD, "new_password": "another long word", "repeated": "no"},
    ),
    Case("GET", "/bo/{path:path}", READ, "/bo/nowhere/at/all"),
    Case("POST", "/bo/services/{service:path}/test", OPERATE, "/bo/services/mail/test"),
    Case(
        "POST",
        "/bo/services/{service:path}/activation",
        OPERATE,
        "/bo/services/mail/activation",
        {"active": "no"},
    ),
    Case(
        "POST",
        "/bo/services/{service:path}/override",
        OPERATE,
        "/bo/services/mail/override",
        {"active": "no", "context": CHANNEL},
    ),
    Case("GET", "/bo/new-service", ADMINISTER),
    Case("POST", "/bo/new-service", ADMINISTER),
    Case("GET", "/bo/services/{service:path}/edit", ADMINISTER, "/bo/services/mail/edit"),
    Case("POST", "/bo/services/{service:path}/edit", ADMINISTER, "/bo/services/mail/edit"),
    Case("GET", "/bo/services/{service:path}/delete", ADMINISTER, "/bo/services/mail/delete"),
    Case("POST", "/bo/services/{service:path}/delete", ADMINISTER, "/bo/services/mail/delete"),
    Case(
        "POST",
        "/bo/service-types",
        ADMINISTER,
        form={"definition": "sample-mail", "organization": ORGANIZATION, "enabled": "no"},
    ),
    Case("GET", "/bo/accounts", ADMINISTER),
    Case("POST", "/bo/accounts", ADMINISTER, form={"name": "eve", "role": "administrator"}),
    Case("GET", "/bo/accounts/{name}", ADMINISTER, "/bo/accounts/rita"),
    Case("POST", "/bo/accounts/{name}", ADMINISTER, "/bo/accounts/rita", {"do": "deactivate"}),
)
CHANGES = [case for case in CASES if case.method == "POST" and case.role is not None]


def test_the_cases_are_all_routes() -> None:
    routes = {(method, path) for router in ROUTERS for method, path, _ in routes_of(router)}
    assert {(case.method, case.route) for case in CASES} == routes


async def ask(desk: Desk, case: Case, name: str, **form: str) -> Page:
    visitor = await desk.visitor(name)
    if case.method == "GET":
        return await visitor.get(case.at)
    return await visitor.post(case.at, {**case.form, **form})


async def everything(desk: Desk) -> tuple[object, object]:
    return await desk.application.services.state(), await desk.application.accounts.all()


def leads_to_sign_in(page: Page) -> bool:
    return page.status == 303 and page.location.partition("?")[0].endswith("/bo/sign-in")


@in_event_loop
async def test_nobody_gets_further_than_the_sign_in_page(desk: OpenDesk) -> None:
    async with desk() as office:
        for case in CASES:
            page = await ask(office, case, "")
            assert leads_to_sign_in(page) == (case.role is not None), (case, page)


@pytest.mark.parametrize("role", [READ, OPERATE])
@in_event_loop
async def test_a_role_may_not_do_more_than_it_includes(desk: OpenDesk, role: Role) -> None:
    async with desk() as office:
        before = await everything(office)
        for case in CASES:
            if case.role is not None and not role.includes(case.role):
                page = await ask(office, case, PERSON[role])
                assert page.status == 403, (case, page)
                assert f"needs the role {case.role.value}" in page.text
        assert await everything(office) == before


@pytest.mark.parametrize("role", Role)
@in_event_loop
async def test_a_role_may_see_what_it_includes(desk: OpenDesk, role: Role) -> None:
    async with desk() as office:
        for case in CASES:
            if case.method == "GET" and case.role is not None and role.includes(case.role):
                page = await ask(office, case, PERSON[role])
                assert page.status in {200, 303, 404}, (case, page)
                assert not leads_to_sign_in(page), case


@pytest.mark.parametrize(
    ("case", "role"),
    [(case, role) for case in CHANGES for role in Role if case.role and role.includes(case.role)],
    ids=str,
)
@in_event_loop
async def test_a_role_may_change_what_it_includes(desk: OpenDesk, case: Case, role: Role) -> None:
    async with desk() as office:
        page = await ask(office, case, PERSON[role])
        assert page.status not in {403, 500}, page
        assert case.at == "/bo/sign-out" or not leads_to_sign_in(page)


@pytest.mark.parametrize("token", ["", "of another session"])
@in_event_loop
async def test_no_form_works_without_the_token_of_the_session(desk: OpenDesk, token: str) -> None:
    async with desk() as office:
        before = await everything(office)
        for case in CHANGES:
            page = await ask(office, case, "ada", csrf_token=token)
            assert page.status == 403, (case, page)
            assert "Nothing was changed." in page.text
        assert await everything(office) == before


@in_event_loop
async def test_no_form_works_from_another_site(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        before = await everything(office)
        for case in [each for each in CASES if each.method == "POST"]:
            page = await visitor.post(case.at, case.form, **{"sec-fetch-site": "cross-site"})
            assert page.status == 403, (case, page)
        assert await everything(office) == before


@in_event_loop
async def test_what_a_role_may_not_do_is_not_offered(desk: OpenDesk) -> None:
    async with desk() as office:
        pages = {}
        for role, name in PERSON.items():
            visitor = await office.visitor(name)
            overview = await visitor.get(f"/bo/services?context={CHANNEL}")
            details = await visitor.get("/bo/services/mail")
            types = await visitor.get("/bo/service-types")
            pages[role] = overview.html + details.html + types.html
    for words, least in {
        "New configuration": ADMINISTER,
        "/bo/services/mail/edit": ADMINISTER,
        "/bo/services/mail/delete": ADMINISTER,
        'href="/bo/accounts"': ADMINISTER,
        'name="enabled"': ADMINISTER,
        "/bo/services/mail/activation": OPERATE,
        "/bo/services/mail/override": OPERATE,
        "/bo/services/mail/test": OPERATE,
    }.items():
        for each, html in pages.items():
            assert (words in html) == each.includes(least), (words, each)

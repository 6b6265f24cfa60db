"""Who sees what: every route of the storefront, for everybody."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app_sf_responsive.routers import ROUTERS
from app_sf_responsive.testing.stage import BUYER, COLLEAGUE, PATRICIA, Guest, Stage, open_stage, order_of
from iomconnector.model.accounts import Role
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL
from iomconnector.web.cartridge_routes import routes_of
from iomconnector.web.customer_sessions import customer_cookie
from iomconnector.web.session_cookies import SESSION_COOKIE

SHOP, OTHER_SHOP = f"/shop/{CHANNEL}", f"/shop/{OTHER_CHANNEL}"
PASSWORD = "a horse that reads"
ANYBODY = {
    "GET /shop",
    "GET /shop/",
    "GET /shop/{channel}",
    "GET /shop/{channel}/",
    "GET /shop/{channel}/sign-in",
    "POST /shop/{channel}/sign-in",
    "POST /shop/{channel}/language",
    "GET /shop/{channel}/products",
    "GET /shop/{channel}/products/{sku:path}",
    "GET /shop/{channel}/{path:path}",
    "GET /shop-files/{digest}/{name}",
}
CUSTOMERS = {
    "GET /shop/{channel}/cart": f"{SHOP}/cart",
    "POST /shop/{channel}/cart/add": f"{SHOP}/cart/add",
    "POST /shop/{channel}/cart/change": f"{SHOP}/cart/change",
    "POST /shop/{channel}/cart/remove": f"{SHOP}/cart/remove",
    "GET /shop/{channel}/checkout": f"{SHOP}/checkout",
    "POST /shop/{channel}/checkout": f"{SHOP}/checkout",
    "POST /shop/{channel}/checkout/finish": f"{SHOP}/checkout/finish",
    "GET /shop/{channel}/checkout/done/{basket}": f"{SHOP}/checkout/done/1",
    "POST /shop/{channel}/sign-out": f"{SHOP}/sign-out",
    "GET /shop/{channel}/account": f"{SHOP}/account",
    "GET /shop/{channel}/orders": f"{SHOP}/orders",
    "GET /shop/{channel}/orders/{order_id}": f"{SHOP}/orders/1",
}


@asynccontextmanager
async def furnished(directory: Path) -> AsyncIterator[tuple[Stage, dict[str, int]]]:
    """A shop where Patricia, Bea and Carl have an order each; and the keys of these."""
    async with open_stage(directory) as stage:
        keys = {}
        for user in (PATRICIA, BUYER, COLLEAGUE):
            order = order_of(user, f"2026-{user.login}")
            await stage.application.place_orders.many([order])
            placed = await stage.application.orders.get(order.channel, order.number)
            keys[user.login] = placed.request.order_id
        yield stage, keys


def plain(html: str) -> str:
    """A page without what differs from one session or address to the next."""
    html = re.sub(r'name="(csrf_token|back)" value="[^"]*"', "", html)
    return re.sub(r"/orders/[^\"&]*", "/orders/KEY", html)


def test_every_route_is_in_the_matrix() -> None:
    routes = {f"{method} {path}" for router in ROUTERS for method, path, _ in routes_of(router)}
    assert routes == ANYBODY | set(CUSTOMERS)


@in_event_loop
async def test_without_a_session_every_page_of_my_account_leads_to_the_sign_in(tmp_path: Path) -> None:
    async with furnished(tmp_path) as (stage, keys):
        await stage.application.accounts.add("ada", PASSWORD, Role.ADMINISTRATOR, by="tests")
        operator = await stage.application.sign_in.sign_in("ada", PASSWORD, client="192.0.2.9")
        nobody, ada, ada_here, invented = [await stage.guest() for _ in range(4)]
        ada.client.cookies.set(SESSION_COOKIE, operator.token)
        ada_here.client.cookies.set(customer_cookie(CHANNEL), operator.token)
        invented.client.cookies.set(customer_cookie(CHANNEL), "A" * 43)
        for guest in (nobody, ada, ada_here, invented, await stage.customer("bea", OTHER_CHANNEL)):
            for route, path in CUSTOMERS.items():
                send = guest.get if route.startswith("GET") else lambda at, who=guest: who.post(at, {})
                answer = await send(path)
                assert answer.status == 303, (route, answer)
                assert answer.location.partition("?")[0] == f"{SHOP}/sign-in", route
            mine = await guest.get(f"{SHOP}/orders/{keys['patricia']}")
            nowhere = await guest.get(f"{SHOP}/orders/999999")
            assert (mine.status, mine.location.partition("?")[0]) == (
                nowhere.status,
                nowhere.location.partition("?")[0],
            )


@in_event_loop
async def test_what_is_not_there_and_what_is_somebody_elses_are_answered_alike(tmp_path: Path) -> None:
    async with furnished(tmp_path) as (stage, keys):
        linus = await stage.customer("linus")
        theirs = await linus.get(f"{SHOP}/orders/{keys['patricia']}")
        other_channel = await linus.get(f"{SHOP}/orders/{keys['bea']}")
        for key in (
            999_999,
            2**63 - 1,
            2**63,
            "9" * 40,
            0,
            -1,
            "x",
            "1.0",
            "%D9%A3",
            "2026-patricia",
            "1%00",
        ):
            nowhere = await linus.get(f"{SHOP}/orders/{key}")
            assert nowhere.status == theirs.status == other_channel.status == 404, key
            assert plain(nowhere.html) == plain(theirs.html) == plain(other_channel.html), key
        assert "2026-patricia" not in (await linus.get(f"{SHOP}/orders")).text


@in_event_loop
async def test_buyers_of_a_company_see_their_own_orders_and_its_admin_all(tmp_path: Path) -> None:
    async with furnished(tmp_path) as (stage, keys):
        seen = {}
        for login in ("bea", "carl", "anna", "patricia"):
            guest = await stage.customer(login, OTHER_CHANNEL)
            history = await guest.get(f"{OTHER_SHOP}/orders")
            assert history.status == 200
            seen[login] = set(re.findall(r"2026-(\w+)", history.text))
            for owner in ("bea", "carl", "patricia"):
                page = await guest.get(f"{OTHER_SHOP}/orders/{keys[owner]}")
                assert page.status == (200 if owner in seen[login] else 404), (login, owner)
        assert seen == {"bea": {"bea"}, "carl": {"carl"}, "anna": {"bea", "carl"}, "patricia": set()}


@in_event_loop
async def test_a_customer_is_none_of_the_back_office(tmp_path: Path) -> None:
    async with furnished(tmp_path) as (stage, _):
        patricia = await stage.customer("patricia")
        token = patricia.client.cookies[customer_cookie(CHANNEL)]
        assert await stage.application.sign_in.recognize(token) is None
        assert await stage.application.customer_sign_in.recognize(OTHER_CHANNEL, token) is None


@in_event_loop
async def test_pages_of_a_customer_are_stored_nowhere(tmp_path: Path) -> None:
    async with furnished(tmp_path) as (stage, keys):
        patricia: Guest = await stage.customer("patricia")
        for path in ("account", "orders", f"orders/{keys['patricia']}"):
            page = await patricia.get(f"{SHOP}/{path}")
            assert (page.status, page.headers["cache-control"]) == (200, "no-store")
            assert "2026-patricia" in page.text

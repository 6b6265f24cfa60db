"""Signing in at a shop, signing out, and the way back."""

from pathlib import Path
from urllib.parse import quote

from app_sf_responsive.testing.stage import PASSWORD, open_stage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL
from iomconnector.web.customer_sessions import customer_cookie

SHOP, OTHER_SHOP = f"/shop/{CHANNEL}", f"/shop/{OTHER_CHANNEL}"


@in_event_loop
async def test_signing_in_leads_back_to_the_page_that_was_wanted(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        away = await guest.get(f"{SHOP}/orders?number=47")
        assert (away.status, away.location) == (
            303,
            f"{SHOP}/sign-in?next={quote(f'{SHOP}/orders?number=47', safe='')}",
        )
        assert "Please sign in to see this page." in (await guest.get(away.location)).text
        back = await guest.sign_in(SHOP, "Patricia", PASSWORD, wanted=quote(f"{SHOP}/orders?number=47"))
        assert (back.status, back.location) == (303, f"{SHOP}/orders?number=47")
        again = await guest.get(f"{SHOP}/sign-in")
        assert (again.status, again.location) == (303, f"{SHOP}/account"), "who is signed in goes on"
        assert (await guest.get(SHOP)).location == f"{SHOP}/account"


@in_event_loop
async def test_signing_in_once_more_ends_the_session_that_the_browser_had(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        form = await guest.get(f"{SHOP}/sign-in")
        tokens = []
        for _ in range(2):
            fields = {**form.hidden, "login": "patricia", "password": PASSWORD}
            assert (await guest.post(f"{SHOP}/sign-in", fields)).status == 303
            tokens.append(guest.client.cookies[customer_cookie(CHANNEL)])
        signing = stage.application.customer_sign_in
        known = [await signing.recognize(CHANNEL, token) is not None for token in tokens]
        assert known == [False, True]


@in_event_loop
async def test_the_way_back_leads_nowhere_else(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        for wanted in ("https://evil.example/", "//evil.example/shop", "/bo", OTHER_SHOP, "/shop/../bo", ""):
            guest = await stage.guest()
            back = await guest.sign_in(SHOP, "patricia", PASSWORD, wanted=quote(wanted))
            assert (back.status, back.location) == (303, f"{SHOP}/account"), wanted


@in_event_loop
async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        answers = []
        for login, password in (("patricia", "wrong password"), ("someone", PASSWORD), ("bea", PASSWORD)):
            page = await guest.sign_in(SHOP, login, password)
            assert page.status == 401
            assert "Name and password do not fit together." in page.text
            assert password not in page.html
            answers.append(page.html.replace(login, "LOGIN"))
        assert len(set(answers)) == 1
        assert customer_cookie(CHANNEL) not in guest.client.cookies


@in_event_loop
async def test_the_form_of_another_browser_opens_nothing(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest, other = await stage.guest(), await stage.guest()
        form = (await other.get(f"{SHOP}/sign-in")).hidden
        for fields in (form, {}, {**form, "csrf_token": "x"}):
            page = await guest.post(f"{SHOP}/sign-in", {**fields, "login": "patricia", "password": PASSWORD})
            assert page.status == 403
            assert "the page was open twice" in page.text
            assert customer_cookie(CHANNEL) not in guest.client.cookies


@in_event_loop
async def test_a_session_is_one_of_one_shop_and_ends_with_the_sign_out(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.customer("patricia")
        token = guest.client.cookies[customer_cookie(CHANNEL)]
        elsewhere = await guest.get(f"{OTHER_SHOP}/account")
        assert (elsewhere.status, elsewhere.location.partition("?")[0]) == (303, f"{OTHER_SHOP}/sign-in")
        without = await guest.post(f"{SHOP}/sign-out", {})
        assert without.status == 403
        assert "That took too long" in without.text
        assert await stage.application.customer_sign_in.recognize(CHANNEL, token) is not None
        form = (await guest.get(f"{SHOP}/nowhere")).hidden
        out = await guest.post(f"{SHOP}/sign-out", form)
        assert (out.status, out.location) == (303, f"{SHOP}/sign-in?done=signed-out")
        assert "You are signed out." in (await guest.get(out.location)).text
        assert await stage.application.customer_sign_in.recognize(CHANNEL, token) is None


@in_event_loop
async def test_the_language_of_the_user_comes_before_that_of_the_browser(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        bea = await stage.customer("bea", OTHER_CHANNEL)
        page = await bea.get(f"{OTHER_SHOP}/nowhere", **{"accept-language": "en"})
        assert '<html lang="de">' in page.html
        await bea.post(f"{OTHER_SHOP}/language", {"language": "en"})
        assert '<html lang="en">' in (await bea.get(f"{OTHER_SHOP}/nowhere")).html


@in_event_loop
async def test_after_several_failures_nobody_is_let_in(tmp_path: Path) -> None:
    async with open_stage(tmp_path, lockout_failures=3) as stage:
        guest = await stage.guest()
        for _ in range(3):
            await guest.sign_in(SHOP, "patricia", "wrong password")
        assert (await guest.sign_in(SHOP, "patricia", PASSWORD)).status == 401
        assert (await guest.sign_in(SHOP, "linus", PASSWORD)).status == 303
        assert (await guest.sign_in(OTHER_SHOP, "patricia", PASSWORD)).status == 303, "another person"

"""Accounts in the back office, and the own one."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from app_bo.testing.desk import Desk
from app_bo.testing.office import PASSWORD
from iomconnector.model.accounts import Role
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.usecases.password_proof import SignInRefusedError

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]
NEW = "words that rhyme with nothing"
GRACE = {
    "name": "Grace",
    "display_name": "Grace G.",
    "role": "operator",
    "new_password": NEW,
    "repeated": NEW,
}


@in_event_loop
async def test_an_account_is_added_and_can_sign_in(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        page = await visitor.post("/bo/accounts", GRACE)
        listed = await visitor.get(page.location)
        assert "The account is added." in listed.text
        assert "Grace G." in listed.text
        assert NEW not in listed.html
        session = await office.application.sign_in.sign_in("grace", NEW, client="192.0.2.9")
        assert session.account.role is Role.OPERATOR


@in_event_loop
async def test_what_is_wrong_with_a_new_account_is_told_at_its_field(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        cases = {
            "Password again : The two passwords are not the same.": {"repeated": "other"},
            "Password : The password has less than 12 characters.": {
                "new_password": "short",
                "repeated": "short",
            },
            "Name : The name of an account is empty.": {"name": ""},
            "Role : Choose a role.": {"role": "king"},
            "There is an account": {"name": "ada"},
        }
        for words, change in cases.items():
            page = await visitor.post("/bo/accounts", {**GRACE, **change})
            assert page.status == 422, words
            assert words in page.text, page
            assert 'value="Grace G."' in page.html
            assert NEW not in page.html
        assert len(await office.application.accounts.all()) == 3


@in_event_loop
async def test_an_account_is_changed(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor, rita = await office.visitor("ada"), await office.visitor("rita")
        accounts = office.application.accounts
        sent = {"do": "role", "role": "operator", "display_name": "Rita R."}
        page = await visitor.post("/bo/accounts/rita", sent)
        assert "The account is changed." in (await visitor.get(page.location)).text
        assert (await accounts.get("rita")).role is Role.OPERATOR
        assert (await accounts.get("rita")).display_name == "Rita R."
        assert (await rita.get("/bo/services")).status == 303, "her session is over"
        await visitor.post("/bo/accounts/rita", {"do": "deactivate"})
        assert not (await accounts.get("rita")).active
        assert "nobody can sign in" in (await visitor.get("/bo/accounts/rita")).text
        await visitor.post("/bo/accounts/rita", {"do": "activate"})
        assert (await accounts.get("rita")).active
        differing = {"do": "password", "new_password": NEW, "repeated": f"{NEW}r"}
        page = await visitor.post("/bo/accounts/rita", differing)
        assert (page.status, "The two passwords are not the same." in page.text) == (422, True)
        with pytest.raises(SignInRefusedError):
            await office.application.sign_in.sign_in("rita", NEW, client="192.0.2.9")
        await visitor.post("/bo/accounts/rita", {"do": "password", "new_password": NEW, "repeated": NEW})
        assert await office.application.sign_in.sign_in("rita", NEW, client="192.0.2.9")
        assert (await visitor.post("/bo/accounts/rita", {"do": "nonsense"})).status == 422
        assert (await visitor.post("/bo/accounts/none", {"do": "activate"})).status == 404


@in_event_loop
async def test_the_last_administrator_stays(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        for sent in ({"do": "deactivate"}, {"do": "role", "role": "operator", "display_name": "Ada"}):
            page = await visitor.post("/bo/accounts/ada", sent)
            assert page.status == 422
            assert "administrator" in page.text
        account = await office.application.accounts.get("ada")
        assert (account.active, account.role) == (True, Role.ADMINISTRATOR)


@in_event_loop
async def test_a_locked_account_is_shown_and_unlocked(desk: OpenDesk) -> None:
    async with desk(lockout_failures=2) as office:
        visitor, nobody = await office.visitor("ada"), await office.visitor()
        for _ in range(2):
            form = await nobody.get("/bo/sign-in")
            await nobody.post("/bo/sign-in", {**form.hidden, "name": "rita", "password": "wrong"})
        form = await nobody.get("/bo/sign-in")
        right = {**form.hidden, "name": "rita", "password": PASSWORD}
        assert (await nobody.post("/bo/sign-in", right)).status == 401
        assert "Locked" in (await visitor.get("/bo/accounts")).text
        page = await visitor.post("/bo/accounts/rita", {"do": "unlock"})
        assert "unlocked" in (await visitor.get(page.location)).text
        assert (await nobody.post("/bo/sign-in", right)).status == 303


@in_event_loop
async def test_everybody_sets_their_own_password(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor, other = await office.visitor("rita"), await office.visitor("rita")
        sent = {"present_password": PASSWORD, "new_password": NEW, "repeated": NEW}
        cases = {
            "This is not your present password": {"present_password": "wrong"},
            "The two passwords are not the same.": {"repeated": "other"},
            "less than 12 characters": {"new_password": "short", "repeated": "short"},
        }
        for words, change in cases.items():
            page = await visitor.post("/bo/own-account", {**sent, **change})
            assert (page.status, words in page.text) == (422, True), page
        page = await visitor.post("/bo/own-account", sent)
        assert "The password is set." in (await visitor.get(page.location)).text
        assert (await other.get("/bo/own-account")).status == 303, "the other session is over"

"""What a visitor of the back office does in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app_bo.testing.office import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page


def sign_in(page: Page, name: str, password: str = PASSWORD, *, path: str = "/bo/sign-in") -> None:
    """Fill in the sign-in form and send it.

    Arguments:
        page: The browser's page.
        name: Who signs in.
        password: Their password.
        path: The page to begin at; it leads to the form.
    """
    page.goto(path)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()

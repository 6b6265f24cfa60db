"""Templates of a cartridge with the texts of its languages, within the look of the storefront."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from app_sf_responsive import languages
from app_sf_responsive.assets import ASSETS
from app_sf_responsive.catalogs import translations
from app_sf_responsive.extension_points import MenuEntry
from app_sf_responsive.joined import menu_of
from app_sf_responsive.languages import Language
from app_sf_responsive.visitor import Customer, Visitor
from iomconnector.usecases.empty_catalog import EmptyCatalog
from iomconnector.web.security_headers import PAGE_HEADERS

SHOP_PACKAGE = "app_sf_responsive"


class ShopTemplates:
    """The templates in the folder ``templates`` of a package, with the catalogs in its folder ``locale``.

    A template builds on those of the storefront under the prefix ``shop/``: a page begins with
    ``{% extends "shop/frame.html" %}``, and ``{% import "shop/parts.html" as parts %}`` brings badges, notes
    and icons. ``_("English text")`` and ``{% trans %}`` give texts in the language of the reader, and
    ``lang`` writes money, numbers and times (:class:`~app_sf_responsive.languages.Language`).

    Arguments:
        package: The package of the cartridge.
    """

    def __init__(self, package: str) -> None:
        self.package = package

    def text(self, language: Language, message: str, **values: Any) -> str:
        """A text of the package in a language; ``%(name)s`` stands for the value of that name."""
        text = translations(language.code, self.package, SHOP_PACKAGE).gettext(message)
        return text % values if values else text

    def fragment(self, language: Language, template: str, **values: Any) -> Markup:
        """A part of a page, for example what a panel shows."""
        return Markup(_environment(self.package, language).get_template(template).render(values))  # noqa: S704

    async def page(
        self,
        visitor: Visitor,
        template: str,
        *,
        status: int = 200,
        in_account: bool = True,
        **values: Any,
    ) -> HTMLResponse:
        """A page of the storefront.

        Arguments:
            visitor: Who asks for it.
            template: One that extends ``shop/frame.html``.
            status: The HTTP status.
            in_account: Whether it has the menu of My Account, for somebody who is signed in.
            values: What it shows.
        """
        customer = visitor if isinstance(visitor, Customer) else None
        with_menu = customer is not None and in_account
        joined = (await menu_of(customer)).given if customer and in_account else ()
        shown = {
            "visitor": visitor,
            "customer": customer,
            "shop_name": visitor.channel.display_name,
            "back": back_of(visitor),
            "menu": [*self._own_menu(visitor), *joined] if with_menu else (),
            "cart": await cart_of(customer) if customer else None,
            "sells": sells(visitor),
            "added_entries": joined,
            **values,
        }
        return render(self.package, visitor.language, visitor.request.url.path, template, status, shown)

    @staticmethod
    def _own_menu(visitor: Visitor) -> list[MenuEntry]:
        text = SHOP.text
        language = visitor.language
        return [
            MenuEntry(text(language, "Overview"), visitor.path("account")),
            MenuEntry(text(language, "Order history"), visitor.path("orders")),
        ]


def sells(visitor: Visitor) -> bool:
    """Whether the shop has a catalogue of products."""
    return not isinstance(visitor.application.catalog, EmptyCatalog)


@dataclass(frozen=True, slots=True)
class Cart:
    """The way to the cart, in the head of every page.

    Arguments:
        path: Its page.
        count: How many pieces are in it.
    """

    path: str
    count: int


async def cart_of(customer: Customer) -> Cart | None:
    """The cart of a customer; none where nothing can be bought."""
    baskets = customer.application.baskets
    if baskets is None:
        return None
    basket = await baskets.current(customer.user)
    return Cart(customer.path("cart"), basket.count if basket else 0)


def back_of(visitor: Visitor) -> str:
    """Where a form that changes how pages look leads back to: the page itself, if it only shows something."""
    url = visitor.request.url
    if visitor.request.method not in {"GET", "HEAD"}:
        return visitor.path()
    return f"{url.path}?{url.query}" if url.query else url.path


def render(
    package: str, language: Language, path: str, template: str, status: int, values: dict[str, Any]
) -> HTMLResponse:
    """A page, also for somebody of whom nothing is known but the language."""
    shown = {
        "path": path,
        "status": status,
        "shop_name": "inSPIRED",
        "visitor": None,
        "customer": None,
        "menu": (),
        "sells": False,
        "cart": None,
        "stylesheets": (),
        **values,
    }
    text = _environment(package, language).get_template(template).render(shown)
    headers = {**PAGE_HEADERS, "Content-Language": language.code, "Vary": "Accept-Language, Cookie"}
    return HTMLResponse(text.encode("utf-8", "replace"), status_code=status, headers=headers)


@cache
def _environment(package: str, language: Language) -> Environment:
    shop = PrefixLoader({"shop": PackageLoader(SHOP_PACKAGE)})
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), shop]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    texts = translations(language.code, package, SHOP_PACKAGE)
    environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        lang=language,
        asset=ASSETS.path,
        languages=[(code, languages.NAMES[code]) for code in languages.OFFERED],
    )
    return environment


SHOP = ShopTemplates(SHOP_PACKAGE)
"""The templates of the storefront itself."""

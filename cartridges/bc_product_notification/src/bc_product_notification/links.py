"""Where the links in mails lead: to the storefront at the shop's public address."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

SHOP: Final = "/shop"
"""Below it are the pages of ``app_sf_responsive``."""

NOTIFICATIONS: Final = "notifications"


@dataclass(frozen=True, slots=True)
class Links:
    """The links in mails.

    Arguments:
        shop_address: Where shoppers reach the shop, without a slash at its end.
    """

    shop_address: str

    def product(self, channel: str, sku: str) -> str:
        """The page of a product."""
        return self._page(channel, "products", sku)

    def confirm(self, channel: str, token: str) -> str:
        """The page that asks whether a subscription is meant."""
        return self._page(channel, NOTIFICATIONS, token, "confirm")

    def unsubscribe(self, channel: str, token: str) -> str:
        """The page that asks whether a subscription is to end."""
        return self._page(channel, NOTIFICATIONS, token, "unsubscribe")

    def one_click(self, channel: str, token: str) -> str:
        """Where mail programs end a subscription without a page. [RFC 8058]"""
        return self._page(channel, NOTIFICATIONS, token, "one-click")

    @property
    def domain(self) -> str:
        """The domain in the ids of mails."""
        host = urlsplit(self.shop_address).hostname or ""
        return host if host and ":" not in host and host.isascii() else "shop.invalid"

    def _page(self, *parts: str) -> str:
        return self.shop_address + "/".join((SHOP, *(quote(each, safe="") for each in parts)))

"""The templates of this cartridge, within the look of the storefront."""

from app_sf_responsive.shop_templates import ShopTemplates

PAGES = ShopTemplates("app_sf_responsive_notification")

"""Style and pictures of the pages."""

from iomconnector.web.assets import Assets

ASSETS = Assets("app_sf_responsive", "/shop-files")

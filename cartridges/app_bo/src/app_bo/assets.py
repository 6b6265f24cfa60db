"""Style, script and icon of the pages."""

from iomconnector.web.assets import Assets

ASSETS = Assets("app_bo", "/bo/static")

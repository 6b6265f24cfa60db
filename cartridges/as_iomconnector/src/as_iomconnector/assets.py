"""The stylesheet of panels and pages."""

from typing import Final

from iomconnector.web.assets import Assets

ASSETS = Assets("as_iomconnector", "/shop-files-connector")
SHEET: Final = "connector.css"

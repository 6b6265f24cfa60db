"""The stylesheet of the panel."""

from iomconnector.web.assets import Assets

ASSETS = Assets("app_sf_responsive_carriertracking", "/shop-files-carriertracking")

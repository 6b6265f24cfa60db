"""``python -m dev_iomconnector_iom`` runs a stand-in."""

from dev_iomconnector_iom.cli import app

app()

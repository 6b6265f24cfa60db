"""The errors of every IOM service begin here."""

from iomconnector.errors import ConnectorError


class IomError(ConnectorError):
    """Base of what goes wrong between the connector and IOM."""

    code = "iom.error"


class UnknownCountryError(IomError):
    """A country code that ISO 3166-1 does not assign."""

    code = "iom.country.unknown"

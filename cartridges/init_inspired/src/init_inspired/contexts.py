"""The contexts of the sample organization. [KB B29919]"""

from iomconnector.model.contexts import Context, ContextKind

ORGANIZATION = "inSPIRED"
CONSUMER_CHANNEL = "inSPIRED-inTRONICS"
BUSINESS_CHANNEL = "inSPIRED-inTRONICS_Business"

CONTEXTS = (
    Context(id=ORGANIZATION, kind=ContextKind.ORGANIZATION, display_name="inSPIRED"),
    Context(id=CONSUMER_CHANNEL, kind=ContextKind.CHANNEL, display_name="inTRONICS", parent=ORGANIZATION),
    Context(
        id=BUSINESS_CHANNEL,
        kind=ContextKind.CHANNEL,
        display_name="inTRONICS Business",
        parent=ORGANIZATION,
    ),
)

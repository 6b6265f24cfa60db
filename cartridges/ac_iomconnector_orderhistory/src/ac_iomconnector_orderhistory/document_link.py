"""Which links of IOM are followed."""

from urllib.parse import unquote, urlsplit

from ac_iomconnector_orderhistory.configuration import OrderHistoryConfiguration
from ac_iomconnector_orderhistory.reading.documents import LinkedDocument
from iomconnector.ports.document_service import DocumentRefusedError


def require_document_path(
    linked: LinkedDocument, configuration: OrderHistoryConfiguration, number: str
) -> str:
    """The path of a document below the address of IOM, encoded.

    Where that address has a path itself, as behind a proxy, links with and without it are understood.

    Raises:
        DocumentRefusedError: The link leads elsewhere.
    """
    before = urlsplit(configuration.base_url).path.rstrip("/")
    path = linked.path.removeprefix(before) if before else linked.path
    steps = unquote(unquote(path)).replace("\\", "/").split("/")
    if path.startswith(configuration.document_path) and not {".", ".."} & set(steps):
        return path
    raise DocumentRefusedError(
        f"The link of document {linked.document.name} of order {number} does not lead to "
        f"{configuration.document_path}, so it is not followed.",
        hint="Where IOM serves documents elsewhere, correct document_path of the service.",
        order=number,
        document=linked.document.id,
    )

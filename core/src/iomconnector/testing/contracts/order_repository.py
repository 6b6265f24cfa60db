"""The contract of :class:`~iomconnector.ports.order_repository.OrderRepository`."""

from iomconnector.testing.contracts.order_approval import OrderApprovalContract
from iomconnector.testing.contracts.order_placing import OrderPlacingContract


class OrderRepositoryContract(OrderPlacingContract, OrderApprovalContract):
    """All promises of an order repository."""

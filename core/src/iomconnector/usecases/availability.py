"""Whether products can be bought: who says so, and since when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.availability import (
    Availability,
    AvailabilityReason,
    AvailabilitySource,
    ProductStock,
    Quality,
)
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.cache import Cache
from iomconnector.ports.clock import Clock
from iomconnector.ports.local_stock import LocalStock
from iomconnector.usecases.ask_inventory import AskInventory
from iomconnector.usecases.cached_stock import CachedStock, StockFinding
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.inventory_questions import InventoryQuestions, StockSubject
from iomconnector.usecases.inventory_source import InventorySource, ResolveInventory

log = structlog.get_logger(__name__)

CHECKOUT_PATIENCE = timedelta(seconds=10)
"""Whoever buys waits so long for the inventory service, or as long as a page does where that is longer."""


class CheckAvailability:
    """Tells shoppers what they can buy. Where nobody knows it, that is told: it is no empty stock.

    Arguments:
        cached: What was said a moment ago.
        questions: Asks inventory services.
        local: What the shop itself knows; none where no cartridge keeps stock.
        resolve: Gives the source of a channel.
        clock: Tells the time.
        telemetry: Counts who answered.
    """

    def __init__(
        self,
        cached: CachedStock,
        questions: InventoryQuestions,
        local: LocalStock | None,
        resolve: ResolveInventory,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._cached = cached
        self._questions = questions
        self._local = local
        self._resolve = resolve
        self._clock = clock
        self._telemetry = telemetry

    async def of(
        self,
        channel: str,
        skus: Sequence[str],
        *,
        quality: Quality = Quality.BROWSE,
        reservation: str | None = None,
    ) -> Mapping[str, Availability]:
        """Whether products can be bought, for each of their SKUs.

        The inventory service is asked once for all of them, together with what others ask at the same time.
        It never raises because the service fails: the answer says so.

        Arguments:
            channel: Where they are sold.
            skus: The products.
            quality: How good the answer has to be.
            reservation: A reservation of the shopper, whose pieces count as available; then nothing that was
                said before is used.

        Raises:
            StorageError: The shop's database cannot be read.
        """
        wanted = list(dict.fromkeys(skus))
        if not wanted:
            return {}
        source = await self._source(channel)
        if source is None:
            told = self._nobody(dict.fromkeys(wanted, AvailabilityReason.SERVICE_INACTIVE))
        else:
            subject = StockSubject(source, channel, reservation)
            found, reasons = await self._found(subject, wanted, quality)
            told = {sku: _told(sku, finding) for sku, finding in found.items()}
            told |= await self._instead(source, channel, reasons)
        for source_name, products in Counter(each.source.value for each in told.values()).items():
            self._telemetry.told_availability(channel, source_name, products)
        return {sku: told[sku] for sku in wanted}

    async def aclose(self) -> None:
        """End the questions that are under way."""
        await self._questions.aclose()

    async def _source(self, channel: str) -> InventorySource | None:
        """The source of a channel; none where no service is operational."""
        try:
            return await self._resolve(channel)
        except StorageError:
            raise
        except ConnectorError:
            return None

    async def _found(
        self, subject: StockSubject, skus: Sequence[str], quality: Quality
    ) -> tuple[dict[str, StockFinding], dict[str, AvailabilityReason]]:
        source, found = subject.source, {}
        fresh = quality is not Quality.BROWSE or subject.reservation is not None
        if not fresh:
            found = await self._cached.findings(source, skus, self._clock.now())
            self._telemetry.looked_up("availability", hit=len(found) == len(skus))
        missing = [sku for sku in skus if sku not in found]
        if not missing:
            return found, {}
        budget = source.service.rules.budget
        if quality is Quality.CHECKOUT:
            budget = max(budget, CHECKOUT_PATIENCE)
        asked, reasons = await self._questions.answers(subject, missing, fresh=fresh, budget=budget)
        return found | asked, reasons

    async def _instead(
        self, source: InventorySource, channel: str, reasons: Mapping[str, AvailabilityReason]
    ) -> dict[str, Availability]:
        """What is told of products about which the service says nothing."""
        if not reasons or self._local is None or not source.service.rules.check_locally_on_failure:
            return self._nobody(reasons)
        now = self._clock.now()
        try:
            known = await self._local.stock(channel, list(reasons))
        except StorageError as error:
            log.warning("the local stock tells nothing either", channel=channel, reason=error.message)
            return self._nobody(reasons)
        told = self._nobody({sku: reason for sku, reason in reasons.items() if sku not in known})
        for sku, stock in known.items():
            told[sku] = Availability(
                sku=sku,
                available=stock.available,
                source=AvailabilitySource.LOCAL_STOCK,
                as_of=now,
                quantity=stock.quantity,
                locations=stock.locations,
                restock_on=stock.restock_on,
                reason=reasons[sku],
            )
        return told

    def _nobody(self, reasons: Mapping[str, AvailabilityReason]) -> dict[str, Availability]:
        now = self._clock.now()
        return {
            sku: Availability(sku, None, AvailabilitySource.NOBODY, now, reason=reason)
            for sku, reason in reasons.items()
        }


def check_availability(
    cache: Cache,
    local: LocalStock | None,
    resolve: ResolveInventory,
    gates: Gates,
    clock: Clock,
    telemetry: Telemetry,
) -> CheckAvailability:
    """The use case, made of its parts.

    Arguments:
        cache: What processes of the machine share.
        local: What the shop itself knows; none where no cartridge keeps stock.
        resolve: Gives the source of a channel.
        gates: The gates of this process.
        clock: Tells the time.
        telemetry: Counts what happens.
    """
    cached = CachedStock(cache)
    questions = InventoryQuestions(AskInventory(gates, clock, telemetry), cached)
    return CheckAvailability(cached, questions, local, resolve, clock, telemetry)


def _told(sku: str, finding: StockFinding) -> Availability:
    stock: ProductStock | None = finding.stock
    if stock is None:
        return Availability(
            sku,
            None,
            AvailabilitySource.INVENTORY_SERVICE,
            finding.asked_at,
            reason=AvailabilityReason.NOT_THERE,
        )
    return Availability(
        sku=sku,
        available=stock.available,
        source=AvailabilitySource.INVENTORY_SERVICE,
        as_of=finding.asked_at,
        quantity=stock.quantity,
        locations=stock.locations,
        restock_on=stock.restock_on,
    )

"""The ASGI application: fault layer, inserted middleware, Order REST; beside it the control interface."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

from dev_iomconnector_iom.clock import OrderClock
from dev_iomconnector_iom.config import StandInConfig
from dev_iomconnector_iom.control.desk import ControlDesk
from dev_iomconnector_iom.control.routes import control_application
from dev_iomconnector_iom.faults.layer import FaultLayer
from dev_iomconnector_iom.faults.rules import FaultBook
from dev_iomconnector_iom.faults.statistics import Statistics
from dev_iomconnector_iom.inventory import Inventory
from dev_iomconnector_iom.store.change_requests import ChangeRequestTable
from dev_iomconnector_iom.store.database import Database
from dev_iomconnector_iom.store.orders import OrderTable
from dev_iomconnector_iom.web.authentication import Authenticator
from dev_iomconnector_iom.web.context import Context
from dev_iomconnector_iom.web.routes import order_application
from dev_iomconnector_iom.web.segments import EncodedPaths

Middleware: TypeAlias = Callable[[ASGIApp], ASGIApp]
"""Wraps an ASGI application into another one."""

CONTROL_PATH = "/control"

_log = logging.getLogger("dev_iomconnector_iom")


class StandInApplication:
    """An ASGI application with a lifespan, made by :func:`create_app`.

    The database is open and the clock runs between the lifespan's startup and shutdown.
    """

    def __init__(self, config: StandInConfig, middleware: Sequence[Middleware]) -> None:
        self._config = config
        self._middleware = tuple(middleware)
        self._faults = FaultBook()
        self._statistics = Statistics()
        self._layer: FaultLayer | None = None
        self._orders: ASGIApp | None = None
        self._control: ASGIApp | None = None
        self._desk: ControlDesk | None = None
        self.failure = ""
        """Why the storage could not be opened; empty if it could."""

    @property
    def desk(self) -> ControlDesk:
        """The control interface inside the process, also where the HTTP one is off."""
        if self._desk is None:
            raise RuntimeError("The stand-in is not running.")
        return self._desk

    def release_hanging(self) -> None:
        """End requests that a fault rule holds, so that the server can stop."""
        if self._layer is not None:
            self._layer.release_hanging()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if self._orders is None:
            raise RuntimeError("The stand-in is not running: its server must send lifespan events.")
        path: str = scope.get("path", "")
        if self._control is not None and (path == CONTROL_PATH or path.startswith(f"{CONTROL_PATH}/")):
            await self._control(scope, receive, send)
        else:
            await self._orders(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except (OSError, sqlite3.Error) as error:
            self.failure = str(error)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        database = Database(self._config.storage)
        try:
            context = _context(self._config, database)
            self._desk = ControlDesk(context, self._faults, self._statistics)
            inner: ASGIApp = order_application(context)
            for wrap in reversed(self._middleware):
                inner = wrap(inner)
            self._layer = FaultLayer(inner, self._faults, self._statistics)
            self._orders = EncodedPaths(self._layer)
            if self._config.control_token is not None:
                token = self._config.control_token.get_secret_value()
                self._control = EncodedPaths(_Mounted(control_application(self._desk, token)))
            sweep = asyncio.create_task(context.clock.run(), name="order clock")
            sweep.add_done_callback(_report_end)
            try:
                yield
            finally:
                sweep.cancel()
                with suppress(asyncio.CancelledError):
                    await sweep
        finally:
            self._desk = self._orders = self._control = None
            database.close()


class _Mounted:
    """Cuts the path of the control interface off."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(CONTROL_PATH) or "/"
        await self._app({**scope, "path": path}, receive, send)


def create_app(config: StandInConfig, *, middleware: Sequence[Middleware] = ()) -> StandInApplication:
    """The ASGI application of a stand-in.

    Arguments:
        config: What it is told.
        middleware: Pure ASGI wrappers, the outermost first; they stand between the fault layer and Order REST
            and see every answer before a fault spoils it.
    """
    return StandInApplication(config, middleware)


def _context(config: StandInConfig, database: Database) -> Context:
    shops = {shop.id: shop for shop in config.shops}
    inventory = Inventory.at(database, shops, config.inventory.time_zone)
    orders = OrderTable(database, inventory.orders)
    return Context(
        config=config,
        shops=shops,
        authenticator=Authenticator(config.users, config.jwt_secret.get_secret_value()),
        database=database,
        orders=orders,
        change_requests=ChangeRequestTable(database),
        clock=OrderClock(database, orders, shops, config.clock),
        inventory=inventory,
    )


def _report_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("The order clock stopped: orders do not move on any more.", exc_info=error)

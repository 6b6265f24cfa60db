"""What a stand-in is told: where to listen, which version to speak, shops, users, clock."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from dev_iomconnector_iom.contract.iso import COUNTRIES
from dev_iomconnector_iom.contract.versions import ApiVersion

DEMO_PASSWORD = SecretStr("!InterShop00!")
"""The password of the accounts of IOM's published demo. [iom-api 5]"""

_DEMO_JWT_SECRET = SecretStr("length_must_be_at_least_32_chars")


class Right(IntEnum):
    """Rights of a user on a shop, by IOM's numbers. [iom-api 2.10]"""

    VIEW_ORDER = 1
    CREATE_ORDER = 2
    ORDER_STATES = 67
    ATP = 123
    RESERVATION = 124
    CHANGE_ORDER = 147
    VIEW_CHANGES = 148


class ClockMode(StrEnum):
    """How time passes for orders."""

    REAL = "real"
    """One step every ``seconds_per_step``."""
    FAST = "fast"
    """All steps at once, as soon as the order is stored."""
    MANUAL = "manual"
    """Only when the control interface says so."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClockConfig(_Model):
    """How orders walk through their states.

    Arguments:
        mode: What drives the walk.
        seconds_per_step: Seconds between two steps in mode ``real``.
        stop_at: The last state that an order reaches by itself.
    """

    mode: ClockMode = ClockMode.REAL
    seconds_per_step: float = Field(default=2.0, gt=0)
    stop_at: Literal["COMMISSIONED", "DISPATCHED"] = "DISPATCHED"


class ShopConfig(_Model):
    """A shop (an organization that sells) of the stand-in.

    Arguments:
        id: The number that stands in paths.
        name: The name, for people.
        country: ISO 3166-1 alpha-3; the default location of taxes.
        tax_types: Tax types that need no rate.
        payment_methods: Payment methods that an order may name.
        capturing_methods: Payment methods whose money is captured when the goods are invoiced.
        cash_on_delivery_methods: Payment methods that need an approval. [iom-api 5]
        shipping_methods: Shipping methods with a mapping.
        unknown_shipping_method: ``refuse`` as Order REST does unless told otherwise. [KB 1917347420]
        approval_above: Gross totals above this need an approval. [iom-api 5]
        suppliers: Names of suppliers; positions go to them in turn.
        carrier: Who carries the goods.
        tracking_url: The tracking page; ``{number}`` stands for the tracking number.
        stock: Product -> supplier -> pieces, for a storage that has no stock of the shop yet.
    """

    id: int
    name: str
    country: str = "USA"
    tax_types: frozenset[str] = frozenset({"NoTax", "ReducedTax", "FullTax"})
    payment_methods: frozenset[str] = frozenset(
        {
            "NO_PAYMENT",
            "ISH_CASH_IN_ADVANCE",
            "ISH_CREDITCARD",
            "ISH_CASH_ON_DELIVERY",
            "ISH_INVOICE",
            "ISH_DEBIT_TRANSFER",
            "ISH_ONLINEPAY",
            "ISH_FASTPAY",
            "BPS_MANUAL_REFUND",
            "ISH_INVOICE_TOTAL_ZERO",
        }
    )
    capturing_methods: frozenset[str] = frozenset({"ISH_CREDITCARD", "ISH_ONLINEPAY", "ISH_FASTPAY"})
    cash_on_delivery_methods: frozenset[str] = frozenset({"ISH_CASH_ON_DELIVERY"})
    shipping_methods: frozenset[str] = frozenset({"DHL", "DHL_STANDARD", "DHL_EXPRESS", "STD_GROUND"})
    unknown_shipping_method: Literal["refuse", "accept"] = "refuse"
    approval_above: Decimal = Decimal(1000)
    suppliers: tuple[str, ...] = Field(default=("inTRONICS Texas Warehouse",), min_length=1)
    carrier: str = "DHL"
    tracking_url: str = "https://tracking.example.com/parcels/{number}"
    stock: dict[str, dict[str, Annotated[int, Field(ge=0, lt=1 << 31)]]] = Field(default_factory=dict)

    @property
    def accepts_unknown_shipping_methods(self) -> bool:
        """Whether an unmapped shipping method goes to a default."""
        return self.unknown_shipping_method == "accept"

    @model_validator(mode="after")
    def _country_exists(self) -> Self:
        if self.country not in COUNTRIES:
            raise ValueError(f"Shop {self.id}: {self.country!r} is no country code of ISO 3166-1 alpha-3.")
        return self


class UserConfig(_Model):
    """A user: the name is also the claim ``user`` of a token.

    Arguments:
        name: The account name.
        password: For Basic authentication.
        rights: Rights for each shop id.
    """

    name: str
    password: SecretStr = DEMO_PASSWORD
    rights: dict[int, frozenset[Right]]


_ALL_RIGHTS = frozenset(Right)
_READING = frozenset({Right.VIEW_ORDER, Right.ORDER_STATES, Right.VIEW_CHANGES, Right.ATP})
_B2C, _B2B = 10010, 10020


def _demo_shops() -> tuple[ShopConfig, ...]:
    warehouses = {
        _B2C: ("inTRONICS Texas Warehouse", "inTRONICS Detroit Warehouse", "inTRONICS Los Angeles Retailer"),
        _B2B: ("inTRONICS Texas Warehouse", "inTRONICS Arizona Warehouse", "inTRONICS Los Angeles Warehouse"),
    }
    return (
        ShopConfig(id=_B2C, name="inTRONICS", suppliers=warehouses[_B2C]),
        ShopConfig(id=_B2B, name="inTRONICS Business", suppliers=warehouses[_B2B]),
    )


def _demo_users() -> tuple[UserConfig, ...]:
    return (
        UserConfig(name="webservice_shop", rights={_B2C: _ALL_RIGHTS, _B2B: _ALL_RIGHTS}),
        UserConfig(name="callcenter_agent", rights={_B2C: _READING, _B2B: _READING}),
    )


class InventoryConfig(_Model):
    """How inventory behaves where nobody knows what IOM does. [iom-api 4]

    Arguments:
        created: The status of a new reservation: the published text says 201, the document 200.
        unknown_products: Whether ATP leaves an unknown product out or says so among the errors, too.
        lifetime_unit: What ``lifetime`` is counted in.
        default_lifetime: The lifetime of a reservation that names none.
        time_zone: In which zone ``validUntil``, which has none, is written.
    """

    created: Literal[200, 201] = 201
    unknown_products: Literal["omit", "error"] = "omit"
    lifetime_unit: Literal["seconds", "minutes"] = "seconds"
    default_lifetime: int = Field(default=1800, gt=0)
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone such as Europe/Berlin.") from None


class StandInConfig(_Model):
    """Everything that a stand-in needs; the defaults are the shops and accounts of IOM's demo. [iom-api 5]

    Arguments:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        api_version: The minor version of Order REST.
        shops: The shops.
        users: The accounts.
        jwt_secret: The shared secret of HS256 tokens, at least 32 characters.
        storage: The SQLite file; None keeps orders in a temporary file that goes with the stand-in.
        clock: How orders walk.
        control_token: The token of the control interface; None switches the interface off.
        public_url: What download links and Location begin with; None takes it from the request.
        inventory: How ATP and reservations behave.
        location: Whether ``Location`` is an absolute URL or a path.
        cursor: Whether ``minCursor`` includes the order with that cursor.
        max_body_bytes: Longest request body; a longer one is answered with 413.
        max_connections: Connections at one time; a request on one more is answered with 503.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    api_version: ApiVersion = ApiVersion.V2_4
    shops: tuple[ShopConfig, ...] = Field(default_factory=_demo_shops, min_length=1)
    users: tuple[UserConfig, ...] = Field(default_factory=_demo_users, min_length=1)
    jwt_secret: SecretStr = Field(default=_DEMO_JWT_SECRET, min_length=32)
    storage: Path | None = None
    clock: ClockConfig = ClockConfig()
    control_token: SecretStr | None = None
    public_url: str | None = None
    inventory: InventoryConfig = InventoryConfig()
    location: Literal["absolute", "relative"] = "absolute"
    cursor: Literal["inclusive", "exclusive"] = "inclusive"
    max_body_bytes: int = Field(default=8 * 1024 * 1024, gt=0)
    max_connections: int = Field(default=1000, gt=0)

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        known = {shop.id for shop in self.shops}
        if len(known) < len(self.shops):
            raise ValueError("Two shops have the same id.")
        if len({user.name for user in self.users}) < len(self.users):
            raise ValueError("Two users have the same name.")
        for user in self.users:
            if unknown := sorted(set(user.rights) - known):
                raise ValueError(f"User {user.name!r} has rights on shops that do not exist: {unknown}.")
        return self

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read a configuration file.

        Raises:
            OSError: The file cannot be read.
            tomllib.TOMLDecodeError: The file is not TOML.
            pydantic.ValidationError: A key is unknown or a value is wrong.
        """
        return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal))

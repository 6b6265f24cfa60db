"""Extension points: what may bind to them, in which order it is called, and how it fails."""

import asyncio
import functools
from collections.abc import Callable
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.cartridges.extensions import Extension, ExtensionError, ExtensionPoint, Extensions
from iomconnector.errors import ConnectorError


class BindPayment(Protocol):
    def __call__(self, payment: str, document: dict[str, str]) -> None: ...


class FetchPrice(Protocol):
    async def __call__(self, sku: str) -> str: ...


PAYMENT = ExtensionPoint("Mapper.bindPayment", "Called for each payment.", BindPayment)
PRICE = ExtensionPoint("Prices.fetch", "Called for each product.", FetchPrice)


def bind(payment: str, document: dict[str, str]) -> None:
    document["payment"] = payment


def bound(call: Callable[..., Any], point: ExtensionPoint = PAYMENT) -> Extensions:
    return Extensions([("shop_map", point)], [("shop_pay", Extension(point.name, call))])


def refusal(call: Callable[..., Any], point: ExtensionPoint = PAYMENT) -> str:
    with pytest.raises(ExtensionError) as caught:
        bound(call, point)
    return str(caught.value)


def test_a_point_has_the_parameters_of_its_protocol_or_function() -> None:
    assert PAYMENT.parameters == ("payment", "document")
    assert ExtensionPoint("Mapper.bindPayment", "", bind).parameters == ("payment", "document")


def test_a_point_may_take_an_argument_called_self() -> None:
    point = ExtensionPoint("Mapper.bind", "", lambda self, other: None)
    assert point.parameters == ("self", "other")


class Binder:
    def __call__(self, payment: str, document: dict[str, str]) -> None:
        document["payment"] = payment

    def method(self, payment: str, document: dict[str, str]) -> None:
        document["payment"] = payment


@pytest.mark.parametrize(
    "call",
    [
        bind,
        lambda payment, document: bind(payment, document),
        lambda one, two: bind(one, two),
        lambda *given: bind(*given),
        lambda payment, document, currency="EUR": bind(payment, document),
        Binder(),
        Binder().method,
        functools.partial(lambda prefix, payment, document: bind(payment, document), "x"),
    ],
)
def test_every_callable_that_takes_the_parameters_fits(call: Callable[..., Any]) -> None:
    document: dict[str, str] = {}
    (extension,) = bound(call).bound_to("Mapper.bindPayment")
    extension("invoice", document)
    assert document == {"payment": "invoice"}


@pytest.mark.parametrize(
    "call",
    [
        lambda payment: None,
        lambda payment, document, more: None,
        lambda payment, document, *, currency: None,
        lambda document, payment: None,
    ],
)
def test_a_wrong_signature_is_refused_with_its_place(call: Callable[..., Any]) -> None:
    line = call.__code__.co_firstlineno
    assert refusal(call) == (
        "shop_pay: Mapper.bindPayment: must take the parameters (payment, document), in this order "
        f"({__file__}:{line})."
    )


def test_an_async_extension_of_a_plain_point_is_refused_and_the_reverse() -> None:
    async def asynchronous(payment: str, document: dict[str, str]) -> None: ...

    def plain(sku: str) -> str:
        return sku

    assert "must be a plain function, not an async one (" in refusal(asynchronous)
    assert "must be an async function (" in refusal(plain, PRICE)


def test_an_unknown_point_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ExtensionError) as caught:
        Extensions([("shop_map", PAYMENT)], [("shop_pay", Extension("Mapper.bindPayments", bind))])
    assert str(caught.value) == (
        "shop_pay: Mapper.bindPayments: no cartridge of the assembly declares this extension point "
        f"({__file__}:{bind.__code__.co_firstlineno}); known: Mapper.bindPayment."
    )


def test_all_misfits_are_named_at_once() -> None:
    points = [("shop_map", PAYMENT), ("shop_other", PAYMENT)]
    with pytest.raises(ExtensionError) as caught:
        Extensions(
            points, [("shop_pay", Extension("No.such", bind)), ("shop_x", Extension(PAYMENT.name, int))]
        )
    lines = str(caught.value).splitlines()
    assert lines[0] == "shop_other: Mapper.bindPayment: is declared by shop_map already."
    assert [line.partition(":")[0] for line in lines] == ["shop_other", "shop_pay", "shop_x"]


@pytest.mark.parametrize("call", [Binder(), Binder().method, Binder, functools.partial(bind, "invoice")])
def test_the_location_of_any_callable_is_known(call: Callable[..., Any]) -> None:
    location = Extension("Mapper.bindPayment", call).location
    assert location == "" if call is Binder else location.startswith(f"{__file__}:")


def test_a_broken_extension_names_itself() -> None:
    def broken(payment: str, document: dict[str, str]) -> None:
        raise KeyError("card")

    (extension,) = bound(broken).bound_to("Mapper.bindPayment")
    with pytest.raises(ExtensionError) as caught:
        extension("card", {})
    assert str(caught.value) == (
        "shop_pay: Mapper.bindPayment: KeyError: 'card' "
        f"The extension is defined at {__file__}:{broken.__code__.co_firstlineno}."
    )
    assert caught.value.ids == {"cartridge": "shop_pay", "point": "Mapper.bindPayment"}
    assert isinstance(caught.value.__cause__, KeyError)


def test_an_error_raised_on_purpose_keeps_its_class_and_is_signed() -> None:
    class UnknownPaymentError(ConnectorError):
        code = "payment.unknown"

    def refusing(payment: str, document: dict[str, str]) -> None:
        raise UnknownPaymentError(f"No payment {payment}.", order="4711")

    (extension,) = bound(refusing).bound_to("Mapper.bindPayment")
    with pytest.raises(UnknownPaymentError) as caught:
        extension("card", {})
    assert caught.value.ids == {"order": "4711", "cartridge": "shop_pay", "point": "Mapper.bindPayment"}


def test_an_async_extension_answers_and_fails_like_a_plain_one() -> None:
    async def fetch(sku: str) -> str:
        await asyncio.sleep(0)
        if sku == "none":
            raise LookupError(sku)
        return f"price of {sku}"

    (extension,) = bound(fetch, PRICE).bound_to("Prices.fetch")
    assert asyncio.run(extension("42")) == "price of 42"
    with pytest.raises(ExtensionError, match=r"^shop_pay: Prices.fetch: LookupError: none The extension"):
        asyncio.run(extension("none"))


@given(st.lists(st.tuples(st.sampled_from(["shop_a", "shop_b", "shop_c"]), st.integers(-2, 2)), max_size=20))
def test_priority_sorts_and_load_order_decides_between_equals(bindings: list[tuple[str, int]]) -> None:
    offered = [(name, Extension(PAYMENT.name, bind, priority)) for name, priority in bindings]
    extensions = Extensions([("shop_map", PAYMENT)], offered)
    called = [(each.cartridge, each.extension) for each in extensions.bound_to(PAYMENT.name)]
    expected = [
        (name, extension)
        for wanted in range(-2, 3)
        for name, extension in offered
        if extension.priority == wanted
    ]
    assert called == expected

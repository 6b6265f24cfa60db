"""Extension points that a cartridge declares and the extensions that others bind to them.

Mirrors ICM's contract: a point has a name, many extensions may bind to it, an integer in each binding sorts
them, and equal integers keep the load order of the assembly. [KB 232Z82]
"""

import functools
import inspect
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from types import CoroutineType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from iomconnector.errors import ConnectorError


class ExtensionError(ConnectorError):
    """An extension names an unknown point, does not fit its signature, or failed while it ran."""

    code = "extension.broken"


@dataclass(frozen=True, slots=True)
class ExtensionPoint:
    """A named place where other cartridges join in.

    Arguments:
        name: Its public name, for example ``OrderMapper.bindPayment``.
        summary: One sentence: when it is called and what an extension may do.
        signature: A callable or Protocol with ``__call__`` whose parameters every extension must take.
    """

    name: str
    summary: str
    signature: Callable[..., Any]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters that an extension is called with, in their order."""
        parameters = tuple(inspect.signature(self._called).parameters)
        return parameters[1:] if self._called is not self.signature else parameters

    @property
    def text_signature(self) -> str:
        """Parameters and result as an author writes them, for example ``(order: Order) -> None``."""
        signature = inspect.signature(self._called)
        own = [*signature.parameters.values()]
        shown = [
            f"{each.name}: {_type_name(each.annotation)}" if each.annotation is not each.empty else each.name
            for each in (own[1:] if self._called is not self.signature else own)
        ]
        answer = signature.return_annotation
        result = "" if answer is signature.empty else f" -> {_type_name(answer)}"
        return f"({', '.join(shown)}){result}"

    @property
    def is_async(self) -> bool:
        """Whether an extension is awaited."""
        return inspect.iscoroutinefunction(self._called)

    @property
    def _called(self) -> Callable[..., Any]:
        signature = self.signature
        if inspect.isclass(signature) and any("__call__" in vars(kind) for kind in signature.__mro__):
            method: Callable[..., Any] = signature.__call__
            return method
        return signature


@dataclass(frozen=True, slots=True)
class Extension:
    """One binding to an extension point.

    Arguments:
        point: The name of the point.
        call: What is called; its parameters are those of the point.
        priority: Sorts all bindings of a point, smallest first; equal ones keep the assembly's load order.
    """

    point: str
    call: Callable[..., Any]
    priority: int = 100

    @property
    def location(self) -> str:
        """File and line of the callable, for error messages; empty where Python does not know them."""
        call = self.call
        while isinstance(call, functools.partial):
            call = call.func
        function = inspect.unwrap(call)
        if not hasattr(function, "__code__"):
            function = function.__init__ if inspect.isclass(function) else type(function).__call__
        code = getattr(function, "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else ""

    @property
    def is_async(self) -> bool:
        """Whether calling it gives something to await."""
        return inspect.iscoroutinefunction(self.call) or inspect.iscoroutinefunction(type(self.call).__call__)


@dataclass(frozen=True, slots=True)
class BoundExtension:
    """An extension with the cartridge that offers it."""

    cartridge: str
    extension: Extension

    def __call__(self, *args: Any) -> Any:
        """Call the extension; the extension of an asynchronous point gives something to await.

        Raises:
            ExtensionError: The extension raised; the message names cartridge and point.
            ConnectorError: The extension raised it on purpose; it gets the ids ``cartridge`` and ``point``.
        """
        try:
            answer = self.extension.call(*args)
        except ConnectorError as error:
            self._sign(error)
            raise
        except Exception as error:
            raise self._broken(error) from error
        return self._awaited(answer) if type(answer) is CoroutineType else answer

    async def _awaited(self, answer: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await answer
        except ConnectorError as error:
            self._sign(error)
            raise
        except Exception as error:
            raise self._broken(error) from error

    def _sign(self, error: ConnectorError) -> None:
        error.ids.setdefault("cartridge", self.cartridge)
        error.ids.setdefault("point", self.extension.point)

    def _broken(self, error: Exception) -> ExtensionError:
        return ExtensionError(
            f"{self.cartridge}: {self.extension.point}: {type(error).__name__}: {error}",
            hint=f"The extension is defined at {self.extension.location or 'an unknown place'}.",
            cartridge=self.cartridge,
            point=self.extension.point,
        )


@dataclass(frozen=True, slots=True)
class Misfit:
    """A binding that cannot be used, or a point that is declared a second time.

    Arguments:
        cartridge: The cartridge at fault.
        point: The name of the point.
        message: What is wrong, without the place.
        extension: The binding; None for a point.
        unknown: Whether no cartridge declares the point.
        note: What helps to mend it.
    """

    cartridge: str
    point: str
    message: str
    extension: Extension | None = None
    unknown: bool = False
    note: str = ""

    def __str__(self) -> str:
        location = self.extension.location if self.extension else ""
        at = f" ({location})" if location else ""
        return f"{self.cartridge}: {self.point}: {self.message}{at}{self.note}."


class Extensions:
    """All extension points of an assembly and what is bound to them, in calling order.

    Arguments:
        points: Every declared point, with the name of the cartridge that declares it.
        bindings: Every binding, with the name of the cartridge that offers it, in load order.

    Raises:
        ExtensionError: A binding names an unknown point or has the wrong parameters, or a point is declared
            twice. The message lists every such case.
    """

    def __init__(
        self,
        points: Sequence[tuple[str, ExtensionPoint]] = (),
        bindings: Sequence[tuple[str, Extension]] = (),
    ) -> None:
        misfits = find_misfits(points, bindings)
        if misfits:
            raise ExtensionError("\n".join(map(str, misfits)))
        self._points = {point.name: (cartridge, point) for cartridge, point in points}
        self._bound: dict[str, list[BoundExtension]] = {name: [] for name in self._points}
        for cartridge, extension in bindings:
            self._bound[extension.point].append(BoundExtension(cartridge, extension))
        for bound in self._bound.values():
            bound.sort(key=lambda item: item.extension.priority)

    @property
    def points(self) -> tuple[tuple[str, ExtensionPoint], ...]:
        """Every point with the cartridge that declares it, by name."""
        return tuple(self._points[name] for name in sorted(self._points))

    def bound_to(self, point: str) -> tuple[BoundExtension, ...]:
        """The extensions bound to a point, in calling order."""
        return tuple(self._bound.get(point, ()))


def find_misfits(
    points: Sequence[tuple[str, ExtensionPoint]], bindings: Sequence[tuple[str, Extension]]
) -> list[Misfit]:
    """Everything that keeps points and bindings from being used together."""
    declared: dict[str, tuple[str, ExtensionPoint]] = {}
    misfits: list[Misfit] = []
    for cartridge, point in points:
        owner, _ = declared.setdefault(point.name, (cartridge, point))
        if declared[point.name][1] is not point or owner != cartridge:
            misfits.append(Misfit(cartridge, point.name, f"is declared by {owner} already"))
    for cartridge, extension in bindings:
        if extension.point in declared:
            message = _misfit(extension, declared[extension.point][1])
            if message:
                misfits.append(Misfit(cartridge, extension.point, message, extension))
            continue
        known = ", ".join(sorted(declared)) or "none"
        message = "no cartridge of the assembly declares this extension point"
        misfits.append(
            Misfit(cartridge, extension.point, message, extension, unknown=True, note=f"; known: {known}")
        )
    return misfits


def _misfit(extension: Extension, point: ExtensionPoint) -> str:
    if not _takes(extension.call, point.parameters):
        return f"must take the parameters ({', '.join(point.parameters)}), in this order"
    if extension.is_async != point.is_async:
        return f"must be {'an async function' if point.is_async else 'a plain function, not an async one'}"
    return ""


def _takes(call: Callable[..., Any], expected: tuple[str, ...]) -> bool:
    """Whether the callable takes these arguments by position; names may differ, but not change places."""
    try:
        signature = inspect.signature(call)
        signature.bind(*expected)
    except (TypeError, ValueError):
        return False
    own = tuple(signature.parameters)
    return all(name not in expected or expected.index(name) == at for at, name in enumerate(own))


def _type_name(annotation: object) -> str:
    if annotation is None or annotation is type(None):
        return "None"
    if get_origin(annotation) is Annotated:
        return _type_name(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return " | ".join(map(_type_name, get_args(annotation)))
    return annotation.__name__ if inspect.isclass(annotation) else str(annotation)

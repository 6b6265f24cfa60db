"""The cartridges of a running system, and the calls of their hooks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pluggy

from iomconnector.cartridges.extensions import Extension, ExtensionPoint, Extensions
from iomconnector.cartridges.implementations import Implementation, hook_arguments
from iomconnector.cartridges.importing import CartridgeProblem, ImportedCartridge
from iomconnector.errors import ConnectorError
from iomconnector.suggestion import suggestion

_Item = TypeVar("_Item")


class HookError(ConnectorError):
    """Hooks of cartridges failed or returned something else than a list; every such cartridge is named."""

    code = "cartridge.hook_failed"


@dataclass(frozen=True, slots=True)
class SkippedCartridge:
    """A cartridge of the assembly that was left out because it is broken.

    Arguments:
        name: Its name.
        problems: What is wrong with it.
    """

    name: str
    problems: tuple[CartridgeProblem, ...]

    @property
    def reason(self) -> str:
        """What is wrong with it, one problem to a line, each with file and line."""
        return "\n".join(problem.told for problem in self.problems)


@dataclass(frozen=True, slots=True)
class HookFailure:
    """An implementation that raised, or returned something else than a list.

    Arguments:
        implementation: The implementation.
        said: What happened, a sentence without its subject.
        cause: What it raised; None where it raised nothing.
    """

    implementation: Implementation
    said: str
    cause: Exception | None = None


class LoadedCartridges:
    """The cartridges of a running system, in load order.

    Arguments:
        in_order: The cartridges as the assembly orders them.
        manager: The plugin manager on which all of them are registered.
        implementations: Their hook implementations, in the same order.
        skipped: Cartridges of the assembly that were left out because they are broken.
    """

    def __init__(
        self,
        in_order: Sequence[ImportedCartridge],
        manager: pluggy.PluginManager,
        implementations: Sequence[Implementation],
        skipped: Sequence[SkippedCartridge] = (),
    ) -> None:
        self.in_order = tuple(in_order)
        self.manager = manager
        self.skipped = tuple(skipped)
        self._hooks = hook_arguments(manager)
        self._implementations = tuple(implementations)
        self._by_hook = {
            hook: tuple(item for item in self._implementations if item.hook == hook) for hook in self._hooks
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the cartridges, in load order."""
        return tuple(cartridge.name for cartridge in self.in_order)

    @property
    def hook_names(self) -> tuple[str, ...]:
        """Every hook of the framework, by name."""
        return tuple(self._hooks)

    def arguments(self, hook_name: str) -> tuple[str, ...]:
        """What a hook is called with."""
        return self._hooks[hook_name]

    def without(self, skipped: Iterable[SkippedCartridge]) -> "LoadedCartridges":
        """The same cartridges, knowing of others that were left out."""
        return LoadedCartridges(self.in_order, self.manager, self._implementations, tuple(skipped))

    def implementations(self, hook_name: str) -> tuple[Implementation, ...]:
        """Who implements a hook, in load order.

        Raises:
            HookError: There is no such hook.
        """
        if hook_name not in self._by_hook:
            raise HookError(f"There is no hook {hook_name}.", hint=suggestion(hook_name, self._hooks))
        return self._by_hook[hook_name]

    def offered(
        self, hook_name: str, **kwargs: object
    ) -> tuple[list[tuple[Implementation, Any]], list[HookFailure]]:
        """Call a hook of every cartridge in load order; failures are told, not raised.

        Arguments:
            hook_name: The name of the hook.
            kwargs: Exactly the arguments of the hook.

        Returns:
            Each returned item with the implementation that offers it, and every failure.

        Raises:
            HookError: There is no such hook, or the arguments are not its own.
        """
        implementations = self.implementations(hook_name)
        expected = self._hooks[hook_name]
        if kwargs.keys() != {*expected}:
            raise HookError(f"{hook_name} is called with ({', '.join(expected)}), not ({', '.join(kwargs)}).")
        gathered: list[tuple[Implementation, Any]] = []
        failures: list[HookFailure] = []
        for implementation in implementations:
            try:
                offer = implementation.function(**{name: kwargs[name] for name in implementation.arguments})
            except Exception as error:
                said = f"{type(error).__name__}: {error}".rstrip(".") + "."
                failures.append(HookFailure(implementation, said, error))
                continue
            if type(offer) is list or (isinstance(offer, Sequence) and not isinstance(offer, str | bytes)):
                gathered.extend((implementation, item) for item in offer)
            else:
                failures.append(
                    HookFailure(implementation, f"must return a list, not {type(offer).__name__}.")
                )
        return gathered, failures

    def collect(self, hook_name: str, **kwargs: object) -> list[tuple[str, Any]]:
        """Call a hook of every cartridge in load order and gather what they return.

        Arguments:
            hook_name: The name of the hook.
            kwargs: Exactly the arguments of the hook.

        Returns:
            Each returned item with the name of the cartridge that offers it.

        Raises:
            HookError: There is no such hook, the arguments are not its own, or implementations failed. All
                cartridges are called before it is raised, and every failure is named.
        """
        gathered, failures = self.offered(hook_name, **kwargs)
        if failures:
            raise _hook_error(failures) from next((each.cause for each in failures if each.cause), None)
        return [(implementation.cartridge, item) for implementation, item in gathered]

    def extensions(self) -> Extensions:
        """The extension points that the cartridges declare, with everything that is bound to them.

        Raises:
            HookError: A hook failed or returned something else than points and extensions.
            ExtensionError: A binding does not fit, or a point is declared twice.
        """
        return Extensions(
            self._collect_only(ExtensionPoint, "iomconnector_extension_points"),
            self._collect_only(Extension, "iomconnector_extensions"),
        )

    def _collect_only(self, kind: type[_Item], hook_name: str) -> list[tuple[str, _Item]]:
        items = self.collect(hook_name)
        wrong = [
            f"{cartridge}: {hook_name}: offers {type(item).__name__}, not {kind.__name__}."
            for cartridge, item in items
            if not isinstance(item, kind)
        ]
        if wrong:
            raise HookError("\n".join(wrong))
        return items


def _hook_error(failures: Sequence[HookFailure]) -> HookError:
    places = [each.implementation for each in failures]
    lines = [
        f"{at.cartridge}: {at.hook}: {each.said} Defined at {at.file}:{at.line}."
        for at, each in zip(places, failures, strict=True)
    ]
    return HookError("\n".join(lines), cartridges=", ".join(at.cartridge for at in places))

"""Loading the cartridges of an assembly: only those that it names, in its order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import pluggy

from iomconnector import hooks
from iomconnector.cartridges.discovery import InstalledCartridge, installed_cartridges
from iomconnector.cartridges.extensions import Extension, ExtensionPoint, Extensions
from iomconnector.cartridges.implementations import Implementation, hook_arguments, implementations_of
from iomconnector.cartridges.importing import (
    CartridgeLoadError,
    CartridgeProblem,
    ImportedCartridge,
    import_cartridge,
)
from iomconnector.cartridges.suggestion import suggestion
from iomconnector.errors import ConnectorError

_Item = TypeVar("_Item")


class HookError(ConnectorError):
    """Hooks of cartridges failed or returned something else than a list; every such cartridge is named."""

    code = "cartridge.hook_failed"


class LoadedCartridges:
    """The cartridges of a running system, in load order.

    Arguments:
        in_order: The cartridges as the assembly orders them.
        manager: The plugin manager on which all of them are registered.
        implementations: Their hook implementations, in the same order.
    """

    def __init__(
        self,
        in_order: Sequence[ImportedCartridge],
        manager: pluggy.PluginManager,
        implementations: Sequence[Implementation],
    ) -> None:
        self.in_order = tuple(in_order)
        self.manager = manager
        self._hooks = hook_arguments(manager)
        self._implementations = tuple(implementations)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the cartridges, in load order."""
        return tuple(cartridge.name for cartridge in self.in_order)

    @property
    def hook_names(self) -> tuple[str, ...]:
        """Every hook of the framework, by name."""
        return tuple(self._hooks)

    def implementations(self, hook_name: str) -> tuple[Implementation, ...]:
        """Who implements a hook, in load order.

        Raises:
            HookError: There is no such hook.
        """
        if hook_name not in self._hooks:
            raise HookError(f"There is no hook {hook_name}.", hint=suggestion(hook_name, self._hooks))
        return tuple(item for item in self._implementations if item.hook == hook_name)

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
        implementations = self.implementations(hook_name)
        expected = self._hooks[hook_name]
        if set(kwargs) != set(expected):
            raise HookError(f"{hook_name} is called with ({', '.join(expected)}), not ({', '.join(kwargs)}).")
        gathered: list[tuple[str, Any]] = []
        failures: list[tuple[Implementation, str, Exception | None]] = []
        for implementation in implementations:
            try:
                offered = implementation.function(**{name: kwargs[name] for name in implementation.arguments})
            except Exception as error:
                said = f"{type(error).__name__}: {error}".rstrip(".") + "."
                failures.append((implementation, said, error))
                continue
            if isinstance(offered, Sequence) and not isinstance(offered, str | bytes):
                gathered.extend((implementation.cartridge, item) for item in offered)
            else:
                failures.append((implementation, f"must return a list, not {type(offered).__name__}.", None))
        if failures:
            raise _hook_error(failures) from next((cause for _, _, cause in failures if cause), None)
        return gathered

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


def load_cartridges(
    names: Iterable[str], installed: Mapping[str, InstalledCartridge] | None = None
) -> LoadedCartridges:
    """Import cartridges in the given order and register their hooks; no other cartridge is imported.

    Arguments:
        names: The cartridges in load order; the first position of a name counts.
        installed: The installed cartridges; found by :func:`installed_cartridges` where omitted.

    Raises:
        CartridgeLoadError: A cartridge is not installed or cannot be imported, or implements hooks that do
            not exist or take other arguments. Every such case of every cartridge is named with file and line.
    """
    known = installed_cartridges() if installed is None else installed
    imported, problems = _import_all(dict.fromkeys(names), known)
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    implementations: list[Implementation] = []
    for cartridge in imported:
        sound, unsound = implementations_of(cartridge, manager)
        implementations += sound
        problems += unsound
    if problems:
        raise CartridgeLoadError(tuple(problems))
    for cartridge in imported:
        manager.register(cartridge.module, cartridge.name)
    manager.check_pending()
    return LoadedCartridges(imported, manager, implementations)


def _import_all(
    names: Iterable[str], known: Mapping[str, InstalledCartridge]
) -> tuple[list[ImportedCartridge], list[CartridgeProblem]]:
    imported: list[ImportedCartridge] = []
    problems: list[CartridgeProblem] = []
    owners: dict[str, str] = {}
    for name in names:
        if name not in known:
            mend = suggestion(name, known) or "Install the distribution that offers it."
            problems.append(CartridgeProblem(name, "is not installed.", mend))
            continue
        owner = owners.setdefault(known[name].module, name)
        if owner != name:
            message = f"has the same module as {owner}, {known[name].module}."
            problems.append(CartridgeProblem(name, message, "Give each cartridge a module of its own."))
            continue
        try:
            imported.append(import_cartridge(known[name]))
        except CartridgeLoadError as error:
            problems += error.problems
    return imported, problems


def _hook_error(failures: Sequence[tuple[Implementation, str, Exception | None]]) -> HookError:
    lines = [f"{at.cartridge}: {at.hook}: {said} Defined at {at.file}:{at.line}." for at, said, _ in failures]
    return HookError("\n".join(lines), cartridges=", ".join(at.cartridge for at, _, _ in failures))

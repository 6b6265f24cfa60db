"""What cartridges offer through their hooks: everything that is wrong with it, before any of it is used."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from iomconnector.cartridges.extensions import Extension, ExtensionPoint, Misfit, find_misfits
from iomconnector.cartridges.implementations import Implementation
from iomconnector.cartridges.importing import CartridgeLoadError, CartridgeProblem
from iomconnector.cartridges.loaded import HookFailure, LoadedCartridges

MEND: Final = "Mend the cartridge or take it out of the assembly."
EXCLUDE: Final = "Rename one of them, or take one of the cartridges out of the assembly."


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a hook offers.

    Arguments:
        hook: The name of the hook.
        type: The class of what it offers.
        noun: What people call it, with its article.
        attribute: Where it keeps its name.
        per_cartridge: Whether two cartridges may use one name.
    """

    hook: str
    type: str
    noun: str
    attribute: str = "name"
    per_cartridge: bool = False


_COMMANDS: Final = _Kind("iomconnector_commands", "Command", "a command")
_KINDS: Final = (
    _Kind("iomconnector_service_definitions", "ServiceDefinition", "a service definition", "id"),
    _Kind("iomconnector_extension_points", "ExtensionPoint", "an extension point"),
    _COMMANDS,
    _Kind("iomconnector_cartridge_templates", "CartridgeTemplate", "a cartridge template"),
    _Kind("iomconnector_preparers", "Preparer", "a preparer", per_cartridge=True),
)


@dataclass(frozen=True, slots=True)
class OfferProblem(CartridgeProblem):
    """Something wrong with what a cartridge offers.

    Arguments:
        unknown_point: The extension point to which the cartridge binds although nobody declares it.
    """

    unknown_point: str = ""


def find_offer_problems(
    loaded: LoadedCartridges, core_commands: Mapping[str, object] | None = None
) -> list[OfferProblem]:
    """Call the hooks that need no running system and find everything that is wrong with what they offer.

    These are hooks that raise or return something else than a list, items of the wrong type, two definitions
    of one name, and extensions that do not fit their points. Of two definitions of one name the later one in
    load order is at fault; both places are named.

    Arguments:
        loaded: The cartridges.
        core_commands: The names of the commands that the core has.
    """
    problems: list[OfferProblem] = []
    for kind in _KINDS:
        problems += _problems_of(kind, loaded, core_commands or {})
    problems += _extension_problems(loaded)
    order = {name: at for at, name in enumerate(loaded.names)}
    return sorted(problems, key=lambda each: order[each.cartridge])


def find_command_problems(
    loaded: LoadedCartridges, core_commands: Mapping[str, object]
) -> list[OfferProblem]:
    """What is wrong with the commands alone, found without calling any other hook."""
    return [*_problems_of(_COMMANDS, loaded, core_commands)]


def require_sound_offers(loaded: LoadedCartridges) -> None:
    """Refuse cartridges whose offers cannot be used.

    Raises:
        CartridgeLoadError: There are some; every problem is named with cartridge, file and line.
    """
    problems = find_offer_problems(loaded)
    if problems:
        raise CartridgeLoadError(tuple(problems))


def _problems_of(
    kind: _Kind, loaded: LoadedCartridges, core_commands: Mapping[str, object]
) -> Iterator[OfferProblem]:
    items, failures = loaded.offered(kind.hook)
    yield from map(_failed, failures)
    first: dict[tuple[str, str], Implementation] = {}
    for by, item in items:
        name = getattr(item, kind.attribute, None)
        if not _is_a(item, kind.type) or not isinstance(name, str):
            yield _wrong_type(by, item, kind.type)
            continue
        if kind.type == "Command" and name in core_commands:
            yield _problem(by, f"offers a command {name!r}, but the core has one of that name.", EXCLUDE)
            continue
        key = (by.cartridge if kind.per_cartridge else "", name)
        earlier = first.setdefault(key, by)
        if earlier is not by:
            yield _twice(kind, name, by, earlier)
    yield from _twice_in_one(kind, items)


def _twice_in_one(kind: _Kind, items: list[tuple[Implementation, Any]]) -> Iterator[OfferProblem]:
    counted = Counter((by, getattr(item, kind.attribute, None)) for by, item in items)
    for (by, name), times in counted.items():
        if times > 1 and isinstance(name, str):
            yield _problem(by, f"offers {kind.noun} {name!r} {times} times.", "Give each a name of its own.")


def _twice(kind: _Kind, name: str, by: Implementation, earlier: Implementation) -> OfferProblem:
    message = (
        f"offers {kind.noun} {name!r}, but {earlier.cartridge} has one of that name: "
        f"{earlier.file}:{earlier.line}."
    )
    return _problem(by, message, EXCLUDE)


def _extension_problems(loaded: LoadedCartridges) -> Iterator[OfferProblem]:
    points, _ = loaded.offered("iomconnector_extension_points")
    items, failures = loaded.offered("iomconnector_extensions")
    yield from map(_failed, failures)
    bindings: list[tuple[str, Extension]] = []
    hooks = {by.cartridge: by for by, _ in items}
    for by, item in items:
        if isinstance(item, Extension):
            bindings.append((by.cartridge, item))
        else:
            yield _wrong_type(by, item, "Extension")
    declared = {
        item.name: (by.cartridge, item) for by, item in reversed(points) if isinstance(item, ExtensionPoint)
    }
    for misfit in find_misfits(tuple(declared.values()), bindings):
        yield _misfit_problem(misfit, hooks[misfit.cartridge])


def _misfit_problem(misfit: Misfit, hook: Implementation) -> OfferProblem:
    file, _, line = (misfit.extension.location if misfit.extension else "").rpartition(":")
    return OfferProblem(
        misfit.cartridge,
        f"{misfit.point}: {misfit.message}{misfit.note}.",
        MEND,
        file or hook.file,
        int(line or hook.line),
        unknown_point=misfit.point if misfit.unknown else "",
    )


def _failed(failure: HookFailure) -> OfferProblem:
    return _problem(failure.implementation, f"{failure.implementation.hook}: {failure.said}", MEND)


def _wrong_type(by: Implementation, item: object, wanted: str) -> OfferProblem:
    return _problem(by, f"{by.hook}: offers {type(item).__name__}, not {wanted}.", MEND)


def _problem(by: Implementation, message: str, mend: str) -> OfferProblem:
    return OfferProblem(by.cartridge, message, mend, by.file, by.line)


def _is_a(item: object, type_name: str) -> bool:
    """Whether it is of a class of that name; the class need not be imported to ask."""
    return any(kind.__name__ == type_name for kind in type(item).__mro__)

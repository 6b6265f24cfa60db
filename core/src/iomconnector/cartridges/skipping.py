"""Running without broken cartridges, where nothing depends on them."""

from collections.abc import Iterable, Mapping, Sequence

from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge, installed_cartridges
from iomconnector.cartridges.importing import CartridgeLoadError, CartridgeProblem, import_cartridge
from iomconnector.cartridges.loaded import LoadedCartridges, SkippedCartridge
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.cartridges.offers import OfferProblem, find_offer_problems


def style_unless_broken(installed: InstalledCartridge) -> CartridgeStyle:
    """The style of a cartridge, for resolving an assembly with broken cartridges in it.

    Raises:
        CartridgeLoadError: It cannot be imported; the error names no problem, since it may be left out.
    """
    try:
        return import_cartridge(installed).descriptor.style
    except CartridgeLoadError:
        raise CartridgeLoadError(()) from None


def load_unbroken_cartridges(
    names: Iterable[str],
    installed: Mapping[str, InstalledCartridge] | None = None,
    core_commands: Mapping[str, object] | None = None,
) -> LoadedCartridges:
    """Load cartridges, leaving out those that are broken and on which none of the others depends.

    Broken is what cannot be imported, has a wrong signature, or offers what :func:`find_offer_problems`
    finds. A sound cartridge depends on a broken one where its distribution requires it, directly or through
    others, and where it binds to an extension point that nobody declares any more. Because the points of a
    cartridge that cannot be imported are unknown, every binding to a point that nobody declares counts then.

    Arguments:
        names: The cartridges in load order.
        installed: The installed cartridges; found where omitted.
        core_commands: The names of the commands that the core has.

    Returns:
        The others, which know what was skipped and why.

    Raises:
        CartridgeLoadError: A cartridge is not installed, or a sound one depends on a broken one; it names
            every problem and every chain.
    """
    known = installed_cartridges() if installed is None else installed
    wanted = tuple(dict.fromkeys(names))
    broken: dict[str, list[CartridgeProblem]] = {}
    declared = _Declared()
    while True:
        loaded, problems = _attempt([name for name in wanted if name not in broken], known, core_commands)
        if loaded is not None:
            declared.learn(loaded)
        if loaded is not None and not problems:
            break
        _refuse_uninstalled(problems, known)
        own = [problem for problem in problems if not _unbound(problem)]
        if not own:
            chains = [*declared.chains(problems, broken)]
            if chains:
                raise CartridgeLoadError((*_all(broken, wanted), *chains))
        for problem in own or problems:
            broken.setdefault(problem.cartridge, []).append(problem)
    chains = [*_chains(wanted, known, broken)]
    if chains:
        raise CartridgeLoadError((*_all(broken, wanted), *chains))
    return loaded.without(SkippedCartridge(name, tuple(broken[name])) for name in wanted if name in broken)


def _unbound(problem: CartridgeProblem) -> str:
    """The extension point that nobody declares, where that is the problem."""
    return problem.unknown_point if isinstance(problem, OfferProblem) else ""


def _attempt(
    names: Sequence[str],
    known: Mapping[str, InstalledCartridge],
    core_commands: Mapping[str, object] | None,
) -> tuple[LoadedCartridges | None, Sequence[CartridgeProblem]]:
    try:
        loaded = load_cartridges(names, known)
    except CartridgeLoadError as error:
        return None, error.problems
    return loaded, find_offer_problems(loaded, core_commands)


def _refuse_uninstalled(
    problems: Sequence[CartridgeProblem], known: Mapping[str, InstalledCartridge]
) -> None:
    missing = tuple(problem for problem in problems if problem.cartridge not in known)
    if missing:
        raise CartridgeLoadError(missing)


class _Declared:
    """Who declares which extension point, as far as cartridges could tell before they were left out."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._told: set[str] = set()

    def learn(self, loaded: LoadedCartridges) -> None:
        """Note the points that these cartridges declare."""
        offered, failures = loaded.offered("iomconnector_extension_points")
        for by, item in offered:
            self._owners.setdefault(str(getattr(item, "name", "")), by.cartridge)
        self._told |= {*loaded.names} - {failure.implementation.cartridge for failure in failures}

    def chains(
        self, unbound: Iterable[CartridgeProblem], broken: Mapping[str, object]
    ) -> Iterable[CartridgeProblem]:
        """Bindings to points that a broken cartridge declares, or may declare."""
        for problem in unbound:
            point = _unbound(problem)
            owner = self._owners.get(point)
            for name in [owner] if owner else [each for each in broken if each not in self._told]:
                yield CartridgeProblem(
                    name,
                    f"cannot be left out: {problem.cartridge} binds to {point}, "
                    f"which {name} {'declares' if owner else 'may declare'}.",
                    f"Mend {name}, or take {problem.cartridge} out of the assembly too.",
                    problem.file,
                    problem.line,
                )


def _chains(
    wanted: Sequence[str],
    known: Mapping[str, InstalledCartridge],
    broken: Mapping[str, Sequence[CartridgeProblem]],
) -> Iterable[CartridgeProblem]:
    """The longest ways from sound cartridges down to a broken one."""
    below: dict[str, tuple[str, ...]] = {name: (name,) for name in broken}
    grown = True
    while grown:
        grown = False
        for name in wanted:
            needed = next((each for each in known[name].requires if each in below), None)
            if name not in below and needed is not None:
                below[name] = (name, *below[needed])
                grown = True
    inner = {step for way in below.values() for step in way[1:]}
    for name in wanted:
        if name in below and name not in broken and name not in inner:
            *dependants, culprit = (each for each in below[name])
            yield CartridgeProblem(
                culprit,
                f"cannot be left out: {' needs '.join(below[name])}.",
                f"Mend {culprit}, or take {' and '.join(dependants)} out of the assembly too.",
            )


def _all(
    broken: Mapping[str, Sequence[CartridgeProblem]], wanted: Sequence[str]
) -> Iterable[CartridgeProblem]:
    return (problem for name in wanted for problem in broken.get(name, ()))

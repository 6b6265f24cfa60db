"""What holds for every assembly, however it is written."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import assume, event, given
from hypothesis import strategies as st

from iomconnector.assemblies.file import ENVIRONMENTS, RUNNING
from iomconnector.assemblies.findings import errors_in
from iomconnector.assemblies.resolution import Assembly, Examination, examine, resolve
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge

NAMES = ("a", "b", "c", "d", "e", "f")

Scope = tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """One assembly file, described."""

    includes: tuple[tuple[tuple[str, ...], Scope | None], ...]
    order: tuple[str, ...] | None
    exclude: tuple[str, ...]
    database: tuple[str, ...]

    def toml(self, number: int) -> str:
        lines = ["[assembly]", f'name = "level{number}"']
        if number:
            lines.append(f'extends = "level{number - 1}"')
        if self.order is not None:
            lines.append(f"order = {list(self.order)}")
        for cartridges, scope in self.includes:
            lines += ["[[include]]", f"cartridges = {list(cartridges)}"]
            lines += [f"in = {list(scope)}"] if scope is not None else []
        lines += ["[exclude]", f"cartridges = {list(self.exclude)}"]
        lines += ["[database]", f"init = {list(self.database)}"]
        return "\n".join(lines) + "\n"

    def sequence(self) -> list[str]:
        written = [name for cartridges, _ in self.includes for name in cartridges]
        ordered = [name for name in self.order or () if name in written]
        return [*ordered, *written]


@dataclass(frozen=True)
class World:
    """Files that extend each other, and the cartridges that are installed."""

    levels: tuple[Level, ...]
    requires: Mapping[str, tuple[str, ...]]
    styles: Mapping[str, CartridgeStyle]

    def installed(self) -> dict[str, InstalledCartridge]:
        return {
            name: InstalledCartridge(name, f"{name}.cartridge", name, "1.0", self.requires.get(name, ()))
            for name in self.styles
        }

    def style(self, cartridge: InstalledCartridge) -> CartridgeStyle:
        return self.styles[cartridge.name]

    def write(self, folder: str) -> str:
        for number, level in enumerate(self.levels):
            (Path(folder) / f"level{number}.toml").write_text(level.toml(number))
        return str(Path(folder) / f"level{len(self.levels) - 1}.toml")

    def examine(self, *environments: str) -> Examination:
        with tempfile.TemporaryDirectory() as folder:
            return examine(
                self.write(folder), environments, self.installed(), read_style=self.style, environ={}
            )

    def resolve(self, environment: str) -> Assembly:
        with tempfile.TemporaryDirectory() as folder:
            path = self.write(folder)
            return resolve(path, environment, self.installed(), read_style=self.style, environ={})

    def pairs(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        """Each of the names with each other cartridge that it requires."""
        return [(name, needed) for name in names for needed in self.requires.get(name, ()) if needed != name]

    def resolvable(self, environment: str) -> bool:
        return not errors_in(self.examine(environment).findings)


def unique(names: tuple[str, ...] = NAMES, max_size: int = 4) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), unique=True, max_size=max_size).map(tuple)


SCOPES = st.one_of(
    st.none(),
    st.lists(st.sampled_from(ENVIRONMENTS), min_size=1, unique=True).map(lambda scope: tuple(scope)),
)
LEVELS = st.builds(
    Level,
    includes=st.lists(st.tuples(unique(), SCOPES), max_size=3).map(tuple),
    order=st.one_of(st.none(), unique()),
    exclude=unique(max_size=1),
    database=unique(max_size=2),
)
WORLDS = st.builds(
    World,
    levels=st.lists(LEVELS, min_size=1, max_size=3).map(tuple),
    requires=st.dictionaries(st.sampled_from(NAMES), unique(max_size=2), max_size=3),
    styles=st.fixed_dictionaries(
        {name: st.sampled_from([CartridgeStyle.CARTRIDGE, *CartridgeStyle]) for name in NAMES}
    ),
)


@st.composite
def sound_worlds(draw: st.DrawFn) -> World:
    """Worlds that resolve: all dependencies stand before their dependants, no style is special."""
    names = draw(st.permutations(NAMES))
    cuts = sorted(draw(st.lists(st.integers(0, len(names)), min_size=1, max_size=3)))
    bounds = list(zip([0, *cuts], [*cuts, len(names)], strict=True))
    levels = tuple(
        Level((((*names[:start], *names[start:stop]), None),), None, (), ()) for start, stop in bounds
    )
    requires = {
        name: tuple(draw(st.lists(st.sampled_from(names[:at]), unique=True, max_size=3)))
        for at, name in enumerate(names)
        if at
    }
    return World(levels, requires, dict.fromkeys(NAMES, CartridgeStyle.CARTRIDGE))


USUAL_SCOPES: dict[CartridgeStyle, Scope | None] = {
    CartridgeStyle.CARTRIDGE: None,
    CartridgeStyle.TEST: ("test",),
    CartridgeStyle.DEVELOPMENT: ("development", "test"),
    CartridgeStyle.INIT: ("init",),
}


@st.composite
def styled_worlds(draw: st.DrawFn) -> World:
    """Worlds of one file in which almost every cartridge is where its style belongs."""
    sound = draw(sound_worlds())
    names = list(dict.fromkeys(name for level in sound.levels for name in level.sequence()))
    styles = {name: draw(st.sampled_from([CartridgeStyle.CARTRIDGE, *CartridgeStyle])) for name in names}
    scopes = [USUAL_SCOPES[styles[name]] for name in names]
    if draw(st.booleans()):
        scopes[draw(st.integers(0, len(names) - 1))] = draw(SCOPES)
    includes = tuple(((name,), scope) for name, scope in zip(names, scopes, strict=True))
    content = tuple(name for name in names if styles[name] is CartridgeStyle.INIT)
    requires = {
        name: tuple(draw(st.lists(st.sampled_from(names[:at] or [name]), max_size=1)))
        for at, name in enumerate(names)
    }
    return World((Level(includes, None, (), content),), requires, styles)


@given(st.one_of(WORLDS, sound_worlds(), styled_worlds()), st.sampled_from(ENVIRONMENTS))
def test_dependencies_stand_before_their_dependants_or_the_assembly_is_refused(
    world: World, environment: str
) -> None:
    resolvable = world.resolvable(environment)
    event("resolvable" if resolvable else "refused")
    assume(resolvable)
    assembly = world.resolve(environment)
    for loaded in (assembly.cartridges, assembly.preparation):
        for name, needed in world.pairs(loaded):
            assert needed not in loaded or loaded.index(needed) < loaded.index(name)
    for _, needed in world.pairs(assembly.preparation):
        assert needed in assembly.preparation
    if environment in RUNNING:
        for _, needed in world.pairs(assembly.cartridges):
            assert needed in assembly.cartridges or world.styles[needed] is CartridgeStyle.INIT


@given(styled_worlds())
def test_nothing_of_production_is_or_needs_a_test_or_development_cartridge(world: World) -> None:
    assume(world.resolvable("production"))
    assembly = world.resolve("production")
    forbidden = {CartridgeStyle.TEST, CartridgeStyle.DEVELOPMENT}
    for name in {*assembly.cartridges, *assembly.database}:
        reach = {name, *world.requires.get(name, ())}
        assert not forbidden & {world.styles[each] for each in reach}


@given(styled_worlds())
def test_init_cartridges_never_run(world: World) -> None:
    for environment in RUNNING:
        if world.resolvable(environment):
            running = world.resolve(environment).cartridges
            assert CartridgeStyle.INIT not in {world.styles[name] for name in running}


@given(st.one_of(WORLDS, sound_worlds()), st.sampled_from(ENVIRONMENTS))
def test_resolution_is_stable(world: World, environment: str) -> None:
    first, second = world.examine(environment), world.examine(environment)
    assert [(each.line, each.message) for each in first.findings] == [
        (each.line, each.message) for each in second.findings
    ]
    assert first.composition.order == second.composition.order
    if not errors_in(first.findings):
        one, other = world.resolve(environment), world.resolve(environment)
        assert (one.cartridges, one.database, one.preparation) == (
            other.cartridges,
            other.database,
            other.preparation,
        )


@given(WORLDS)
def test_the_filter_by_environment_never_reorders(world: World) -> None:
    composition = world.examine().composition
    for environment in ENVIRONMENTS:
        kept = composition.in_environment(environment)
        assert list(kept) == [name for name in composition.order if name in kept]
        prepared = composition.database_in(environment)
        assert list(prepared) == [name for name in composition.order if name in prepared]
    everywhere = {name for each in ENVIRONMENTS for name in composition.in_environment(each)}
    assert everywhere == set(composition.included)


@given(WORLDS)
def test_the_first_position_wins(world: World) -> None:
    expected: list[str] = []
    for level in world.levels:
        expected += [name for name in dict.fromkeys(level.sequence()) if name not in expected]
        expected = [name for name in expected if name not in level.exclude]
    assert list(world.examine().composition.included) == expected


@given(sound_worlds(), st.data())
def test_an_exclude_never_leaves_a_missing_dependency_unreported(world: World, data: st.DataObject) -> None:
    assert world.resolvable("production")
    excluded = data.draw(unique(max_size=3))
    cut = World(
        (*world.levels, Level((), None, excluded, ())),
        world.requires,
        world.styles,
    )
    remaining = [name for name in NAMES if name not in excluded]
    broken = {
        (name, needed) for name in remaining for needed in world.requires.get(name, ()) if needed in excluded
    }
    messages = {finding.message for finding in cut.examine("production").findings}
    event(f"{len(broken)} dependencies broken")
    if remaining:
        assert messages == {f'"{needed}" is excluded, but "{name}" needs it.' for name, needed in broken}
    else:
        assert messages == {"The assembly has no cartridges."}


@given(st.one_of(WORLDS, styled_worlds()))
def test_every_cartridge_says_where_it_is_from(world: World) -> None:
    for environment in ENVIRONMENTS:
        if world.resolvable(environment):
            assembly = world.resolve(environment)
            for name in {*assembly.cartridges, *assembly.database, *assembly.preparation}:
                assert assembly.why[name]
                assert all(
                    origin.line >= 1 and origin.file in assembly.files for origin in assembly.why[name]
                )

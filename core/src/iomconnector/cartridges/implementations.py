"""The hook implementations in a cartridge's module: finding them and refusing the wrong ones."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pluggy

from iomconnector.cartridges.importing import CartridgeProblem, ImportedCartridge
from iomconnector.hooks import PROJECT
from iomconnector.suggestion import suggestion

_CALLED_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_ORDERING = ("tryfirst", "trylast")
_WRAPPING = ("wrapper", "hookwrapper")


@dataclass(frozen=True, slots=True)
class Implementation:
    """A hook as one cartridge implements it.

    Arguments:
        cartridge: The name of the cartridge.
        hook: The name of the hook.
        function: What is called.
        arguments: The arguments of the hook that the function takes.
    """

    cartridge: str
    hook: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]

    @property
    def file(self) -> str:
        """The file in which the function is defined."""
        return _place(self.function)[0]

    @property
    def line(self) -> int:
        """The line of the definition, from 1."""
        return _place(self.function)[1]


def hook_arguments(manager: pluggy.PluginManager) -> dict[str, tuple[str, ...]]:
    """The arguments of every hook that the manager specifies, by the name of the hook."""
    callers = ((name, getattr(manager.hook, name)) for name in sorted(vars(manager.hook)))
    return {
        name: tuple(caller.spec.argnames)
        for name, caller in callers
        if isinstance(caller, pluggy.HookCaller) and caller.spec is not None
    }


def implementations_of(
    cartridge: ImportedCartridge, manager: pluggy.PluginManager
) -> tuple[list[Implementation], list[CartridgeProblem]]:
    """The sound hook implementations of a cartridge, and what is wrong with the others."""
    hooks = hook_arguments(manager)
    sound: list[Implementation] = []
    problems: list[CartridgeProblem] = []
    for name, function in sorted(vars(cartridge.module).items()):
        if not inspect.isfunction(function):
            continue
        marks = manager.parse_hookimpl_opts(cartridge.module, name)
        if marks is None:
            sentences = list(_unmarked(name, function, cartridge))
            implementation = None
        else:
            hook = marks.get("specname") or name
            if hook not in hooks and marks.get("optionalhook"):
                continue
            sentences = list(_misfits(hook, function, hooks))
            sentences += _unsuitable_marks(hook, [mark for mark, value in marks.items() if value is True])
            taken = tuple(argument for argument in _parameters(function) if argument in hooks.get(hook, ()))
            implementation = Implementation(cartridge.name, hook, function, taken)
        file, line = _place(function)
        problems += [CartridgeProblem(cartridge.name, said, mend, file, line) for said, mend in sentences]
        if implementation is not None and not sentences:
            sound.append(implementation)
    return sound, problems


def _unmarked(
    name: str, function: Callable[..., Any], cartridge: ImportedCartridge
) -> Iterator[tuple[str, str]]:
    if name.startswith(f"{PROJECT}_") and function.__module__ == cartridge.module.__name__:
        yield f"{name} has the name of a hook but is not marked as one.", "Put @hookimpl above it."


def _misfits(
    hook: str, function: Callable[..., Any], hooks: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    if hook not in hooks:
        mend = suggestion(hook, hooks) or f"The hooks are {', '.join(hooks)}."
        yield f"there is no hook {hook}.", mend
        return
    expected = hooks[hook]
    allowed = f"{hook}({', '.join(expected)})"
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind not in _CALLED_BY_NAME:
            yield f"{hook} takes {parameter}, which a hook cannot.", f"Take what you need of {allowed}."
        elif parameter.name not in expected and parameter.default is inspect.Parameter.empty:
            yield (
                f"{hook} takes {parameter.name}, which this hook does not pass.",
                f"Take what you need of {allowed}.",
            )
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        yield f"{hook} must be a plain function that returns a list.", "Define it with def and return."


def _unsuitable_marks(hook: str, marks: list[str]) -> Iterator[tuple[str, str]]:
    for mark in marks:
        if mark in _ORDERING:
            yield f"{hook} is marked {mark}.", "Remove the mark; the assembly says the order."
        if mark in _WRAPPING:
            yield f"{hook} is marked {mark}.", "Remove the mark; a hook here cannot wrap others."


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _place(function: Callable[..., Any]) -> tuple[str, int]:
    code = inspect.unwrap(function).__code__
    return code.co_filename, code.co_firstlineno

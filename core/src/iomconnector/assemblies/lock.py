"""Locks: the distributions with which an assembly works, by version and hash, in a file beside it."""

import platform
import sysconfig
import tomllib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iomconnector.assemblies.distributions import digest, editable_source, required_distributions
from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.assemblies.findings import shown
from iomconnector.assemblies.resolution import Assembly
from iomconnector.errors import ConfigurationError

SUFFIX = ".lock"
FORMAT = 1
_HEAD = "# Written by `iomconnector assembly lock`, compared by `iomconnector assembly check --locked`.\n\n"


class LockError(ConfigurationError):
    """A lock is missing or cannot be read."""

    code = "assembly.lock"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class LockedEnvironment(_Table):
    """What loads in one environment, in load order."""

    cartridges: tuple[str, ...]
    database: tuple[str, ...]


class LockedDistribution(_Table):
    """One distribution.

    Arguments:
        name: Its name.
        version: Its version.
        hash: That of its files; empty where they are not recorded.
        editable: Whether it is installed from its source folder.
        environments: The environments that need it; ``in`` in the file.
    """

    name: str
    version: str
    hash: str = ""
    editable: bool = False
    environments: tuple[str, ...] = Field(alias="in")


class Lock(_Table):
    """An assembly with all that it loads.

    Arguments:
        format: The format of the file.
        assembly: The name of the assembly.
        python: The version of Python, two numbers.
        platform: The platform; wheels and markers depend on it.
        environments: What loads, by environment.
        distributions: The distributions, by name.
    """

    format: int = FORMAT
    assembly: str
    python: str
    platform: str
    environments: Mapping[str, LockedEnvironment]
    distributions: tuple[LockedDistribution, ...]

    @property
    def versions(self) -> dict[str, str]:
        """The versions by distribution."""
        return {each.name: each.version for each in self.distributions}


def lock_of(assemblies: Sequence[Assembly]) -> Lock:
    """Lock an assembly as it is installed now.

    Arguments:
        assemblies: The assembly, resolved for each environment to lock.

    Raises:
        MissingDistributionError: Something that is required is not installed.
    """
    used: dict[str, list[str]] = {}
    found: dict[str, LockedDistribution] = {}
    for assembly in assemblies:
        for key, installed in required_distributions(distributions_of(assembly)).items():
            used.setdefault(key, []).append(assembly.environment)
            if key not in found:
                found[key] = LockedDistribution(
                    name=key,
                    version=installed.version,
                    hash=digest(installed),
                    editable=editable_source(installed) is not None,
                    environments=(),
                )
    return Lock(
        assembly=assemblies[0].name,
        python=".".join(platform.python_version_tuple()[:2]),
        platform=sysconfig.get_platform(),
        environments={
            each.environment: LockedEnvironment(cartridges=each.cartridges, database=each.database)
            for each in assemblies
        },
        distributions=tuple(
            found[key].model_copy(update={"environments": tuple(used[key])}) for key in sorted(found)
        ),
    )


def distributions_of(assembly: Assembly) -> tuple[str, ...]:
    """The distributions of the cartridges that an environment loads, and that of the framework.

    The driver of PostgreSQL is among them where it is installed: whether it is used, a variable may say.
    """
    names = dict.fromkeys([*assembly.cartridges, *assembly.preparation])
    framework = "iomconnector[postgresql]" if find_spec("asyncpg") else "iomconnector"
    return (framework, *(assembly.installed[name].distribution for name in names))


def lock_file_of(assembly_file: Path) -> Path:
    """Where the lock of an assembly stands: beside its file."""
    return assembly_file.with_suffix(SUFFIX)


def lock_text(lock: Lock) -> str:
    """The lock as it stands in its file."""
    document: dict[str, Any] = {
        "format": lock.format,
        "assembly": lock.assembly,
        "python": lock.python,
        "platform": lock.platform,
        "environments": {
            name: lock.environments[name].model_dump(mode="json")
            for name in ENVIRONMENTS
            if name in lock.environments
        },
        "distributions": [
            each.model_dump(mode="json", by_alias=True, exclude_defaults=True) for each in lock.distributions
        ],
    }
    return _HEAD + tomli_w.dumps(document)


def read_lock(file: Path) -> Lock:
    """Read a lock.

    Raises:
        LockError: There is no such file, or it is no lock.
    """
    mend = "Write it anew with `iomconnector assembly lock`."
    try:
        return Lock.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise LockError(
            f"There is no lock {shown(file)}.", hint="`iomconnector assembly lock` writes it."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LockError(f"The lock {file} cannot be read: {error}.", hint=mend) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise LockError(f"The lock {file} is not well-formed: {place}: {first['msg']}.", hint=mend) from error

"""The distributions behind the cartridges of an assembly: which they are, and what their files hash to."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from iomconnector.errors import ConfigurationError

_BY_INSTALLERS = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json"}
)
_NOT_SOURCE = frozenset({"__pycache__", "build", "dist", "node_modules"})


class MissingDistributionError(ConfigurationError):
    """What an assembly requires is not installed."""

    code = "assembly.distribution_missing"


def required_distributions(names: Iterable[str]) -> dict[str, Distribution]:
    """Distributions and all that they require, step by step, by their normalized names, sorted.

    Markers are judged for this interpreter; extras count where a name or a requirement asks for them, as in
    ``iomconnector[postgresql]``.

    Raises:
        MissingDistributionError: Some are not installed; all of them are named.
    """
    found: dict[str, Distribution] = {}
    missing: dict[str, None] = {}
    seen: set[tuple[str, str]] = set()
    asked = map(Requirement, names)
    waiting = [(each.name, extra, "") for each in asked for extra in ("", *sorted(each.extras))]
    while waiting:
        name, extra, wanted_by = waiting.pop()
        key = canonicalize_name(name)
        if (key, extra) in seen:
            continue
        seen.add((key, extra))
        try:
            found.setdefault(key, distribution(name))
        except PackageNotFoundError:
            missing[f"{wanted_by} requires {name}" if wanted_by else name] = None
            continue
        for requirement in _requirements(found[key], extra):
            waiting += [
                (requirement.name, each, found[key].name) for each in ("", *sorted(requirement.extras))
            ]
    if missing:
        raise MissingDistributionError(
            f"Not installed: {', '.join(sorted(missing))}.", hint="Install what the cartridges require."
        )
    return dict(sorted(found.items()))


def editable_source(installed: Distribution) -> Path | None:
    """The folder of the project that is installed as editable; None where copies are installed."""
    text = installed.read_text("direct_url.json")
    direct = json.loads(text) if text else {}
    if not direct.get("dir_info", {}).get("editable"):
        return None
    return Path(url2pathname(urlparse(direct["url"]).path))


def digest(installed: Distribution) -> str:
    """The hash of a distribution's files, as ``sha256:...``; empty where nobody recorded which they are.

    It covers the path and the content of each file as it lies on the disk, so that a file changed after the
    installation shows. Left out is what differs between two installations of one wheel: compiled files, the
    notes of installers, and scripts, which name their interpreter. Of an editable distribution, whose RECORD
    names no source, it covers ``pyproject.toml`` and the files under ``src``, or under the whole project
    where it has no ``src``.
    """
    source = editable_source(installed)
    files = dict(_recorded(installed) if source is None else _source_files(source))
    if not files:
        return ""
    total = hashlib.sha256()
    for path, file in sorted(files.items()):
        total.update(f"{path} {_content(file)}\n".encode())
    return f"sha256:{total.hexdigest()}"


def _content(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return "missing"


def _recorded(installed: Distribution) -> Iterator[tuple[str, Path]]:
    for path in installed.files or ():
        if path.hash is not None and not _is_left_out(path):
            yield path.as_posix(), Path(str(path.locate()))


def _is_left_out(path: PackagePath) -> bool:
    return path.parts[0] == ".." or (path.parts[0].endswith(".dist-info") and path.name in _BY_INSTALLERS)


def _source_files(project: Path) -> Iterator[tuple[str, Path]]:
    source = project / "src"
    described = project / "pyproject.toml"
    if described.is_file():
        yield described.name, described
    for folder, folders, names in os.walk(source if source.is_dir() else project):
        folders[:] = [each for each in folders if _is_source(each)]
        for name in names:
            if _is_source(name) and not name.endswith(".pyc"):
                file = Path(folder, name)
                yield file.relative_to(project).as_posix(), file


def _is_source(name: str) -> bool:
    return not name.startswith(".") and name not in _NOT_SOURCE and not name.endswith(".egg-info")


def _requirements(installed: Distribution, extra: str) -> Iterator[Requirement]:
    for text in installed.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None:
            if not extra:
                yield requirement
        elif requirement.marker.evaluate({"extra": extra}):
            yield requirement

"""Cartridges written on the fly, to test how they are found, loaded and composed."""

import base64
import hashlib
import importlib
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType


class CartridgeSite:
    """A directory like ``site-packages`` with small cartridges in it.

    As a context manager it puts the directory first on ``sys.path``, and at the end takes it off again and
    forgets the modules that were imported from it::

        with CartridgeSite(tmp_path) as site:
            site.add("tax_rules", requires=["bc-order"])
            loaded = load_cartridges(["tax_rules"])

    Arguments:
        folder: The directory; made where it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packages: set[str] = set()

    def __enter__(self) -> "CartridgeSite":
        self.folder.mkdir(parents=True, exist_ok=True)
        sys.path.insert(0, str(self.folder))
        importlib.invalidate_caches()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.path.remove(str(self.folder))
        importlib.invalidate_caches()
        for module in [name for name in sys.modules if name.partition(".")[0] in self._packages]:
            del sys.modules[module]

    def add(
        self,
        name: str,
        body: str = "",
        *,
        style: str = "cartridge",
        requires: Iterable[str] = (),
        version: str = "1.0",
        distribution: str = "",
    ) -> Path:
        """Write a cartridge with a descriptor.

        Arguments:
            name: Its name, also that of its package.
            body: Python text below the descriptor, from line 5 on.
            style: A value of :class:`iomconnector.cartridges.descriptor.CartridgeStyle`.
            requires: The requirements of its distribution.
            version: The version of its distribution.
            distribution: The name of its distribution; the name with hyphens where omitted.

        Returns:
            The file of its ``cartridge`` module.
        """
        head = (
            "from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle\n"
            "from iomconnector.hooks import hookimpl\n\n"
            f'descriptor = CartridgeDescriptor("{name}", CartridgeStyle("{style}"))\n'
        )
        return self.add_module(
            name, head + body, requires=requires, version=version, distribution=distribution
        )

    def add_module(
        self,
        name: str,
        text: str,
        *,
        requires: Iterable[str] = (),
        version: str = "1.0",
        distribution: str = "",
        entry_point: str = "",
    ) -> Path:
        """Write a cartridge whose ``cartridge`` module has exactly this text.

        Arguments:
            name: Its name, also that of its package.
            text: The text of the module.
            requires: The requirements of its distribution.
            version: The version of its distribution.
            distribution: The name of its distribution; the name with hyphens where omitted.
            entry_point: What its entry point names; the module where omitted.

        Returns:
            The file of the module.
        """
        package = self.folder / name
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
        module = package / "cartridge.py"
        module.write_text(text)
        project = distribution or name.replace("_", "-")
        info = self.add_distribution(project, version, requires)
        points = f"[iomconnector.cartridges]\n{name} = {entry_point or f'{name}.cartridge'}\n"
        (info / "entry_points.txt").write_text(points)
        self._record(info, package / "__init__.py", module, info / "METADATA", info / "entry_points.txt")
        self._packages.add(name)
        return module

    def add_distribution(self, name: str, version: str = "1.0", requires: Iterable[str] = ()) -> Path:
        """Write a distribution that has no files but its metadata.

        Arguments:
            name: Its name.
            version: Its version.
            requires: Its requirements.

        Returns:
            The directory of its metadata.
        """
        metadata = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
        metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
        info = self.folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("\n".join(metadata) + "\n")
        self._record(info, info / "METADATA")
        importlib.invalidate_caches()
        return info

    def _record(self, info: Path, *files: Path) -> None:
        lines = [f"{(info / 'RECORD').relative_to(self.folder)},,"]
        for file in files:
            content = file.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append(f"{file.relative_to(self.folder)},sha256={digest},{len(content)}")
        (info / "RECORD").write_text("\n".join(lines) + "\n")

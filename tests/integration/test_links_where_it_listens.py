"""Mails are offered only where ``iomconnector serve`` knows where their links lead."""

import shutil
from pathlib import Path

import httpx
import pytest

from app_bo.testing.served_office import Shop, in_thread, serving
from app_sf_responsive.testing.stage import QUICK_PASSWORDS
from iomconnector.testing.samples import CHANNEL
from iomconnector.testing.systems import prepared_system

ROOT = Path(__file__).parents[2]
SOLD_OUT = f"/shop/{CHANNEL}/products/201807202"
FORM = f'action="/shop/{CHANNEL}/notifications"'
ASSEMBLY = '[assembly]\nname = "browser-shop"\nextends = "inspired-b2x"\n'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The sample shop, with a mail service and without an address of its own."""
    shop = Shop(tmp_path_factory.mktemp("links") / "shop")
    shop.assembly.parent.mkdir(parents=True)
    for file in (ROOT / "assemblies").glob("*.toml"):
        shutil.copy(file, shop.assembly.parent)
    shop.assembly.write_text(ASSEMBLY)

    async def prepare() -> None:
        async with prepared_system(shop.assembly, shop.data, environment="development", **QUICK_PASSWORDS):
            pass

    in_thread(prepare)
    (shop.directory / "site").mkdir()
    return shop


@pytest.mark.parametrize(
    ("variables", "offered"),
    [({}, False), ({"IOMC_PORT": "8000"}, False), ({"IOMC_SHOP_ADDRESS": "https://shop.example.com"}, True)],
)
def test_a_port_given_as_option_is_the_one_of_links(
    shop: Shop, variables: dict[str, str], *, offered: bool
) -> None:
    """It listens on ``--port 0``: a free port, which no link can name beforehand."""
    with serving(shop, **variables) as site:
        page = httpx.get(site.url + SOLD_OUT)
    assert page.status_code == 200
    assert (FORM in page.text) == offered

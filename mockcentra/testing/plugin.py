"""The pytest plugin: the fixtures `mockcentra` (in process) and `mockcentra_server` (a live server on a free port)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockcentra.settings import Settings
    from mockcentra.testing.shop import LiveShop, Shop


@pytest.fixture(scope="session")
def mockcentra_settings() -> Settings:
    """How the shops of this run are made; override it for a shop of your own.

    By default the MOCKCENTRA_* variables decide: MOCKCENTRA_FIXTURES, MOCKCENTRA_SEED, MOCKCENTRA_PRODUCTS …
    """
    from mockcentra.settings import settings_from

    return settings_from()


@pytest.fixture(scope="session")
def _mockcentra_shop(mockcentra_settings: Settings) -> Iterator[Shop]:
    _demand_httpx()
    from mockcentra.testing.shop import Shop

    with Shop(mockcentra_settings) as shop:
        yield shop


@pytest.fixture(scope="session")
def _mockcentra_live(mockcentra_settings: Settings) -> Iterator[LiveShop]:
    _demand_httpx()
    from mockcentra.testing.shop import LiveShop

    shop = LiveShop(mockcentra_settings)
    yield shop
    shop.close()


@pytest.fixture
def mockcentra(_mockcentra_shop: Shop) -> Shop:
    """A fresh shop in this process: `mockcentra.checkout.get("products")`, `mockcentra.info`, `mockcentra.reset()`."""
    _mockcentra_shop.renew()
    return _mockcentra_shop


@pytest.fixture
def mockcentra_server(_mockcentra_live: LiveShop) -> LiveShop:
    """A live server, one a run and xdist worker, with a fresh shop for each test: `mockcentra_server.url`."""
    _mockcentra_live.renew()
    return _mockcentra_live


def _demand_httpx() -> None:
    try:
        import httpx  # noqa: F401
    except ImportError:
        raise pytest.UsageError('the mockcentra fixtures need httpx: pip install "mockcentra[pytest]"') from None

"""Callers of the Order API, and shoppers whose orders they see."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mockcentra.commerce.settings import change_settings
from mockcentra.store import Store
from tests.shopper import Shopper, payment
from tests.warehouse import Warehouse


@pytest.fixture
def api(client: httpx.Client) -> Warehouse:
    return Warehouse(client)


@pytest.fixture
def configure(store: Store) -> Callable[..., None]:
    """Changes settings of the plugin: `configure(statuses=["pending"])`."""

    def change(**changes: Any) -> None:
        with store.transaction() as tx:
            change_settings(tx, {f"order.{key}": value for key, value in changes.items()})

    return change


@pytest.fixture
def buy(client: httpx.Client) -> Callable[..., str]:
    """Lets a shopper of the webshop order something; returns the order's number."""

    def order(shopper: Shopper | None = None, fill: int = 1, quantity: int = 1, **extra: Any) -> str:
        shopper = shopper or Shopper(client).in_country("SE")
        if fill:
            shopper.fill(fill, quantity)
        shopper.ok("POST", "payment", payment(**extra))
        return shopper.ok("GET", "receipt")["order"]["order"]

    return order

"""Shoppers for the tests of the Checkout API."""

import httpx
import pytest

from mockcentra.commerce.credentials import CHECKOUT_SECRET
from tests.shopper import MakeShopper, Shopper


@pytest.fixture
def visitor(client: httpx.Client) -> MakeShopper:
    """Makes shoppers who have done nothing yet; `visitor("SE")` is in a country."""

    def make(country: str | None = None, state: str | None = None) -> Shopper:
        shopper = Shopper(client)
        return shopper.in_country(country, state) if country else shopper

    return make


@pytest.fixture
def shopper(visitor: MakeShopper) -> Shopper:
    """A shopper in Sweden."""
    return visitor("SE")


@pytest.fixture
def server(client: httpx.Client) -> MakeShopper:
    """Makes callers with the shared secret."""
    return lambda: Shopper(client, CHECKOUT_SECRET)

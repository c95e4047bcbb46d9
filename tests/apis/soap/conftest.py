"""An ERP, a shop assistant with the shared secret and a warehouse for the tests of the SOAP API."""

import httpx
import pytest

from mockcentra.commerce.credentials import CHECKOUT_SECRET
from tests.erp import Erp
from tests.shopper import MakeShopper, Shopper
from tests.warehouse import Warehouse


@pytest.fixture
def erp(client: httpx.Client) -> Erp:
    return Erp(client)


@pytest.fixture
def visitor(client: httpx.Client) -> MakeShopper:
    """Makes shoppers with the shared secret, who see numbers and warehouses, in a country."""
    return lambda country="SE": Shopper(client, CHECKOUT_SECRET).in_country(country)


@pytest.fixture
def shopper(visitor: MakeShopper) -> Shopper:
    """A shopper in Sweden."""
    return visitor("SE")


@pytest.fixture
def warehouse(client: httpx.Client) -> Warehouse:
    return Warehouse(client)

"""SOAP libraries that read the WSDL and believe it: zeep, and the package `soap` of Node."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
import zeep.exceptions

from mockcentra.commerce.credentials import SOAP_PASSWORD, SOAP_USERNAME
from mockcentra.testing import LiveShop
from tests.erp import PATH

LOGIN = {"username": SOAP_USERNAME, "password": SOAP_PASSWORD}


@pytest.fixture(scope="module")
def live() -> Iterator[LiveShop]:
    """A shop on a port of its own."""
    with LiveShop() as shop:
        yield shop


@pytest.fixture
def wsdl(live: LiveShop) -> str:
    live.renew()
    return f"{live.url}{PATH}?wsdl"


# ------------------------------------------------------------------ zeep


@pytest.fixture
def service(wsdl: str) -> Any:
    return zeep.Client(wsdl).service


def test_zeep_reads_the_order_tree(service: Any) -> None:
    events = service.events_Get(login=LOGIN, type="order")
    order = events[0].data.order
    assert order.ordernumber == events[0].entry
    assert isinstance(order.store, int)
    assert order.internal is False
    assert order.products.product[0].sizes.size[0].orderitem.id
    assert service.events_GetByMarkets(login=LOGIN, type="order", markets={"market": [{"id": "7"}]})
    assert service.events_Done(login=LOGIN, event=[event.id for event in events]).success
    assert not service.events_Get(login=LOGIN, type="order")


def test_zeep_updates(service: Any) -> None:
    size = {"id": "S", "description": "Small", "sizetable": {"id": "T", "description": "Table"}}
    result = service.sizes_Update(login=LOGIN, sizes={"size": [size]})
    assert (result.success, result.notices.message) == (True, ["Added new size: S: Small to: Table!"])
    variation = {"id": "P_R", "description": "Rød & grøn", "sizetable": {"id": "T"}, "status": "active"}
    product = {"id": "P", "description": "Genser", "variations": {"variation": [variation]}}
    assert service.products_Update(login=LOGIN, products={"product": [product]}).success
    result = service.orders_Update(login=LOGIN, orders={"order": [{"id": "nobody", "locked": "yes"}]})
    assert (result.success, result.errors.message) == (False, ["order nobody: order does not exist"])


def test_zeep_sees_faults(service: Any) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.events_Get(login={"username": "nobody", "password": "x"}, type="all")
    assert (caught.value.code, caught.value.message) == ("SOAP-ENV:Client", "Authentication failed")


def test_zeep_and_a_space_of_its_own(live: LiveShop) -> None:
    service = zeep.Client(f"{live.url}/_space/zeep{PATH}?wsdl").service
    assert service.warehouses_Update(login=LOGIN, warehouses={"warehouse": [{"id": "W"}]}).success


def test_many_ask_first() -> None:
    """Eight threads that need the declaration at the same moment share one."""
    code = (
        "from concurrent.futures import ThreadPoolExecutor;"
        "from mockcentra.apis.soap.declaration import declaration;"
        "pool = ThreadPoolExecutor(8);"
        "print(len({id(each) for each in pool.map(lambda _: declaration(), range(32))}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "1", done.stderr


# ------------------------------------------------------------------ Node

_SCRIPT = """
const soap = require('soap');
const [wsdl, login] = [process.argv[2], JSON.parse(process.argv[3])];
(async () => {
  const client = await soap.createClientAsync(wsdl);
  const operations = Object.keys(Object.values(Object.values(client.describe())[0])[0]);
  const [queue] = await client.events_GetAsync({login, type: 'order'});
  const size = {id: 'S', description: 'Small', sizetable: {id: 'NODE', description: 'Node'}};
  const [sizes] = await client.sizes_UpdateAsync({login, sizes: {size: [size]}});
  const [done] = await client.events_DoneAsync({login, event: queue.events.event.map(event => event.id)});
  const [rest] = await client.events_GetAsync({login, type: 'order'});
  let fault = '';
  try { await client.events_GetAsync({login: {username: 'x', password: 'y'}, type: 'all'}); }
  catch (error) { fault = error.root.Envelope.Body.Fault.faultstring; }
  console.log(JSON.stringify({operations, order: queue.events.event[0].data.order, sizes, done, rest, fault}));
})().catch(error => { console.error(String(error)); process.exit(1); });
"""


@pytest.fixture(scope="module")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Node finds the package `soap`."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("needs Node and npm")
    folder = tmp_path_factory.mktemp("node")
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), "soap@1"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"the package soap cannot be installed with npm: {type(error).__name__}")
    return folder


def test_node_speaks_to_it(wsdl: str, node_folder: Path) -> None:
    script = node_folder / "erp.js"
    script.write_text(_SCRIPT)
    command = ["node", str(script), wsdl, json.dumps(LOGIN)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["operations"]) == 17
    assert found["order"]["store"] == 1
    assert found["order"]["products"]["product"][0]["sizes"]["size"][0]["orderitem"]["id"]
    assert found["sizes"]["success"] is True
    assert found["sizes"]["notices"]["message"] == ["Added new size: S: Small to: Node!"]
    assert found["done"]["success"] is True
    assert not (found["rest"]["events"] or {}).get("event")
    assert found["fault"] == "Authentication failed"

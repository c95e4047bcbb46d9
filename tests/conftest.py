"""What every test may use: one seeded template a run, and for each test a fresh shop of its own."""

from collections.abc import Iterator

import httpx
import pytest
from flask import Flask

from mockcentra.app import create_app, seeded_template, serve_spaces
from mockcentra.settings import Settings
from mockcentra.store import Space, Spaces, Store
from mockcentra.store.template import Template
from mockcentra.testing.shop import in_process
from tests.openapi_check import CheckingTransport

BASE_URL = "http://shop.test"


@pytest.fixture(scope="session")
def template() -> Template:
    """The seeded store of the default size, read-only; from the cache where another run made it."""
    return seeded_template(Settings())


@pytest.fixture(scope="session")
def shared_app(template: Template) -> Flask:
    return create_app(Settings(), Spaces(template))


@pytest.fixture
def app(shared_app: Flask, template: Template) -> Flask:
    """The whole application with a fresh shop; other spaces of it are fresh, too."""
    serve_spaces(shared_app, Spaces(template))
    return shared_app


@pytest.fixture
def spaces(app: Flask) -> Spaces:
    """The spaces that `app` speaks to."""
    return app.wsgi_app.spaces  # type: ignore[attr-defined]


@pytest.fixture
def space(spaces: Spaces) -> Space:
    """The default space of `app`: the shop that `client` sees."""
    return spaces.default


@pytest.fixture
def store(space: Space) -> Store:
    """The store of `space` as it is before the first reset."""
    return space.store


@pytest.fixture
def checks_answers() -> bool:
    """Whether `client` compares every answer with the OpenAPI document; overridden where they differ on purpose."""
    return True


@pytest.fixture
def client(app: Flask, checks_answers: bool) -> Iterator[httpx.Client]:
    """An HTTP client of `app`, without a network: `client.get("/_mock/info")`."""
    transport = in_process(app)
    if checks_answers:
        transport = CheckingTransport(transport)
    with httpx.Client(transport=transport, base_url=BASE_URL) as session:
        yield session

"""A shop for tests: its APIs as httpx clients that carry their credentials, and the calls that tests make of it."""

from collections.abc import Generator, Iterable
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

import httpx
from flask import Flask

from mockcentra.app import create_app, serve_spaces
from mockcentra.server import Front, Server
from mockcentra.settings import Settings, settings_from
from mockcentra.store import Spaces

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

IN_PROCESS_URL = "http://mockcentra.test"


def in_process(app: Flask) -> httpx.BaseTransport:
    """A transport that calls the application without a network, whatever characters a path has.

    httpx hands over paths as text, where WSGI wants each byte of their UTF-8 form as a character of its own.
    """

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["PATH_INFO"].encode().decode("latin-1")
        return app(environ, start_response)

    return httpx.WSGITransport(app=call)


class CheckoutSession(httpx.Auth):
    """One visitor of the Checkout API: sends the token that the last answer gave, and the secret where it has one."""

    requires_response_body = True

    def __init__(self, secret: str | None = None) -> None:
        self.secret = secret
        self.token: str | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self.secret:
            request.headers.setdefault("Authorization", f"Bearer {self.secret}")
        if self.token:
            request.headers.setdefault("API-token", self.token)
        response = yield request
        if response.headers.get("content-type", "").startswith("application/json"):
            answered = response.json()
            self.token = (answered.get("token") if isinstance(answered, dict) else None) or self.token


class Shop:
    """A shop in this process, without a network: made anew by `renew`, back to its seeded state by `reset`.

    `checkout`, `shop`, `order`, `subscription`, `graphql`, `soap` and `control` are httpx clients; their paths are
    relative to the API: `shop.checkout.post("items/1-2")`. `checkout` is one session in server mode; `visitor()` makes
    further ones, as browsers have them. Closing it closes the clients.
    """

    url = IN_PROCESS_URL

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or settings_from()
        self.app: Flask = create_app(self.settings)
        self._clients: list[httpx.Client] = []

    # -- the shop as a whole

    @property
    def info(self) -> dict[str, Any]:
        """What `GET /_mock/info` answers: urls, credentials, size, clock."""
        return self.control.get("info").raise_for_status().json()

    def reset(self, keep: Iterable[str] = ()) -> None:
        """The seeded state again; `keep` as in control.md (`webhooks`, `faults`)."""
        self.control.post("reset", json={"keep": list(keep)}).raise_for_status()

    def advance(self, **units: float) -> dict[str, Any]:
        """Moves the shop's clock on: `advance(days=1, hours=2)`; answers what happened."""
        return self.control.post("clock/advance", json=units).raise_for_status().json()

    def configure(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Changes settings of the shop: `configure({"store.autoconfirm": False})`; answers all of them."""
        return self.control.patch("settings", json=settings).raise_for_status().json()

    def renew(self) -> None:
        """A new shop without spaces, snapshots, sessions or anything else of before."""
        template = self.app.wsgi_app.spaces.template  # type: ignore[attr-defined]
        if self.settings.db is None:
            serve_spaces(self.app, Spaces(template))
        else:
            self.reset()
        self._close_clients()

    # -- its APIs

    @cached_property
    def control(self) -> httpx.Client:
        """The control API under /_mock/."""
        token = self.settings.control_token
        return self._client(f"{self.url}/_mock", headers={"Authorization": f"Bearer {token}"} if token else {})

    @cached_property
    def checkout(self) -> httpx.Client:
        """The Checkout API in server mode, as one session."""
        api = self.info["apis"]["checkout"]
        return self._client(api["url"], auth=CheckoutSession(api["secret"]))

    def visitor(self) -> httpx.Client:
        """The Checkout API as a new browser: without the secret, with a session of its own."""
        return self._client(self.info["apis"]["checkout"]["url"], auth=CheckoutSession())

    @cached_property
    def shop(self) -> httpx.Client:
        """The Shop API."""
        return self._with_secret("shop")

    @cached_property
    def order(self) -> httpx.Client:
        """The Order API."""
        return self._with_secret("order")

    @cached_property
    def subscription(self) -> httpx.Client:
        """The Subscription API."""
        return self._with_secret("subscription")

    @cached_property
    def graphql(self) -> httpx.Client:
        """The GraphQL Integration API: `graphql.post("", json={"query": ...})`."""
        api = self.info["apis"]["graphql"]
        return self._client(api["url"], headers={"Authorization": f"Bearer {api['token']}"})

    @cached_property
    def soap(self) -> httpx.Client:
        """The SOAP API; its login travels in the message: see `info["apis"]["soap"]`."""
        api = self.info["apis"]["soap"]
        return self._client(api["url"], headers={"Content-Type": "text/xml; charset=utf-8"})

    def _with_secret(self, name: str) -> httpx.Client:
        api = self.info["apis"][name]
        return self._client(api["url"], headers={"API-Authorization": api["secret"]})

    def _client(self, base_url: str, **options: Any) -> httpx.Client:
        client = httpx.Client(base_url=base_url, transport=self._transport(), timeout=30, **options)
        self._clients.append(client)
        return client

    def _transport(self) -> httpx.BaseTransport | None:
        return in_process(self.app)

    # -- its end

    def _close_clients(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()
        for name in ("control", "checkout", "shop", "order", "subscription", "graphql", "soap"):
            self.__dict__.pop(name, None)

    def close(self) -> None:
        """Ends the shop and its clients."""
        self._close_clients()

    def __enter__(self) -> "Shop":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class LiveShop(Shop):
    """A shop that is served on a free port of this machine: `url` is for browsers and other processes."""

    def __init__(self, settings: Settings | None = None, threads: int = 16) -> None:
        super().__init__(settings)
        self._server = Server(Front(self.app), "127.0.0.1", 0, threads)
        self.url = self._server.url

    def _transport(self) -> None:
        return None

    def close(self) -> None:
        super().close()
        self._server.stop()

"""For test suites: a shop in process or on a free port, with an HTTP client for each of its APIs.

The pytest fixtures `mockcentra` and `mockcentra_server` (in `plugin`) are made of `Shop` and `LiveShop`, which work
without pytest, too. They need httpx: `pip install "mockcentra[pytest]"`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockcentra.testing.shop import LiveShop, Shop

__all__ = ["LiveShop", "Shop"]


def __getattr__(name: str) -> Any:
    # imported with the first use: pytest loads this package in every run, also in those that use no shop
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mockcentra.testing import shop

    return getattr(shop, name)

"""Form bodies as PHP reads them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcentra.apis.forms import MAX_DEPTH, read_form


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("", {}),
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a=1&a=2", {"a": "2"}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[0][x]=1&a[1][x]=2", {"a": [{"x": "1"}, {"x": "2"}]}),
        ("products[1441]=2&products[1442]=3", {"products": {"1441": "2", "1442": "3"}}),
        ("a%5Bb%5D%5Bc%5D=%C3%A9", {"a": {"b": {"c": "é"}}}),
        ("a[b=1&[c]=2&a]=3", {"a[b": "1", "[c]": "2", "a]": "3"}),
        ("a=1&a[b]=2", {"a": "1"}),
        ("a[b]=1&a=2", {"a": "2"}),
        ("a[1]=x&a[0]=y", {"a": {"1": "x", "0": "y"}}),
    ],
)
def test_keys(encoded: str, value: dict[str, Any]) -> None:
    assert read_form(encoded) == value


def test_depth_is_bounded() -> None:
    name = "a" + "[b]" * (MAX_DEPTH + 1)
    assert read_form(f"{name}=1") == {name: "1"}


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text("ab01[]=&%+;\x00é", max_size=40))
def test_anything_can_be_read(encoded: str) -> None:
    read_form(encoded)

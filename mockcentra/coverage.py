"""What is emulated of what is documented: the operations of `operations.txt` against those that the server answers."""

import re
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from flask import Flask
from werkzeug.routing import Rule

# Where the REST APIs live. The others have one address; what is behind it they say themselves: a face that is no REST
# API puts a function with the names of its operations into `app.extensions["mockcentra.operations"]`, under its name.
REST = {
    "checkout": "/api/checkout",
    "shop": "/api/shop/v1",
    "order": "/api/order-api",
    "subscription": "/api/subscription-api",
}
_VARIABLE = re.compile(r"<[^>]*>|\{[^}]*\}")
# The face that answers for what is not built, and the catch-all of an API, emulate nothing.
_NOT_AN_OPERATION = re.compile(r"^unbuilt\.|\.unbuilt$|\.unknown\d*$")


class Coverage(TypedDict):
    """One API: two counts, and the documented operations that are not emulated."""

    documented: int
    emulated: int
    missing: list[str]


@lru_cache(maxsize=1)
def documented() -> dict[str, list[str]]:
    """Every documented operation, by API."""
    operations: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("operations.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            current = operations.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return operations


def coverage_of(app: Flask) -> dict[str, Coverage]:
    """The coverage of every API by the application."""
    answered = _answered(app)
    coverage: dict[str, Coverage] = {}
    for api, operations in documented().items():
        missing = [
            operation
            for operation in operations
            if not all(_key(REST.get(api, ""), form) in answered for form in operation.split(" | "))
        ]
        coverage[api] = Coverage(documented=len(operations), emulated=len(operations) - len(missing), missing=missing)
    return coverage


def emulated_apis(app: Flask) -> set[str]:
    """The APIs of which something is emulated, known without counting: it loads nothing that is not loaded yet."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if is_operation(rule)]
    rest = {api for api, base in REST.items() if any(rule.startswith(f"{base}/") for rule in rules)}
    return rest | set(app.extensions.get("mockcentra.operations", {}))


def is_operation(rule: Rule) -> bool:
    """Whether something real answers at this address."""
    return not _NOT_AN_OPERATION.search(rule.endpoint)


def _key(base: str, operation: str) -> str:
    method, _, path = operation.partition(" ")
    return f"{method} {base}{_VARIABLE.sub('{}', path)}"


def _answered(app: Flask) -> set[str]:
    answered = set()
    for rule in filter(is_operation, app.url_map.iter_rules()):
        for method in rule.methods or ():
            answered.add(_key("", f"{method} {rule.rule}"))
            for base in REST.values():
                if method == "OPTIONS" and rule.rule.startswith(f"{base}/"):
                    answered.add(f"OPTIONS {base}*")
    for operations in app.extensions.get("mockcentra.operations", {}).values():
        answered.update(_key("", name) for name in operations())
    return answered

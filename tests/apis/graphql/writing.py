"""Writes valid documents by chance: aliases, fields asked twice, fragments in fragments, conditions."""

import random
from typing import Any

from graphql import (
    GraphQLField,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
    parse,
    specified_rules,
    validate,
)

from mockcentra.apis.graphql import sdl

DEPTH = 5
# `Return.status` shows values that the enum of its type does not have (the reference wants it so); buckets change.
LEFT_OUT = {
    ("Query", "rateLimits"),
    ("DirectToConsumerReturn", "status"),
    ("WholesaleReturn", "status"),
    ("Return", "status"),
}


class Writer:
    """One document with its variables."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.fragments: list[str] = []
        self.variables: dict[str, Any] = {"yes": True, "no": False, "two": 2}

    def document(self) -> str | None:
        """A valid document; None when this seed leads to none."""
        root = sdl.schema().query_type
        assert root is not None
        names = self.dice.sample([name for name in root.fields if self._can(root, name, 0)], self.dice.randint(1, 3))
        fields = [self._field(root, name, 0) for name in names for _ in range(self.dice.choice((1, 1, 2)))]
        text = (
            "query ($yes: Boolean!, $no: Boolean!, $two: Int!) "
            f"{{ __typename @include(if: $yes) n: __typename @include(if: $no) {' '.join(fields)} "
            "two: brands(limit: $two) { id } }"
        )
        text += "".join(f" {fragment}" for fragment in self.fragments)
        return None if validate(sdl.schema(), parse(text), specified_rules) else text

    def _field(self, parent: Any, name: str, depth: int) -> str:
        field: GraphQLField = parent.fields[name]
        named = get_named_type(field.type)
        # A key stands for one way of asking, so that fields of one key can be merged.
        number = self.dice.choice((0, 0, 1, 2))
        key = "" if number == 0 else f"{name}_{parent.name if self.dice.random() < 0.5 else ''}{number}: "
        text = f"{key}{name}{self._arguments(field, number)}{self._condition()}"
        return f"{text} {self._selection(named, depth + 1)}" if is_composite_type(named) else text

    def _arguments(self, field: GraphQLField, number: int) -> str:
        given = []
        for name, argument in field.args.items():
            if name in ("limit", "first"):
                given.append(f"{name}: {'$two' if number == 1 else number + 1}")
            elif (
                name == "id"
                and get_named_type(argument.type).name == "Int"
                and (number < 2 or is_required_argument(argument))
            ):
                given.append(f"id: {number + 1}")
            elif name == "format" and number == 1:
                given.append('format: "Y"')
        return f"({', '.join(given)})" if given else ""

    def _condition(self) -> str:
        if self.dice.random() < 0.85:
            return ""
        return self.dice.choice(
            (" @include(if: $yes)", " @skip(if: $no)", " @include(if: $no)", " @skip(if: $yes) @include(if: $yes)", " @skip(if: false)")
        )  # fmt: skip

    def _selection(self, kind: Any, depth: int) -> str:
        if depth > DEPTH + 1:
            return "{ __typename }"
        parts = [self._part(kind, depth) for _ in range(self.dice.randint(1, 3 if depth > 1 else 4))]
        return f"{{ {' '.join(['__typename' if self.dice.random() < 0.3 else '', *parts, self._leaf(kind)])} }}"

    def _leaf(self, kind: Any) -> str:
        return "id" if "id" in getattr(kind, "fields", {}) else "__typename"

    def _part(self, kind: Any, depth: int) -> str:
        chance = self.dice.random()
        if chance < 0.2:
            other = self._related(kind)
            condition = "" if other is kind and self.dice.random() < 0.5 else f"... on {other.name}"
            return f"{condition or '...'}{self._condition()} {self._selection(other, depth + 1)}"
        if chance < 0.32:
            if self.fragments and self.dice.random() < 0.4:
                name, on = self.dice.choice([fragment.split()[1::2][:2] for fragment in self.fragments])
                if self._overlap(sdl.schema().type_map[on], kind):
                    return f"...{name}{self._condition()}"
            other = self._related(kind)
            name = f"f{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {other.name} {{ __typename }}")
            place = len(self.fragments) - 1
            self.fragments[place] = f"fragment {name} on {other.name} {self._selection(other, depth + 1)}"
            return f"...{name}{self._condition()}"
        names = [name for name in getattr(kind, "fields", {}) if self._can(kind, name, depth)]
        return self._field(kind, self.dice.choice(names), depth) if names else "__typename"

    def _can(self, kind: Any, name: str, depth: int) -> bool:
        field = kind.fields[name]
        if (kind.name, name) in LEFT_OUT or (depth >= DEPTH and is_composite_type(get_named_type(field.type))):
            return False
        return all(
            (argument == "id" and get_named_type(part.type).name == "Int") or not is_required_argument(part)
            for argument, part in field.args.items()
        )

    def _related(self, kind: Any) -> Any:
        """The type itself, or one that some of its objects are of, too."""
        schema = sdl.schema()
        if is_abstract_type(kind):
            return self.dice.choice([kind, *schema.get_possible_types(kind)])
        return self.dice.choice([kind, *kind.interfaces])

    def _overlap(self, one: Any, other: Any) -> bool:
        schema = sdl.schema()
        types = [set(schema.get_possible_types(each)) if is_abstract_type(each) else {each} for each in (one, other)]
        return bool(types[0] & types[1])

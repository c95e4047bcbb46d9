"""Reads the fixture files: YAML that knows the place of every value, checked against a description of what is allowed.

Where fixtures come from
    The packaged shop is the folder `fixtures` (inside the installed package, else at the top of the repository). With a
    folder of your own (`--fixtures DIR`) every file in it **replaces the packaged file of the same name, as a whole**;
    files you leave out stay the packaged ones. A file that is empty, or holds nothing but comments, means that the shop
    has none of these things. A file of another name is a mistake, for nothing would ever read it.

How a step reads them
    Each step module names its files and their sections in `FILES`, and reads a section through a *kind*: a function
    that turns a YAML node into a checked value. Kinds are made of kinds:

        VOUCHER = record(name=text, percent=optional(percent), markets=listed(ref("market")))
        for voucher in world.section("promotions", "vouchers", listed(VOUCHER)):
            voucher["percent"]

    Texts are taken as they are written (`NO` is Norway, not false), amounts and percentages become exact hundredths,
    days become unix seconds, and names of other things become their ids.

A mistake is a `FixtureError`: one line with the file, the line and what is allowed there.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from mockcentra.store.clock import from_local

Node = Any  # a yaml.Node; PyYAML is imported only when a file is parsed
_TAG = "tag:yaml.org,2002:"


class FixtureError(Exception):
    """A mistake in a fixture file, as one line for the person who edits it."""


@dataclass(frozen=True)
class Source:
    """The file a node is from, and the names that it may refer to (by kind of thing, with their ids)."""

    path: Path
    ids: Mapping[str, Mapping[str, int]]

    def error(self, line: int, message: str) -> FixtureError:
        return FixtureError(f"{self.path}, line {line}: {message}")

    def fail(self, node: Node, message: str) -> FixtureError:
        return self.error(node.start_mark.line + 1, message)


# A kind reads a node: (node, source, what the node is called in messages) -> value. Raises FixtureError.
Kind = Callable[[Node, Source, str], Any]


class Record(dict[str, Any]):
    """The checked values of one mapping, which remembers where each was written."""

    def __init__(self, source: Source, line: int, lines: dict[str, int]) -> None:
        super().__init__()
        self.source = source
        self.line = line
        self.lines = lines

    def error(self, key: str, message: str) -> FixtureError:
        """The error to raise when the value of `key` proves wrong later on."""
        return self.source.error(self.lines.get(key, self.line), message)


# ---------------------------------------------------------------- scalars


def _shown(node: Node) -> str:
    if node.id == "mapping":
        return "a mapping"
    if node.id == "sequence":
        return "a list"
    if node.tag == _TAG + "null" and not node.value:
        return "empty"
    return repr(node.value)


def _scalar(node: Node, source: Source, what: str, expected: str) -> str:
    if node.id != "scalar" or (node.tag == _TAG + "null" and node.style is None):
        raise source.fail(node, f"{what} must be {expected}, not {_shown(node)}")
    return str(node.value)


def text(node: Node, source: Source, what: str) -> str:
    """A text that is not empty, exactly as it is written."""
    value = _scalar(node, source, what, "a text")
    if not value.strip():
        raise source.fail(node, f"{what} must be a text, not empty")
    return value


def matching(pattern: str, expected: str) -> Kind:
    """A text of a certain form; `expected` says which, for people."""
    compiled = re.compile(pattern)

    def read(node: Node, source: Source, what: str) -> str:
        value = _scalar(node, source, what, expected)
        if not compiled.fullmatch(value):
            raise source.fail(node, f"{what} must be {expected}, not {_shown(node)}")
        return value

    return read


def flag(node: Node, source: Source, what: str) -> bool:
    """`true` or `false`."""
    value = _scalar(node, source, what, "true or false").lower()
    if value not in ("true", "false"):
        raise source.fail(node, f"{what} must be true or false, not {_shown(node)}")
    return value == "true"


def whole(least: int = 0, most: int | None = None) -> Kind:
    """A whole number between two bounds."""
    expected = f"a whole number of at least {least}" if most is None else f"a whole number from {least} to {most}"

    def read(node: Node, source: Source, what: str) -> int:
        value = _scalar(node, source, what, expected)
        if not re.fullmatch(r"[+-]?\d{1,15}", value):
            raise source.fail(node, f"{what} must be {expected}, not {_shown(node)}")
        number = int(value)
        if number < least or (most is not None and number > most):
            raise source.fail(node, f"{what} must be {expected}, not {number}")
        return number

    return read


def decimal(expected: str, places: int, least: str = "0", most: str = "1000000000000") -> Kind:
    """A number with at most `places` decimals, as the integer of its smallest unit."""
    low, high = Decimal(least), Decimal(most)

    def read(node: Node, source: Source, what: str) -> int:
        value = _scalar(node, source, what, expected)
        try:
            exact = Decimal(value)
        except InvalidOperation:
            exact = Decimal("NaN")
        if not exact.is_finite() or not low <= exact <= high or exact * 10**places % 1:
            raise source.fail(node, f"{what} must be {expected}, not {_shown(node)}")
        return int(exact * 10**places)

    return read


money = decimal("an amount such as 1495 or 4.90", 2)
percent = decimal("a percentage from 0 to 100 such as 20 or 25.5", 2, most="100")


def moment(node: Node, source: Source, what: str) -> int:
    """A day, or a day and a time, in the instance's zone; as unix seconds."""
    expected = "a day such as 2026-09-01, or a moment such as 2026-09-01 12:30:00"
    value = _scalar(node, source, what, expected)
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", value):
            raise ValueError(value)
        return from_local(value)
    except ValueError:
        raise source.fail(node, f"{what} must be {expected}, not {_shown(node)}") from None


def choice(*allowed: str) -> Kind:
    """One of some words."""

    def read(node: Node, source: Source, what: str) -> str:
        value = _scalar(node, source, what, f"one of {', '.join(allowed)}")
        if value not in allowed:
            raise source.fail(node, f"{what} must be one of {', '.join(allowed)}, not {_shown(node)}")
        return value

    return read


def _allowed(names: Iterable[str], value: str) -> str:
    """What is allowed, in a few words: everything if it is little, else what comes close."""
    import difflib

    known = list(names)
    if not known:
        return "there are none"
    close = difflib.get_close_matches(value, known, n=5, cutoff=0.5)
    if len(known) > 20 and close:
        return f"did you mean {', '.join(close)}?"
    shown = ", ".join(known[:20])
    return f"allowed: {shown}" + (f" and {len(known) - 20} more" if len(known) > 20 else "")


def known(kind: str) -> Kind:
    """The name of a thing that exists; stays the name."""

    def read(node: Node, source: Source, what: str) -> str:
        names = source.ids.get(kind, {})
        value = _scalar(node, source, what, f"the name of a {kind}")
        if value not in names:
            raise source.fail(node, f"{what}: there is no {kind} {value!r}; {_allowed(names, value)}")
        return value

    return read


def ref(kind: str) -> Kind:
    """The name of a thing that exists; becomes its id."""
    name = known(kind)

    def read(node: Node, source: Source, what: str) -> int:
        return source.ids[kind][name(node, source, what)]

    return read


def anything(node: Node, source: Source, what: str) -> Any:
    """Free-form content: texts, whole numbers, true and false, null, lists and mappings."""
    if node.id == "mapping":
        return {key.value: anything(value, source, what) for key, value in _pairs(node, source)}
    if node.id == "sequence":
        return [anything(item, source, what) for item in node.value]
    match node.tag.removeprefix(_TAG):
        case "null":
            return None
        case "bool" if node.value.lower() in ("true", "false"):
            return node.value.lower() == "true"
        case "int" if re.fullmatch(r"-?\d+", node.value):
            return int(node.value)
        case _:
            return node.value


# ---------------------------------------------------------------- lists and mappings


@dataclass(frozen=True)
class OptionalKey:
    """A value that may be left out."""

    kind: Kind
    default: Any


def optional(kind: Kind, default: Any = None) -> OptionalKey:
    """In a `record`: the key may be left out and has the default then."""
    return OptionalKey(kind, default)


def listed(kind: Kind, least: int = 0, by: str | None = None) -> Kind:
    """A list of values of one kind; with `by`, records that differ in the value of that key (where they have one)."""

    def read(node: Node, source: Source, what: str) -> list[Any]:
        if node.id != "sequence":
            raise source.fail(node, f"{what} must be a list, not {_shown(node)}")
        if len(node.value) < least:
            raise source.fail(node, f"{what} must have at least {least} items, not {len(node.value)}")
        items = [kind(item, source, f"an item of {what}") for item in node.value]
        if by is not None:
            _refuse_twins(source, by, [(item[by], item.lines.get(by, item.line)) for item in items if item[by]])
        return items

    return read


def names(node: Node, source: Source, what: str) -> list[str]:
    """A list of texts, all different."""
    items: list[str] = listed(text)(node, source, what)
    _refuse_twins(
        source, what, [(item, part.start_mark.line + 1) for item, part in zip(items, node.value, strict=True)]
    )
    return items


def _refuse_twins(source: Source, what: str, places: Sequence[tuple[Any, int]]) -> None:
    seen: dict[Any, int] = {}
    for value, line in places:
        if value in seen:
            raise source.error(line, f"{what} must be different everywhere; {value!r} is in line {seen[value]} already")
        seen[value] = line


def mapping(kind: Kind, keys: Kind = text) -> Kind:
    """A mapping whose keys are of one kind (`ref("currency")`: ids) and whose values are of another."""

    def read(node: Node, source: Source, what: str) -> dict[Any, Any]:
        if node.id != "mapping":
            raise source.fail(node, f"{what} must be a mapping, not {_shown(node)}")
        return {
            keys(key, source, f"a key of {what}"): kind(value, source, f"{what}.{key.value}")
            for key, value in _pairs(node, source)
        }

    return read


def record(fields: Mapping[str, Kind | OptionalKey] | None = None, /, **more: Kind | OptionalKey) -> Kind:
    """A mapping with certain keys. Those that are not `optional` are required, all others are refused."""
    spec: dict[str, Kind | OptionalKey] = {**(fields or {}), **more}

    def read(node: Node, source: Source, what: str) -> Record:
        if node.id != "mapping":
            raise source.fail(node, f"{what} must be a mapping with {', '.join(spec)}, not {_shown(node)}")
        values: dict[str, Node] = {}
        found = Record(source, node.start_mark.line + 1, {})
        for key, value in _pairs(node, source):
            if key.value not in spec:
                raise source.fail(key, f"unknown key {key.value!r}; allowed: {', '.join(spec)}")
            values[key.value] = value
            found.lines[key.value] = key.start_mark.line + 1
        for name, field in spec.items():
            if isinstance(field, OptionalKey):
                found[name] = field.kind(values[name], source, name) if name in values else field.default
            elif name in values:
                found[name] = field(values[name], source, name)
            else:
                required = ", ".join(key for key, kind in spec.items() if not isinstance(kind, OptionalKey))
                raise source.fail(node, f"the key {name!r} is missing; required: {required}")
        return found

    return read


def _pairs(node: Node, source: Source) -> list[tuple[Node, Node]]:
    """The keys and values of a mapping node. Refuses keys that are no texts, and keys that come twice."""
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if key.id != "scalar" or key.tag == _TAG + "merge":
            raise source.fail(key, "a key must be a plain text")
        if key.value in seen:
            raise source.fail(key, f"the key {key.value!r} is here twice, first in line {seen[key.value]}")
        seen[key.value] = key.start_mark.line + 1
    return list(node.value)


# ---------------------------------------------------------------- files


def packaged_folder() -> Path:
    """Where the fixtures of the default shop are."""
    package = Path(__file__).parents[1]
    inside = package / "fixtures"
    return inside if inside.is_dir() else package.parent / "fixtures"


def _files(folder: Path | None) -> list[Path]:
    """The files that make the shop, in the order of their names: the packaged ones, and a user's own in their place."""
    found = {path.name: path for path in packaged_folder().glob("*.yaml")}
    if folder is not None:
        if not folder.is_dir():
            raise FixtureError(f"{folder}: there is no such folder of fixtures")
        found.update({path.name: path for path in folder.iterdir() if path.suffix in (".yaml", ".yml")})
    return [found[name] for name in sorted(found)]


def fixtures_digest(folder: Path | None) -> str:
    """A stamp of everything that is written in the fixtures. Cheap: reads bytes and parses nothing."""
    digest = hashlib.sha256()
    for path in _files(folder):
        data = _bytes(path)
        digest.update(f"{path.name}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FixtureError(f"{path}: cannot be read ({error.strerror})") from error


class Fixtures:
    """The files of a shop, parsed when they are first read."""

    def __init__(self, folder: Path | None, sections: Mapping[str, Sequence[str]]) -> None:
        """`sections` names the files (without `.yaml`) and what each may hold. Raises FixtureError."""
        self._sections = sections
        self._paths = {path.stem: path for path in _files(folder)}
        self._parsed: dict[str, dict[str, Node]] = {}
        names = [f"{name}.yaml" for name in sections]
        for path in self._paths.values():
            if path.parent == folder and path.name not in names:
                raise FixtureError(f"{path}, line 1: nothing reads a file of this name; allowed: {', '.join(names)}")

    def path(self, file: str) -> Path:
        """Where a fixture file is."""
        return self._paths.get(file, packaged_folder() / f"{file}.yaml")

    def read(self, file: str, section: str, kind: Kind, ids: Mapping[str, Mapping[str, int]], default: Any) -> Any:
        """The value of a section, or the default when the file has none. Raises FixtureError."""
        node = self._nodes(file).get(section)
        if node is None:
            return default
        source = Source(self._paths[file], ids)
        try:
            return kind(node, source, section)
        except RecursionError as error:
            raise source.fail(node, f"{section} is nested too deeply") from error

    def _nodes(self, file: str) -> dict[str, Node]:
        if file not in self._parsed:
            self._parsed[file] = self._parse(file)
        return self._parsed[file]

    def _parse(self, file: str) -> dict[str, Node]:
        path = self._paths.get(file)
        if path is None:
            return {}
        source = Source(path, {})
        root = _compose(path, source)
        if root is None or (root.id == "scalar" and not root.value):
            return {}
        allowed = self._sections[file]
        if root.id != "mapping":
            raise source.fail(root, f"the file must be a mapping with the sections {', '.join(allowed)}")
        found = {}
        for key, value in _pairs(root, source):
            if key.value not in allowed:
                raise source.fail(key, f"unknown section {key.value!r}; allowed: {', '.join(allowed)}")
            found[key.value] = value
        return found


def _compose(path: Path, source: Source) -> Node | None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = _bytes(path)
    try:
        return yaml.compose(data.decode("utf-8-sig"), Loader=loader)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise source.error(line, "the file must be UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise source.error(line, f"this is no YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        line = data.decode("utf-8-sig")[: getattr(error, "position", 0)].count("\n") + 1
        raise source.error(line, f"this is no YAML: {getattr(error, 'reason', error)}") from error
    except RecursionError as error:
        raise source.error(1, "the file is nested too deeply") from error

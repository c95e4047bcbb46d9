"""Seeded stores as read-only templates: made once per version, fixtures, seed and size, copied by pages."""

import hashlib
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from mockcentra import __version__
from mockcentra.store.database import Shared

SCHEMA_PATH = Path(__file__).with_name("schema.sql")
UNUSED_DAYS = 30


class StoreError(Exception):
    """A store that cannot be used: unreadable, not ours, or made by an incompatible version. One line for a person."""


class VersionError(StoreError):
    """A store that another, incompatible version made."""


@lru_cache(maxsize=1)
def schema_version() -> str:
    """The stamp that a store carries: it changes whenever the schema does."""
    return hashlib.sha256(SCHEMA_PATH.read_bytes()).hexdigest()[:16]


def create_schema(connection: sqlite3.Connection) -> None:
    """Lays out an empty store and stamps it."""
    connection.executescript(SCHEMA_PATH.read_text("utf-8"))
    connection.executemany(
        "INSERT INTO meta (key, value) VALUES (?, ?)",
        [("application", "mockcentra"), ("version", __version__), ("schema", schema_version())],
    )
    connection.commit()


def check_version(connection: sqlite3.Connection, name: str) -> None:
    """Raises StoreError when the database is not a store of this version's schema."""
    try:
        rows = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('application', 'version', 'schema')"))
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{name} is not a mockcentra store ({error})") from error
    if rows.get("application") != "mockcentra":
        raise StoreError(f"{name} is not a mockcentra store")
    if rows.get("schema") != schema_version():
        raise VersionError(
            f"{name} was made by mockcentra {rows.get('version', '?')}, whose store this version ({__version__}) "
            "cannot read; move it away, or start with another --db"
        )


def template_key(fixtures_digest: str, seed: int, products: int | None, orders: int | None) -> str:
    """The name of the template for this version of everything that decides a seeded store's rows."""
    parts = [__version__, schema_version(), _code_digest(), metadata.version("faker"), fixtures_digest]
    parts += [str(seed), str(products), str(orders)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """A stamp of what the modules that make a shop say, so that a change of them makes a new template.

    Of their content, not of their dates: the layers of an image and the checkouts of a CI change those.
    """
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for folder in ("seed", "commerce", "store"):
        for path in sorted((package / folder).rglob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where templates are kept: MOCKCENTRA_CACHE_DIR, else the user's cache folder."""
    configured = os.environ.get("MOCKCENTRA_CACHE_DIR")
    if configured:
        return Path(configured)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "mockcentra"


class Template:
    """A seeded store on disk that is never written to again, and what its copies share."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shared = Shared()
        self._lock = threading.Lock()
        self._source = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        check_version(self._source, str(path))

    def copy(self) -> sqlite3.Connection:
        """A new in-memory database with the template's rows."""
        connection = memory_connection()
        with self._lock:
            self._source.backup(connection)
        return connection

    def copy_to_file(self, path: Path) -> None:
        """Writes the template's rows to a new file, which appears at once and whole."""
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        os.close(handle)
        target = sqlite3.connect(name)
        try:
            with self._lock:
                self._source.backup(target)
        finally:
            target.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        Path(name).replace(path)

    def close(self) -> None:
        self._source.close()


def memory_connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False, cached_statements=600)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def file_connection(path: Path) -> sqlite3.Connection:
    """A connection to a store in a file. Raises StoreError when it is none."""
    try:
        connection = sqlite3.connect(path, check_same_thread=False, cached_statements=600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        check_version(connection, str(path))
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be used as a store ({error})") from error
    return connection


def open_template(key: str, build: Callable[[sqlite3.Connection], None]) -> Template:
    """The template with that key from the cache folder; `build` fills a new one when there is none."""
    folder = cache_folder()
    path = folder / f"{key}.db"
    if path.exists():
        try:
            template = Template(path)
        except (StoreError, sqlite3.Error):
            with suppress(OSError):  # in a folder of somebody else's; another place is found below
                path.unlink(missing_ok=True)
        else:
            with suppress(OSError):
                os.utime(path)  # in use: see _forget_unused
            return template
    with _writable_folder(folder) as target:
        _forget_unused(target)
        handle, name = tempfile.mkstemp(dir=target, prefix=key, suffix=".new")
        os.close(handle)
        try:
            connection = sqlite3.connect(name)
            try:
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("PRAGMA journal_mode = MEMORY")
                create_schema(connection)
                build(connection)
                connection.execute("ANALYZE")
                connection.commit()
                connection.execute("VACUUM")
            finally:
                connection.close()
            Path(name).chmod(0o644)  # a template made by root, in an image, is read by others
            final = target / f"{key}.db"
            Path(name).replace(final)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return Template(final)


def _forget_unused(folder: Path) -> None:
    """Removes the templates that nobody opened for a month: those of older versions and of shops tried once."""
    oldest = time.time() - UNUSED_DAYS * 86400
    for path in folder.glob("*.db"):
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


@contextmanager
def _writable_folder(folder: Path) -> Iterator[Path]:
    """The cache folder, or a temporary one where it cannot be written (a read-only container)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    yield folder if usable else Path(tempfile.mkdtemp(prefix="mockcentra-"))

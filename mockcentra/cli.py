"""The command line: `mockcentra serve | health | seed | export | routes | coverage`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from mockcentra import __version__
from mockcentra.settings import BOUNDS, PREFIX, Settings, SettingsError, settings_from

SEED_SETTINGS = ("seed", "products", "orders", "fixtures")
CONTEXT = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": PREFIX.rstrip("_"), "max_content_width": 100}


def settings_options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Options for these settings, for all of them without names, as `settings` describes them."""

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for setting in reversed(fields(Settings)):
            if not names or setting.name in names:
                about = setting.metadata
                command = click.option(
                    f"--{setting.name.replace('_', '-')}",
                    type=_option_type(setting.name, setting.type, about["choices"]),
                    default=setting.default,
                    show_default=setting.default is not None,
                    show_envvar=True,
                    metavar=about["metavar"] or None,
                    help=about["help"],
                )(command)
        return command

    return add


def _option_type(name: str, kind: Any, choices: tuple[str, ...]) -> click.ParamType[Any]:
    if choices:
        return click.Choice(choices)
    if kind in (int, int | None):
        return click.IntRange(*BOUNDS[name]) if name in BOUNDS else click.INT
    if kind == Path | None:
        return click.Path(path_type=Path)
    return click.STRING


@contextmanager
def errors_in_one_line() -> Iterator[None]:
    """Turns whatever a user can mend into one line on stderr and exit status 2."""
    try:
        yield
    except Exception as error:
        # imported only now: nothing stands between the command and an open port
        from mockcentra.seed.fixtures import FixtureError
        from mockcentra.server import ServerError
        from mockcentra.store.template import StoreError

        if not isinstance(error, (SettingsError, ServerError, StoreError, FixtureError, OSError)):
            raise
        click.echo(f"mockcentra: {error}", err=True)
        sys.exit(2)


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="mockcentra")
def main() -> None:
    """A local emulator of the Centra e-commerce APIs.

    \b
    mockcentra serve                    the demo shop on http://127.0.0.1:8000
    mockcentra serve --db shop.db       a shop that survives a restart
    mockcentra serve --products 2000    a larger catalogue
    mockcentra export fixtures my-shop  the demo shop as YAML, to edit
    mockcentra serve --fixtures my-shop a shop of your own
    mockcentra coverage                 what is emulated, and what is not yet

    Everything that a client needs to know is at /_mock/info of a running server. Every option can be set by
    the environment variable that its help shows.
    """


@main.command(context_settings=CONTEXT)
@settings_options()
def serve(**values: Any) -> None:
    """Serve the shop until Ctrl-C or SIGTERM."""
    import logging

    from mockcentra.server import serve as serve_until_stopped

    with errors_in_one_line():
        settings = settings_from(values)
        logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        with progress_bar() as progress:
            serve_until_stopped(settings, _banner_printer(progress), progress)


def _banner_printer(progress: "Progress") -> Callable[[Any, Any], None]:
    def show(server: Any, application: Any) -> None:
        from mockcentra.banner import print_banner

        progress.close()
        print_banner(server, application)

    return show


class Progress:
    """Shows how far the making of a shop is: a bar on a terminal, a line a step elsewhere. Silent until it is told."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._step = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            if step != self._step:
                click.echo(f"making the shop: {step}", err=True)
            self._step = step
            return
        if self._bar is None:
            self._bar = _rich_bar()
            self._bar.start()
        if step != self._step:
            self.finish_step()
            self._step = step
            self._task = self._bar.add_task(step, total=max(total, 1))
        self._bar.update(self._task, completed=done, total=max(total, 1))

    def finish_step(self) -> None:
        if self._task is not None:
            self._bar.update(self._task, visible=False)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _rich_bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    return RichProgress(
        SpinnerColumn(),
        TextColumn("making the shop: {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def progress_bar() -> Iterator[Progress]:
    progress = Progress()
    try:
        yield progress
    finally:
        progress.close()


@main.command(context_settings=CONTEXT)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@settings_options(*SEED_SETTINGS)
@click.option("--check", is_flag=True, help="Check that the shop holds everything that a seeded shop promises.")
@click.option("--force", is_flag=True, help="Replace the file at PATH.")
def seed(path: Path | None, check: bool, force: bool, **values: Any) -> None:
    """Make a shop and say what is in it.

    With PATH the shop is written to that file, ready for `mockcentra serve --db PATH`. With --check and the PATH of
    an existing shop that one is checked.
    """
    from mockcentra.app import seeded_template
    from mockcentra.store import Space
    from mockcentra.store import tools as rows

    with errors_in_one_line(), progress_bar() as progress:
        settings = settings_from(values)
        template = seeded_template(settings, progress)
        if path is not None and check and not path.exists():
            raise SettingsError(f"there is no shop {path}")
        if path is not None and not check:
            if path.exists() and not force:
                raise SettingsError(f"{path} exists; --force replaces it")
            template.copy_to_file(path)
        progress.close()
        space = Space("default", template, path)
        if check:
            _check(space)
            return
        with space.store.reading() as tx:
            sizes = rows.table_sizes(tx)
    for name, count in sizes.items():
        click.echo(f"{count:>8,}  {name}")
    if path is not None:
        click.echo(f"written to {path}: mockcentra serve --db {path}")


def _check(space: Any) -> None:
    from mockcentra.seed.check import check, failures, report

    findings = check(space.store)
    for line in report(findings):
        click.echo(line)
    if failures(findings):
        sys.exit(1)


@main.command(context_settings=CONTEXT)
@click.option("--url", help="The server; by default the one on this machine at the port of MOCKCENTRA_PORT, or 8000.")
def health(url: str | None) -> None:
    """Ask a running server whether it is ready: exit status 0 or 1.

    For health checks of containers and for scripts that wait.
    """
    import os
    from urllib.request import urlopen

    address = url or f"http://127.0.0.1:{os.environ.get(PREFIX + 'PORT', Settings.port)}"
    try:
        with urlopen(f"{address.rstrip('/')}/_mock/health", timeout=2) as answer:
            click.echo(answer.read().decode())
    except (OSError, ValueError) as error:
        click.echo(f"mockcentra: {address} is not ready ({error})", err=True)
        sys.exit(1)


@main.command(context_settings=CONTEXT)
def routes() -> None:
    """List every address that the server answers."""
    from mockcentra.app import routed_app
    from mockcentra.coverage import is_operation

    rows = {
        (rule.rule, method)
        for rule in filter(is_operation, routed_app(Settings()).url_map.iter_rules())
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    for path, method in sorted(rows):
        click.echo(f"{method:<7} {path}")


@main.command(context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="As JSON, as /_mock/coverage answers it.")
@click.option("--missing", is_flag=True, help="Name the operations that are not emulated yet.")
def coverage(as_json: bool, missing: bool) -> None:
    """Count the documented operations of every API against those emulated."""
    import msgspec

    from mockcentra.app import routed_app
    from mockcentra.coverage import coverage_of

    apis = coverage_of(routed_app(Settings()))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({"apis": apis}), indent=2))
        return
    click.echo(f"{'API':<14}{'documented':>12}{'emulated':>10}{'share':>8}")
    for name, entry in apis.items():
        share = entry["emulated"] / entry["documented"]
        click.echo(f"{name:<14}{entry['documented']:>12}{entry['emulated']:>10}{share:>8.0%}")
    if missing:
        for name, entry in apis.items():
            for operation in entry["missing"]:
                click.echo(f"{name}: {operation}")


@main.group(context_settings=CONTEXT)
def export() -> None:
    """Write the demo shop's fixtures, or a running shop, to files."""


@export.command("fixtures", context_settings=CONTEXT)
@click.argument("folder", type=click.Path(path_type=Path))
def export_fixtures(folder: Path) -> None:
    """Copy the demo shop's YAML files to FOLDER, for `mockcentra serve --fixtures FOLDER`.

    A file that you delete there is taken from the demo shop; an empty one means that there are no such things.
    """
    import shutil

    from mockcentra.seed.fixtures import packaged_folder

    with errors_in_one_line():
        if folder.exists() and any(folder.iterdir()):
            raise SettingsError(f"{folder} is not empty")
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(packaged_folder().glob("*.yaml")):
            shutil.copyfile(path, folder / path.name)
            click.echo(folder / path.name)


@export.command("store", context_settings=CONTEXT)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running server.")
@click.option("--force", is_flag=True, help="Replace the file at PATH.")
def export_store(path: Path, url: str, force: bool) -> None:
    """Save the shop of a running server to the file PATH, for `mockcentra serve --db PATH`."""
    from urllib.request import urlopen

    with errors_in_one_line():
        if path.exists() and not force:
            raise SettingsError(f"{path} exists; --force replaces it")
        with urlopen(f"{url.rstrip('/')}/_mock/store", timeout=30) as answer:
            path.write_bytes(answer.read())
    click.echo(f"written to {path}: mockcentra serve --db {path}")


if __name__ == "__main__":
    main()

"""What the server prints when it is ready: where each API is, what opens it, which is still to come, and the store."""

import sys
from typing import Any

import click

from mockcentra import __version__
from mockcentra.control.life import apis, known_tokens
from mockcentra.coverage import emulated_apis
from mockcentra.server import Server

# What is shown of an API's credentials, in this order.
_SHOWN = ("secret", "token", "username", "password")


def banner_rows(server: Server, application: Any) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """The APIs as (name, url, credentials or that it is not emulated yet), and the other facts as (name, value)."""
    space = application.wsgi_app.spaces.default
    emulated = emulated_apis(application)
    rows = [
        (name, api["url"], _credentials(api) if name in emulated else "not emulated yet")
        for name, api in apis(server.url, space, known_tokens(space)).items()
    ]
    facts = [
        ("store", "in memory; gone when the server stops" if space.db is None else str(space.db)),
        ("docs", f"{server.url}/_mock/docs"),
        ("info", f"{server.url}/_mock/info"),
    ]
    return rows, facts


def _credentials(api: dict[str, Any]) -> str:
    return "  ".join(f"{key} {api[key]}" for key in _SHOWN if api.get(key))


def print_banner(server: Server, application: Any) -> None:
    """Prints the banner: with colours on a terminal, plain elsewhere."""
    rows, facts = banner_rows(server, application)
    title = f"mockcentra {__version__} on {server.url}"
    if sys.stdout.isatty():
        _print_rich(title, rows, facts)
        return
    width = max(len(url) for _, url, _ in rows)
    lines = [title]
    lines += [f"  {name:<13} {url:<{width}}  {credentials}" for name, url, credentials in rows]
    lines += [f"  {name:<13} {value}" for name, value in facts]
    click.echo("\n".join(lines))


def _print_rich(title: str, rows: list[tuple[str, str, str]], facts: list[tuple[str, str]]) -> None:
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for name, url, credentials in rows:
        table.add_row(Text(name, "bold"), Text(url, "cyan"), Text(credentials, "dim"))
    others = Table.grid(padding=(0, 2))
    for name, value in facts:
        others.add_row(Text(f"{name:<12}", "bold"), Text(value, "green" if name == "store" else "cyan"))
    content = Group(table, Text(), others)
    Console().print(Panel(content, title=f"[bold]{title}[/]", subtitle="Ctrl-C stops", expand=False, padding=(1, 2)))

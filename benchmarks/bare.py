"""The yardstick: a bare Flask app on the same server that answers the same number of bytes and does nothing."""

import sys

from flask import Flask, Response

from mockcentra.server import Front, Server


def bare_app(sizes: dict[str, int]) -> Flask:
    """An app with one route a name, `/name`, that answers that many bytes to GET and POST."""
    app = Flask("bare")
    for name, size in sizes.items():
        body = b'{"x":"' + b"x" * max(0, size - 8) + b'"}'

        def view(body: bytes = body) -> Response:
            return Response(body, content_type="application/json")

        app.add_url_rule(f"/{name}", endpoint=name, view_func=view, methods=["GET", "POST"])
    return app


def main() -> None:
    """`python -m benchmarks.bare NAME=SIZE ...` prints its port and serves until stdin ends."""
    sizes = {name: int(size) for name, size in (argument.split("=") for argument in sys.argv[1:])}
    with Server(Front(bare_app(sizes)), "127.0.0.1", 0) as server:
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

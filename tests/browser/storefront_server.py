"""Serves the tests' webshop on an origin of its own: plain files, and a return page that may be posted to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

FOLDER = Path(__file__).with_name("storefront")


class _Handler(SimpleHTTPRequestHandler):
    api_url = ""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, directory=str(FOLDER), **more)

    def do_GET(self) -> None:
        if self.path == "/config.js":
            self._answer("text/javascript", f"const API = {json.dumps(self.api_url)};\n")
        else:
            super().do_GET()

    def do_POST(self) -> None:
        """The return page with the posted fields in it, as a webshop's own server would hand them to the page."""
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        fields = json.dumps(dict(parse_qsl(sent, keep_blank_values=True))).replace("<", "\\u003c")
        page = FOLDER / self.path.partition("?")[0].lstrip("/")
        posted = f'<script type="application/json" id="posted">{fields}</script></body>'
        self._answer("text/html; charset=utf-8", page.read_text("utf-8").replace("</body>", posted))

    def _answer(self, content_type: str, text: str) -> None:
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Tests are quiet."""


@contextmanager
def storefront(api_url: str) -> Iterator[str]:
    """The address of a webshop that speaks to the Checkout API at `api_url`."""
    handler = type("Handler", (_Handler,), {"api_url": api_url})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

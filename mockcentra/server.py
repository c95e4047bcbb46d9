"""Serves the application with waitress: listens at once, says 503 until the store is there, stops within a second."""

import errno
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

import msgspec
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from mockcentra.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Seconds that requests in flight get to end when the server stops.
GRACE = 0.5
# A browser or a test suite opens several connections and keeps them; waitress's own limit of 100 is soon reached.
CONNECTIONS = 2000


class ServerError(Exception):
    """The server cannot listen. One line for a person."""


class Front:
    """The WSGI application that the server calls: the real one, or 503 while that is being made."""

    def __init__(self, application: "WSGIApplication | None" = None) -> None:
        self.application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if self.application is not None:
            return self.application(environ, start_response)
        body = msgspec.json.encode({"status": "starting", "waiting_for": ["store"]})
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Retry-After", "1")]
        start_response("503 Service Unavailable", headers)
        return [body]


class _JsonErrorTask(ErrorTask):
    """What the server itself refuses (a malformed request line, an endless header) is answered in JSON, too."""

    def execute(self) -> None:
        error = self.request.error
        code = "too_large" if error.code in (413, 431) else "invalid" if error.code < 500 else "internal"
        body = msgspec.json.encode({"error": {"code": code, "message": f"{error.reason}: {error.body}"}})
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend([("Content-Type", "application/json"), ("Connection", "close")])
        self.close_on_finish = True
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    error_task_class = _JsonErrorTask

    def writable(self) -> bool:
        """Whether the loop has something to send.

        Not while a task is sending: that tells the loop itself when it leaves something. Otherwise the loop would turn
        as fast as it can until the task is done, and take the interpreter from it again and again.
        """
        if self.will_close or self.close_when_flushed:
            return True
        if not self.total_outbufs_len or not self.outbuf_lock.acquire(False):
            return False
        self.outbuf_lock.release()
        return True


class Server:
    """A server that listens from its construction on and serves `front` in threads of its own until it is stopped.

    Usable as a context manager. Raises ServerError when it cannot listen.
    """

    def __init__(self, front: Front, host: str, port: int, threads: int = 32) -> None:
        self.front = front
        self.host = host
        listening = _listening(host, port)
        self.port: int = listening.getsockname()[1]
        # waitress warns of every request that waits for a thread; that is no news here
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._server: Any = create_server(
            front,
            sockets=[listening],
            threads=threads,
            connection_limit=CONNECTIONS,
            clear_untrusted_proxy_headers=False,
            ident=None,
        )
        self._server.channel_class = _Channel
        self._loop = threading.Thread(target=self._server.run, name="mockcentra-loop", daemon=True)
        self._loop.start()

    @property
    def url(self) -> str:
        """Where a client on this machine finds the server."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"

    def stop(self) -> None:
        """Takes no further connection, gives requests in flight a moment, and ends."""
        self._server.accepting = False
        logging.getLogger("waitress").setLevel(logging.CRITICAL)
        self._server.task_dispatcher.shutdown(timeout=GRACE)
        # in the thread of the loop, for it may be waiting for these very sockets
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._server._map, ignore_all=True))
        self._loop.join(GRACE)

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    settings: Settings,
    ready: Callable[[Server, Any], None],
    progress: Callable[[str, int, int], None] | None = None,
) -> None:
    """Serves until SIGINT or SIGTERM; `ready(server, application)` is called once, when everything answers.

    Raises ServerError, and whatever making the application raises.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    front = Front()
    with Server(front, settings.host, settings.port, settings.threads) as server:
        try:
            # only now: what takes time to import comes after the port is open; and while modules are loaded,
            # looking for garbage finds none and costs a tenth of the time
            gc.disable()
            from mockcentra.app import open_shops, routed_app, seeded_template
            from mockcentra.store.spaces import Spaces

            application = routed_app(settings)
            gc.enable()
            open_shops(application, Spaces(seeded_template(settings, progress), settings.db))
            gc.freeze()
            front.application = application
            ready(server, application)
            while True:
                threading.Event().wait(3600)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _listening(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # where a name has both (localhost), clients try the older kind of address
        family, *_, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        return socket.create_server(address[:2], family=family, backlog=1024)
    except socket.gaierror as error:
        raise ServerError(f"there is no address {host!r} to listen on ({error.strerror})") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(f"port {port} on {host} is taken; choose another one with --port") from error
        raise ServerError(f"cannot listen on {host}, port {port} ({error.strerror})") from error

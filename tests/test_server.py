"""The server as a process: it starts, says where it is, serves, and stops when it is told to."""

import contextlib
import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from flask import Flask

from mockcentra.apis.unbuilt import UNBUILT
from mockcentra.server import Front, Server, ServerError
from mockcentra.store.template import Template

ROOT = Path(__file__).parents[1]
# The process finds the seeded store in the cache that the tests of this run have filled.
pytestmark = pytest.mark.usefixtures("template")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mockcentra", "serve", "--port", "0", *arguments]


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **variables}


@contextlib.contextmanager
def served(*arguments: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A serving process and its url, from the banner; it is killed in the end if it still runs."""
    process = subprocess.Popen(
        command(*arguments),
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        title = process.stdout.readline()
        found = re.search(r"http://\S+", title)
        assert found, title + (process.stderr.read() if process.stderr else "")
        yield process, found.group()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def failure(*arguments: str, **variables: str) -> str:
    """The one line with which serving was refused."""
    done = subprocess.run(
        command(*arguments), env=environment(**variables), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "Traceback" not in line
    return line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    with served() as (process, url), httpx.Client(base_url=url) as client:
        assert client.get("/_mock/health").json() == {"status": "ok"}
        assert client.get("/_mock/info").json()["apis"]["checkout"]["url"] == f"{url}/api/checkout"
        started = time.monotonic()
        process.send_signal(number)
        assert process.wait(5) == 0
        assert time.monotonic() - started < 1.5
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_the_banner_names_every_api_its_credentials_and_the_store() -> None:
    with served() as (process, url):
        process.terminate()
        assert process.stdout is not None
        banner = process.stdout.read()
    for path in ("/api/checkout", "/api/shop/v1", "/api/order-api", "/api/subscription-api", "/graphql", "/_mock/docs"):
        assert f"{url}{path}" in banner
    assert "secret mock-checkout-secret" in banner
    assert "memory" in banner
    unbuilt = {line.split()[0] for line in banner.splitlines() if line.endswith("not emulated yet")}
    assert unbuilt == {api for api, (address, _) in UNBUILT.items() if f"{url}{address}" in banner}


def test_it_stops_in_the_middle_of_a_request() -> None:
    with served() as (process, url):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as half:
            half.sendall(b"POST /_mock/reset HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            process.terminate()
            assert process.wait(5) == 0


def test_a_taken_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} on 127.0.0.1 is taken" in failure("--port", str(port))


def test_an_impossible_address_is_one_line() -> None:
    assert "nowhere.invalid" in failure("--host", "nowhere.invalid")


def test_a_file_that_is_no_store_is_one_line_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("my notes " * 200)
    line = failure("--db", str(path))
    assert str(path) in line
    assert path.read_text() == "my notes " * 200


def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)", [("application", "mockcentra"), ("version", "0.0.1"), ("schema", "old")]
    )
    connection.commit()
    connection.close()
    line = failure("--db", str(path))
    assert "made by mockcentra 0.0.1" in line
    assert "--db" in line


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    assert f"there is no folder {folder} to keep shop.db in" in failure("--db", str(folder / "shop.db"))
    assert f"there is no folder {folder} with fixtures" in failure("--fixtures", str(folder))


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    assert "cannot be used as a store" in failure("--db", str(tmp_path))


def test_localhost_is_found_by_clients_of_both_kinds() -> None:
    with Server(Front(), "localhost", 0, threads=2) as server:
        assert httpx.get(server.url.replace("localhost", "127.0.0.1")).status_code == 503


def test_a_mistake_in_a_fixture_is_named_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "company.yaml").write_text("as_of: 2026-09-01\nstoers: []\n")
    line = failure("--fixtures", str(tmp_path))
    assert "company.yaml, line 2" in line
    assert "stoers" in line


def test_a_shop_in_a_file_survives_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "shop.db")
    with served("--db", path) as (process, url):
        httpx.patch(f"{url}/_mock/settings", json={"store.backorders": True}).raise_for_status()
        assert httpx.get(f"{url}/_mock/info").json()["store"] == path
        process.terminate()
        process.wait(5)
    with served("--db", path) as (_, url):
        assert httpx.get(f"{url}/_mock/settings").json()["store.backorders"] is True
        httpx.post(f"{url}/_mock/reset").raise_for_status()
        assert httpx.get(f"{url}/_mock/settings").json()["store.backorders"] is False


def test_variables_set_what_flags_set() -> None:
    with served(MOCKCENTRA_CONTROL_TOKEN="s3cret") as (_, url):
        assert httpx.get(f"{url}/_mock/info").status_code == 401


def test_until_the_store_is_there_everything_is_starting() -> None:
    with Server(Front(), "127.0.0.1", 0, threads=2) as server:
        response = httpx.get(f"{server.url}/_mock/health")
        assert response.status_code == 503
        assert response.json() == {"status": "starting", "waiting_for": ["store"]}


@pytest.fixture
def live(app: Flask) -> Iterator[Server]:
    with Server(Front(app), "127.0.0.1", 0, threads=8) as server:
        yield server


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: minus one\r\n\r\n", 400, "invalid"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 300_000 + b"\r\n\r\n", 431, "too_large"),
        (b"nonsense\r\n\r\n", 400, "invalid"),
    ],
)
def test_what_the_server_itself_refuses_is_json(live: Server, request_: bytes, status: int, code: str) -> None:
    with socket.create_connection(("127.0.0.1", live.port)) as raw:
        raw.sendall(request_)
        answer = http.client.HTTPResponse(raw)
        answer.begin()
        body = answer.read()
    assert answer.status == status
    assert answer.getheader("content-type") == "application/json"
    assert httpx.Response(status, content=body).json()["error"]["code"] == code


@pytest.mark.parametrize("host", ["a..b", f"{'x' * 70}.test", "shop.test:8080"])
def test_whatever_the_host_is_called_it_is_this_shop(live: Server, host: str) -> None:
    answer = httpx.get(f"{live.url}/api/checkout/selection", headers={"Host": host, "API-token": "none"})
    assert answer.status_code == 200


def test_large_bodies_pass_and_larger_ones_are_refused_in_json(live: Server) -> None:
    fine = httpx.put(f"{live.url}/_mock/store", content=b"x" * (21 * 1024 * 1024))
    assert fine.status_code == 400
    assert "not a mockcentra store" in fine.json()["error"]["message"]
    too_large = httpx.put(f"{live.url}/_mock/store", content=b"x" * (65 * 1024 * 1024), timeout=60)
    assert too_large.status_code == 413
    assert too_large.json()["error"]["code"] == "too_large"


def test_who_reads_slowly_gets_a_large_answer_whole_and_keeps_nobody_waiting() -> None:
    app = Flask("large")
    size = 30_000_000

    @app.get("/large")
    def large() -> bytes:
        return b"x" * size

    @app.get("/small")
    def small() -> str:
        return "small"

    with Server(Front(app), "127.0.0.1", 0, threads=2) as server, contextlib.ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(4)]
        for raw in slow:
            raw.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert [httpx.get(f"{server.url}/small", timeout=5).text for _ in range(5)] == ["small"] * 5
        for raw in slow:
            read = 0
            while received := raw.recv(1_000_000):
                read += len(received)
                if read < size // 100:
                    time.sleep(0.01)
            assert size < read < size + 1000


def test_many_connections_at_once_are_kept(live: Server) -> None:
    limits = httpx.Limits(max_connections=150, max_keepalive_connections=150)
    failures: list[str] = []

    def ask() -> None:
        with httpx.Client(base_url=live.url, limits=limits, timeout=30) as client:
            answers = [client.get("/_mock/health") for _ in range(3)]
        failures.extend(answer.text for answer in answers if answer.status_code != 200)

    threads = [threading.Thread(target=ask) for _ in range(120)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_port_can_be_asked_for_only_once(live: Server) -> None:
    with pytest.raises(ServerError, match="taken"):
        Server(Front(), "127.0.0.1", live.port)


def test_every_error_is_json_and_an_unexpected_one_is_logged_with_its_id(
    template: Template, caplog: pytest.LogCaptureFixture
) -> None:
    from mockcentra.app import create_app
    from mockcentra.settings import Settings
    from mockcentra.store import Spaces

    app = create_app(Settings(), Spaces(template))

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a secret detail")

    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://shop.test") as client:
        response = client.get("/broken")
        assert response.status_code == 500
        error = response.json()["error"]
        assert error["code"] == "internal"
        assert "secret detail" not in response.text
        assert error["message"].rpartition(" ")[2] in caplog.text
        assert "a secret detail" in caplog.text
        assert client.get("/nothing").json()["error"]["code"] == "not_found"
        wrong_verb = client.delete("/broken")
        assert wrong_verb.status_code == 405
        assert wrong_verb.json()["error"]["code"] == "method_not_allowed"

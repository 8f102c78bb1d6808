import contextlib

import openai
import pytest

from harness import REQUEST_SECONDS, Server


@pytest.fixture(scope="session")
def server():
    """One server for all tests that don't stop it; at the end it must leave cleanly."""
    server = Server("--parallel", "32")
    yield server
    server.terminate()
    try:
        assert server.exit_code() == 0, server.text
    finally:
        server.kill()


@contextlib.contextmanager
def starting():
    """Starts servers, and kills them at the end."""
    servers = []

    def start(*arguments):
        servers.append(Server(*arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def own_server():
    """Starts servers for one test alone: `own_server("--parallel", "1")`."""
    with starting() as start:
        yield start


@pytest.fixture(scope="module")
def module_server():
    """Starts servers for the tests of one file."""
    with starting() as start:
        yield start


@pytest.fixture(scope="session")
def client(server):
    return client_of(server)


@pytest.fixture
def client_for():
    """The official client of any server."""
    return client_of


@pytest.fixture(scope="session")
def model(client):
    return client.models.list().data[0].id


def client_of(server):
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", timeout=REQUEST_SECONDS, max_retries=0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    server = item.funcargs.get("server")
    if report.failed and server:
        report.sections.append(("the server's last lines", "".join(server.log[-40:])))
    return report

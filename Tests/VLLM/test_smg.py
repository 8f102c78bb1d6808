"""The reference gateway drives `drover worker` and says what `drover gateway` does in front of the same worker."""

import socket
import subprocess

import pytest

import cases
from engines import FOLDER, LOGS, client_of, outcome
from harness import ROOT, Server, poll

SMG = ROOT / ".drover" / "gateway-venv" / "bin" / "smg"

# Greedy, and asked for in fields that both gateways have.
SHARED = ["chat", "system", "unicode", "completion", "stop", "schema"]


class Worker(Server):
    READY = r"grpc://127\.0\.0\.1:\d+"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def worker():
    worker = Worker("--name", cases.MODEL, command="worker", listen=("--listen", "127.0.0.1:0"))
    yield worker
    worker.terminate()
    try:
        assert worker.exit_code() == 0, worker.text
    finally:
        worker.kill()


@pytest.fixture(scope="module")
def gateway(worker, gateway_to):
    return gateway_to(worker.url)


@pytest.fixture(scope="module")
def smg(worker):
    """A client of the reference gateway, which has no port 0 and drains for minutes when it is asked to leave."""
    LOGS.mkdir(exist_ok=True)
    port = free_port()
    with open(LOGS / "smg.log", "w") as log:
        process = subprocess.Popen(
            [SMG, "launch", "--host", "127.0.0.1", "--port", str(port), "--worker-urls", worker.url,
             "--model-path", FOLDER, "--prometheus-host", "127.0.0.1", "--prometheus-port", str(free_port())],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    client = client_of(f"http://127.0.0.1:{port}")

    def is_ready():
        assert process.poll() is None, (LOGS / "smg.log").read_text()[-3000:]
        try:
            return cases.ask(client, cases.CASES["completion"])
        except Exception:
            return None

    try:
        poll(is_ready, 60, "an answer of smg's")
        yield client
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("name", SHARED)
def test_the_text_is_the_same(smg, gateway, name):
    # Both shall find the prompt cached: it is computed in another batch then, which may change low bits.
    outcome(gateway.client, cases.CASES[name])
    assert outcome(smg, cases.CASES[name]) == outcome(gateway.client, cases.CASES[name])


@pytest.mark.parametrize("name", ["chat", "unicode", "stop"])
def test_the_stream_is_the_same(smg, gateway, name):
    theirs, ours = (cases.streamed(client, cases.CASES[name]) for client in (smg, gateway.client))
    assert theirs[0] == ours[0]
    assert theirs[1].completion_tokens == ours[1].completion_tokens
    assert theirs[1].prompt_tokens == ours[1].prompt_tokens

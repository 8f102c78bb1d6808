"""Starts the release binary and speaks plain HTTP to it; what the tests share that is no fixture."""

import collections
import contextlib
import http.client
import json
import os
import queue
import re
import signal
import ssl
import subprocess
import threading
import time
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[2]
DROVER = ROOT / ".build" / "release" / "drover"
MODEL = Path(os.environ.get("DROVER_TEST_MODEL", ROOT / ".drover/models/SmolLM2-135M-Instruct.F16.gguf"))

# Of the gateway's own tests; the server's is for 127.0.0.1.
CERTIFICATES = ROOT / "Tests" / "GatewayTests" / "Fixtures" / "certificates"

START_SECONDS = 60
STOP_SECONDS = 60
REQUEST_SECONDS = 120

RUNNING = "drover_engine_running_sequences"

# Variables of that prefix are settings; those of the tests, and of whoever runs them, are not the server's.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("DROVER_")}

Answer = collections.namedtuple("Answer", "status headers body")


def poll(question, seconds, what):
    """Asks until the answer is true, and returns it; a deadline rather than a sleep of a guessed length."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := question():
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def trust(certificate=None):
    """What a client needs that knows the tests' authority, with a certificate of its own if one is named."""
    context = ssl.create_default_context(cafile=CERTIFICATES / "authority.pem")
    if certificate:
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem", CERTIFICATES / f"{certificate}.key")
    return context


class Server:
    """One `drover serve`, or another service, on a port of the system's choice."""

    # What it prints when it is ready.
    READY = r"https?://127\.0\.0\.1:\d+"

    def __init__(self, *arguments, model=MODEL, command="serve", listen=("--port", "0"), environment=None):
        self.log = []
        self.process = subprocess.Popen(
            [DROVER, command, *(("--model", model) if model else ()), *listen, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env={**ENVIRONMENT, **(environment or {})})
        lines = queue.Queue()
        self.reader = threading.Thread(target=self._read, args=(lines,), daemon=True)
        self.reader.start()
        self.url = self._ready_url(lines)
        port = self.url.rpartition(":")[2]
        self.port = int(port) if port.isdigit() else None

    def _read(self, lines):
        for line in self.process.stdout:
            self.log.append(line)
            lines.put(line)
        lines.put(None)

    def _ready_url(self, lines):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                line = lines.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                line = None
            if line is None:
                self.kill()
                raise AssertionError(f"the server printed no URL:\n{self.text}")
            if found := re.search(self.READY, line):
                return found[0]

    @property
    def text(self):
        return "".join(self.log)

    def request(self, method, path, body=None, headers=None):
        """One request on a connection of its own; `body` is bytes, or a value to be sent as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if self.url.startswith("https"):
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=REQUEST_SECONDS, context=trust())
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=REQUEST_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def json(self, method, path, body=None):
        """The status and the parsed body."""
        answer = self.request(method, path, body)
        return answer.status, json.loads(answer.body)

    def tokens(self, text):
        status, answer = self.json("POST", "/v1/tokenize", {"prompt": text, "add_special_tokens": False})
        assert status == 200, answer
        return answer["tokens"]

    def metrics(self):
        """Every sample's value by its name, added up over labels."""
        answer = self.request("GET", "/metrics")
        assert answer.status == 200
        values = collections.Counter()
        for family in text_string_to_metric_families(answer.body.decode()):
            for sample in family.samples:
                values[sample.name] += sample.value
        return values

    def workers(self):
        """What a gateway says of its workers."""
        status, answer = self.json("GET", "/workers")
        assert status == 200 and answer["total"] == len(answer["workers"])
        return answer["workers"]

    def await_idle(self, seconds=10):
        poll(lambda: self.metrics()[RUNNING] == 0, seconds, "no running sequence")

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def exit_code(self):
        code = self.process.wait(timeout=STOP_SECONDS)
        self.reader.join(timeout=STOP_SECONDS)
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()


def run_drover(*arguments, seconds=START_SECONDS, environment=None, text=""):
    """Runs the binary to its end, with `text` on its standard input."""
    return subprocess.run(
        [DROVER, *arguments], cwd=ROOT, input=text, capture_output=True, text=True, timeout=seconds,
        env={**ENVIRONMENT, **(environment or {})})

"""Starts vLLM's own servers, one at a time, for two of them would not fit into a small machine's memory."""

import json
import os
import re
import socket
import subprocess
import urllib.request

import openai

import cases
from harness import ROOT, Server, poll

FOLDER = ROOT / ".drover" / "models" / "SmolLM2-135M-Instruct"
PYTHON = ROOT / ".drover" / "vllm-venv" / "bin" / "python3"
LOGS = ROOT / ".drover" / "vllm-logs"
START_SECONDS = 400
REQUEST_SECONDS = 300


def client_of(url):
    return openai.OpenAI(base_url=f"{url}/v1", api_key="none", timeout=REQUEST_SECONDS, max_retries=0)


class VLLM:
    """One of vLLM's servers: its HTTP API, or the gRPC one that gateways drive.

    It is given the model's folder by a relative path, so that a gateway, which works elsewhere, does not find it, as if
    it ran on another machine. It computes in 32 bits: in 16, what runs together changes the likeliest token.
    """

    def __init__(self, module, ready, arguments):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        LOGS.mkdir(exist_ok=True)
        self.log = LOGS / f"{module}.log"
        command = [
            PYTHON, "-m", f"vllm.entrypoints.{module}", "--model", FOLDER.name, "--served-model-name", cases.MODEL,
            "--host", "127.0.0.1", "--port", str(self.port), "--enforce-eager", "--max-model-len", "2048",
            "--dtype", "float32", *arguments]
        environment = os.environ | {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                command, cwd=FOLDER.parent, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)
        poll(lambda: self.is_alive() and ready(self), START_SECONDS, f"vLLM's start, see {self.log}")

    def is_alive(self):
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        return True

    def stop(self):
        """Ends the server with its own processes, of which the engine is one."""
        for number in ("TERM", "KILL"):
            subprocess.run(["kill", f"-{number}", "--", f"-{self.process.pid}"], stderr=subprocess.DEVNULL)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                continue


def http_ready(server):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{server.port}/health", timeout=2).status == 200
    except OSError:
        return False


def rpc_ready(server):
    """It answers while it warms up, but slowly: the requests of the tests come afterwards. Pooling needs no warm-up."""
    end = "Server is ready" if "runner='pooling'" in server.log.read_text() else "warm-up over"
    return end in server.log.read_text()


class Engines:
    """The server that runs, and what vLLM's own HTTP server answers to the cases."""

    def __init__(self):
        self.running, self.started, self.answers = None, None, None

    def http(self, *arguments):
        return self.start("openai.api_server", http_ready, arguments)

    def rpc(self, *arguments):
        return self.start("grpc_server", rpc_ready, arguments)

    def start(self, module, ready, arguments):
        """A server that runs already, with the same arguments, goes on."""
        if self.started != (module, arguments):
            self.stop()
            self.running, self.started = VLLM(module, ready, arguments), (module, arguments)
        return self.running

    def stop(self):
        if self.running:
            self.running.stop()
        self.running, self.started = None, None

    def references(self):
        """By case: what was seen, or the status of the error. What runs gives way to vLLM's own HTTP server."""
        if self.answers is None:
            client = client_of(f"http://127.0.0.1:{self.http().port}")
            self.answers = {name: outcome(client, case) for name, case in cases.CASES.items()}
            self.answers["at once"] = cases.at_once(client)
            (LOGS / "references.json").write_text(json.dumps(self.answers, indent=1, ensure_ascii=False))
        return self.answers


def outcome(client, case):
    try:
        return cases.seen(cases.ask(client, case))
    except openai.APIStatusError as error:
        return error.status_code


class Gateway(Server):
    """`drover gateway` in front of one worker."""

    def __init__(self, worker, *arguments):
        super().__init__("--worker", worker, *arguments, model=None, command="gateway")
        poll(lambda: cases.MODEL.encode() in self.request("GET", "/v1/models").body, 60, "a worker that joins")
        self.client = client_of(self.url)

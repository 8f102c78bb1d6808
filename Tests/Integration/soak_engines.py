"""The mock engines of soak_gateway.py, and how they misbehave."""

import socket
import subprocess
from pathlib import Path

MODEL = "soak"
TOKENS = 400
MISBEHAVIOUR = ("malformed truncated oversized compressed end reset wrong-index abort duplicate-completion late-tokens "
                "refused internal unavailable resource-exhausted unauthenticated").split()
# What ends every call of a connection, or takes long.
RARE_MISBEHAVIOUR = "close goaway stall slow silence down unhealthy".split()


class Engine:
    """One mock engine, killed and started at the same address."""

    def __init__(self, drover, tokenizer, tokens, folder, number):
        self.command = [
            drover, "mock-engine", "--protocol", ("vllm", "sglang", "trtllm")[number % 3], "--name", MODEL,
            "--tokenizer", tokenizer, "--token-file", tokens, "--count", str(TOKENS), "--delay-ms", "2",
            "--slow-ms", "100", "--context", "4096", "--seed", str(number)]
        self.log = open(Path(folder, f"engine-{number}.log"), "wb")
        if number < 3:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                place = f"127.0.0.1:{probe.getsockname()[1]}"
            self.url = f"grpc://{place}"
        else:
            place = self.url = f"unix:{folder}/engine-{number}.sock"
        self.command += ["--listen", place]
        self.process = None

    def start(self, misbehave):
        chances = [f"{name}=0.004" for name in MISBEHAVIOUR] + [f"{name}=0.0002" for name in RARE_MISBEHAVIOUR]
        arguments = ["--misbehave", ",".join(chances)] if misbehave else []
        self.process = subprocess.Popen(self.command + arguments, stdout=self.log, stderr=subprocess.STDOUT)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

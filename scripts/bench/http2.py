#!/usr/bin/env python3
"""Measures what clients of HTTP/2 cost `drover gateway` beside those of HTTP/1.1: the same streams, in turns.

Usage: scripts/bench/http2.py [--rounds N] [--requests N] [--h2load BINARY] [--model FOLDER]

Needs h2load (Debian: nghttp2-client). Prints processor time of the gateway a request, user and system time of all its
threads, medians of the rounds. docs/benchmarks.md has what it printed.
"""

import argparse
import json
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from gateway_load import body
from gateway_pair import MODEL, ROOT, Process, free_port

TOKENS = 64
# What is told to h2load: connections, and streams at once on each.
CLIENTS = {
    "HTTP/1.1, 32 connections": ["--h1", "-c", "32"],
    "HTTP/2, 32 connections of one stream": ["-c", "32", "-m", "1"],
    "HTTP/2, 4 connections of 8 streams": ["-c", "4", "-m", "8"],
    "HTTP/2, 1 connection of 32 streams": ["-c", "1", "-m", "32"],
}


def cost(options, gateway, data, client):
    """Milliseconds of processor time a request."""
    before = gateway.seconds()
    said = subprocess.run(
        [options.h2load, "-n", str(options.requests), "-d", data, "-H", "content-type: application/json", *client,
         gateway.url + "/v1/chat/completions"], check=True, capture_output=True, text=True).stdout
    if not re.search(rf"{options.requests} succeeded, 0 failed", said):
        raise SystemExit(f"not every request was answered: {said}")
    return (gateway.seconds() - before) * 1000 / options.requests


def measure(options, data, delay_ms):
    engine_port = free_port()
    processes = [Process("the mock engine", engine_port, [
        options.drover, "mock-engine", "--protocol", "vllm", "--name", "bench", "--port", str(engine_port),
        "--count", str(TOKENS), "--delay-ms", str(delay_ms)])]
    try:
        port = free_port()
        gateway = Process("drover", port, [
            options.drover, "gateway", "--worker", f"grpc://127.0.0.1:{engine_port}", "--model-path", options.model,
            "--port", str(port)])
        processes.append(gateway)
        gateway.wait("/v1/models")
        time.sleep(1)
        cost(options, gateway, data, CLIENTS["HTTP/1.1, 32 connections"])
        rounds = {name: [] for name in CLIENTS}
        for _ in range(options.rounds):
            for name, client in CLIENTS.items():
                rounds[name].append(cost(options, gateway, data, client))
    finally:
        for process in processes:
            process.kill()
    medians = {name: statistics.median(values) for name, values in rounds.items()}
    first = next(iter(medians.values()))
    for name, value in medians.items():
        print(f"| {name} | {delay_ms} ms | {value:.3f} | {value / first:.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drover", default=str(ROOT / ".build" / "release" / "drover"))
    parser.add_argument("--h2load", default="h2load")
    parser.add_argument("--model", default=str(MODEL), help="a folder with the model's tokenizer and template")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=3000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "request.json")
        data.write_text(json.dumps(body(1, True, TOKENS)))
        print("| clients | between tokens | ms/request | ratio |\n|---|---|---|---|")
        for delay_ms, requests in ((0, options.requests), (5, options.requests // 3)):
            options.requests = requests
            measure(options, data, delay_ms)


if __name__ == "__main__":
    main()

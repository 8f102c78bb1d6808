#!/usr/bin/env python3
"""Measures `drover serve` beside llama.cpp's own llama-bench: same model file, same threads, in turns.

Usage: scripts/bench/engine.py [--model FILE.gguf] [--threads N] [--rounds N]

Prints, as Markdown, the median over the rounds and the median of the rounds' ratios:
  prefill  a prompt of 512 tokens (llama-bench: pp512)
  decode   128 tokens of one stream, from the first to the last (llama-bench: tg128)
           both on a fresh server, as llama-bench empties its cache before each repetition
  full     the same on a server whose cache is full of other prompts' prefixes
  batches  tokens per second of 1, 8 and 16 streams at once
  gaps     the time between two tokens of 16 running streams while a prompt of 4,000 tokens arrives
Both programs run on one core of two at a time, so nothing else should run on the machine.
"""

import argparse
import concurrent.futures
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DROVER = ROOT / ".build/release/drover"
LLAMA_BENCH = ROOT / ".drover/llama-bench/llama-bench"


class Server:
    def __init__(self, model, threads, *arguments):
        self.process = subprocess.Popen(
            [DROVER, "serve", "--model", model, "--port", "0", "--threads", str(threads), "--name", "m",
             "--parallel", "32", *arguments], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r":(\d+)$", line.strip())[1])

    def stream(self, prompt, max_tokens, every_token=False):
        """The moment of the request, then those at which text arrived, and at which the stream ended.

        A token that completes no character has no text; `every_token` asks for log-probabilities, so that each has a
        chunk of its own.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        body = {"model": "m", "prompt": prompt, "max_tokens": max_tokens, "ignore_eos": True, "temperature": 0,
                "stream": True, **({"logprobs": 0} if every_token else {})}
        start = time.perf_counter()
        connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
        moments = [start]
        for line in connection.getresponse():
            if line.startswith(b"data: {"):
                moments.append(time.perf_counter())
        connection.close()
        return moments

    def counters(self):
        """Steps and prompt tokens so far, and the seconds in which decodes and prompts were computed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return [float(re.search(rf"^drover_engine_{name}_total (\S+)$", text, re.M)[1])
                for name in ("steps", "prefill_tokens", "decode_seconds", "prefill_seconds")]

    def stop(self):
        self.process.terminate()
        assert self.process.wait(60) == 0


def prompt(length, source):
    return [source.randrange(1000, 40000) for _ in range(length)]


def llama_bench(model, threads):
    out = subprocess.run(
        [LLAMA_BENCH, "-m", model, "-t", str(threads), "-p", "512", "-n", "128", "-r", "3", "-fa", "1", "-o", "json"],
        capture_output=True, text=True, check=True).stdout
    prefill, decode = json.loads(out)
    return prefill["avg_ts"], decode["avg_ts"]


def prefill(server, source):
    moments = server.stream(prompt(512, source), 1)
    return 512 / (moments[1] - moments[0])


def decode(server, source):
    moments = server.stream([504], 129)  # the first token is whole characters, so its chunk comes with it
    return 128 / (moments[-1] - moments[1])


def on_fresh_server(options, measure, source):
    server = Server(options.model, options.threads)
    server.stream(prompt(8, source), 2)
    speed = measure(server, source)
    server.stop()
    return speed


def drover(options, source):
    return tuple(
        statistics.mean(on_fresh_server(options, measure, source) for _ in range(3)) for measure in (prefill, decode))


def on_full_cache(options, source):
    server = Server(options.model, options.threads, "--context", "4096", "--cache-tokens", "4096")
    for _ in range(5):
        server.stream(prompt(800, source), 1)
    speeds = prefill(server, source), decode(server, source)
    server.stop()
    return speeds


def batch(server, source, count, tokens=96):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        start = time.perf_counter()
        streams = list(pool.map(lambda p: server.stream(p, tokens), [prompt(1, source) for _ in range(count)]))
        end = max(moments[-1] for moments in streams)
    return count * tokens / (end - start)


def gaps(server, source):
    """What 16 streams see while a prompt of 4,000 tokens arrives: (gaps before it, gaps by quarter of the prompt, what a
    step takes for decodes and for the prompt by quarter; all in milliseconds), and the prompt's TTFT in seconds."""
    samples, done = [], threading.Event()

    def sample():
        while not done.wait(0.2):
            samples.append((time.perf_counter(), *server.counters()))

    with concurrent.futures.ThreadPoolExecutor(18) as pool:
        streams = [pool.submit(server.stream, prompt(8, source), 260, True) for _ in range(16)]
        time.sleep(3)
        sampler = pool.submit(sample)
        long = pool.submit(server.stream, prompt(4000, source), 2).result()
        done.set()
        sampler.result()
        streams = [stream.result() for stream in streams]
    computed = samples[0][2]
    marks = [next((s for s in samples if s[2] - computed >= 1000 * quarter), samples[-1]) for quarter in range(5)]
    pairs = [pair for moments in streams for pair in zip(moments[1:], moments[2:])]
    before = [(right - left) * 1000 for left, right in pairs if right < long[0]]
    quarters = []
    for begin, end in zip(marks, marks[1:]):
        steps = max(end[1] - begin[1], 1)
        within = [(right - left) * 1000 for left, right in pairs if left >= begin[0] and right <= end[0]]
        quarters.append((within, *((end[at] - begin[at]) / steps * scale for at, scale in ((2, 1), (3, 1000), (4, 1000)))))
    return before, quarters, long[1] - long[0]


def print_gaps(server, source):
    before, quarters, first = gaps(server, source)
    print("\n| 16 streams, and a prompt of 4,000 tokens | gap, median | gap, longest | decodes of a step, mean "
          "| prompt of a step, mean | prompt tokens of a step |\n|---|---|---|---|---|---|")
    print(f"| before it | {statistics.median(before):.0f} ms | {max(before):.0f} ms | | | |")
    for name, (within, tokens, decodes, prompts) in zip(("first", "second", "third", "last"), quarters):
        print(f"| its {name} quarter | {statistics.median(within):.0f} ms | {max(within):.0f} ms | {decodes:.0f} ms "
              f"| {prompts:.0f} ms | {tokens:.0f} |")
    print(f"\nThe prompt's first token came after {first:.1f} s.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=ROOT / ".drover/models/SmolLM2-135M-Instruct.F16.gguf")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not LLAMA_BENCH.exists():
        sys.exit("llama-bench is missing: run 'make bench'")
    source = random.Random(1)
    rows = []
    for number in range(options.rounds):
        reference = llama_bench(options.model, options.threads)
        rows.append((reference, drover(options, source)))
        print(f"round {number + 1}: llama-bench {reference}, drover {rows[-1][1]}", file=sys.stderr)
    print("| tokens/s, one stream | llama-bench | drover, through the API | ratio |\n|---|---|---|---|")
    for name, at in (("prefill, 512 tokens", 0), ("decode, 128 tokens", 1)):
        theirs, ours = [r[0][at] for r in rows], [r[1][at] for r in rows]
        ratio = statistics.median(o / t for o, t in zip(ours, theirs))
        print(f"| {name} | {statistics.median(theirs):.0f} | {statistics.median(ours):.0f} | {ratio:.3f} |")
    full = on_full_cache(options, source)
    print(f"\nWith a cache of 4,096 tokens full of other prefixes: prefill {full[0]:.0f}, decode {full[1]:.0f}.")
    server = Server(options.model, options.threads)
    speeds = {n: statistics.median(batch(server, source, n) for _ in range(3)) for n in (1, 8, 16)}
    print("\n| streams at once | tokens/s | gain |\n|---|---|---|")
    for count, speed in speeds.items():
        print(f"| {count} | {speed:.0f} | {speed / speeds[1]:.2f} |")
    print_gaps(server, source)
    server.stop()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures `drover gateway` beside the gateway smg over the same mock engine: in pairs, in turns, outputs first.

Usage: scripts/bench/gateway.py [--rounds N] [--seconds N] [--shared FOLDER] [--mock-engine BINARY] [--note TEXT]
                                [--dry-run]

Rewrites its section of docs/benchmarks.md, unless --dry-run is given. Processor time is user and system time of all the
gateway's threads. The mock engine, in C++, is that of the project's shared folder. --note says what else ran.
"""

import argparse
import asyncio
import datetime
import json
import os
import statistics
import subprocess
import sys
import urllib.request
from pathlib import Path

from gateway_load import body, streams, wrk
from gateway_pair import HOME, MODEL, ROOT, SetupError, mock_engine, pair, require

DOCUMENT = ROOT / "docs" / "benchmarks.md"
HEADING = "## The gateway beside smg"
TEXT = ("A gateway reads requests, asks an engine for tokens and turns them into text again. Café, naïve, résumé, 東京, "
        "Москва, 😀: done.\n")
TOKENS = 64


def answer(gateway, number, stream, repeats):
    data = json.dumps(body(number, stream, TOKENS, repeats)).encode()
    request = urllib.request.Request(
        gateway.url + "/v1/chat/completions", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        text = reply.read().decode()
    if not stream:
        value = json.loads(text)
        return value["choices"][0]["message"]["content"], value["usage"]["prompt_tokens"]
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    return "".join(event["choices"][0]["delta"].get("content") or "" for event in events if event["choices"])


def compare(smg, drover):
    """Ends everything unless both say the same, whole and streamed, and count the same prompt tokens."""
    for number in range(4):
        for stream in (False, True):
            theirs, ours = (answer(gateway, number, stream, 1 + 3 * number) for gateway in (smg, drover))
            if theirs != ours:
                raise SystemExit(f"the outputs differ: smg {theirs!r}, drover {ours!r}")


def quantile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def cost_row(options, title, goal, delay_ms, connections, stream, repeats, seconds):
    """Processor time a request, of both, in pairs."""
    rounds = []
    with pair(options.drover, options.engine, TOKENS, options.tokens, delay_ms) as gateways:
        compare(*gateways)
        for _ in range(options.rounds):
            costs = []
            for gateway in gateways:
                requests, cost = wrk(gateway, seconds, connections, STREAM=stream, TOKENS=str(TOKENS), REPEATS=repeats)
                costs.append(cost * 1000 / requests)
            rounds.append(costs)
            print(f"{title}: smg {costs[0]:.3f} ms, drover {costs[1]:.3f} ms a request", file=sys.stderr)
    ratios = sorted(ours / theirs for theirs, ours in rounds)
    smg, drover = (statistics.median(column) for column in zip(*rounds))
    return (f"| {title} | {smg:.3f} ms | {drover:.3f} ms | {statistics.median(ratios):.2f} "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f}) | {goal} |")


def first_token_row(options):
    """The engine's first token comes at once, so what a client waits for it is the way there and back."""
    rounds = []
    with pair(options.drover, options.engine, TOKENS, options.tokens, 20) as gateways:
        for _ in range(options.rounds):
            waits = []
            for gateway in gateways:
                done = asyncio.run(streams(gateway, 600, TOKENS, 5))
                times = [(stream.tokens()[0][0] - stream.start) * 1000 for stream in done]
                waits.append((statistics.median(times), quantile(times, 0.99)))
            rounds.append(waits)
            print(f"first token, p50 and p99 in ms: smg {waits[0]}, drover {waits[1]}", file=sys.stderr)
    smg, drover = ((statistics.median(r[at][0] for r in rounds), statistics.median(r[at][1] for r in rounds))
                   for at in (0, 1))
    ratios = sorted(ours[1] / theirs[1] for theirs, ours in rounds)
    return (f"| p99 of the time to the first token, 120 streams begin a second, 20 ms between tokens | {smg[1]:.2f} ms "
            f"(p50 {smg[0]:.2f}) | {drover[1]:.2f} ms (p50 {drover[0]:.2f}) | {statistics.median(ratios):.2f} "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f}) | under 1 |")


def many_streams(options):
    """Rows of 2,000 streams that are open together: what each got, and what it cost."""
    tokens, rows, measured = 48, [], {}
    with pair(options.drover, options.engine, tokens, options.tokens, 50) as gateways:
        expected = answer(gateways[0], 0, False, 1)[0]
        for number in range(options.rounds):
            for gateway in gateways:
                before = gateway.seconds()
                done = asyncio.run(streams(gateway, 2000, tokens, 1))
                cost = gateway.seconds() - before
                seen = [stream.tokens() for stream in done]
                whole = sum(text == expected for _, text in seen)
                counts = [len(moments) for moments, _ in seen]
                gaps = [(b - a) * 1000 for moments, _ in seen for a, b in zip(moments, moments[1:])]
                values = (whole, min(counts), max(counts), statistics.median(gaps), quantile(gaps, 0.99), max(gaps),
                          cost * 1000 / len(done), gateway.megabytes())
                measured.setdefault(gateway.name, []).append(values)
                print(f"2,000 streams: {gateway.name} {values}", file=sys.stderr)
    for name, rounds in measured.items():
        whole, least, most = min(r[0] for r in rounds), min(r[1] for r in rounds), max(r[2] for r in rounds)
        middle = [statistics.median(column) for column in zip(*rounds)]
        rows.append(f"| {name} | {whole} | {least} to {most} | {middle[3]:.0f} / {middle[4]:.0f} / {middle[5]:.0f} ms "
                    f"| {middle[6]:.2f} ms | {max(r[7] for r in rounds):.0f} MiB |")
    return rows


def section(options):
    seconds = options.seconds
    rows = [
        cost_row(options, "streaming, 64 tokens, 32 connections", "at most 1/3", 0, 32, "true", "10", seconds),
        cost_row(options, "streaming, 20 ms between tokens, 200 connections", "at most 1/2", 20, 200, "true", "10",
                 seconds + 2),
        cost_row(options, "whole, 64 tokens, long prompts, all different", "at most 1/3", 0, 32, "false", "10",
                 seconds),
        first_token_row(options),
    ]
    streams_rows = many_streams(options)
    about = (
        "`make bench-gateway` (`scripts/bench/gateway.py`): `drover gateway` and smg 1.13.0 over the same mock engine, "
        f"fresh processes for each row, in turns, {options.rounds} rounds; {datetime.date.today()}, {os.cpu_count()} "
        f"processors that gateway, engine and client share, {options.note}. The outputs were compared first: the same "
        "texts, whole and streamed, and the same counts of prompt tokens. Processor time of the gateway's process for "
        "a request, medians; the ratio is the median of the rounds' ratios, with the least and the greatest.")
    about_streams = (
        "2,000 streams that are open together, begun within a second, 48 tokens each, 50 ms between tokens. Whole: the "
        "streams that got the whole text, in the worst round. Gaps between two events of a stream: median, p99, "
        "longest. The memory is the most that was resident; its goal is 1/3 of smg's.")
    return "\n".join([
        HEADING, "", about, "",
        "| traffic | smg | drover | drover / smg | goal |", "|---|---|---|---|---|", *rows, "",
        about_streams, "",
        "| gateway | whole | events with text a stream | gaps | processor time a stream | memory |",
        "|---|---|---|---|---|---|", *streams_rows, ""])


def rewrite(text):
    """Puts the section where an earlier one was, or at the document's end."""
    document = DOCUMENT.read_text()
    before, found, after = document.partition(HEADING + "\n")
    rest = after.partition("\n## ")
    after = "\n## " + rest[2] if found and rest[1] else ""
    DOCUMENT.write_text(before.rstrip("\n") + "\n\n" + text.rstrip("\n") + "\n" + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drover", type=Path, default=ROOT / ".build/release/drover")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "bench")
    parser.add_argument("--mock-engine", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--note", default="nothing else running")
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    try:
        require("wrk")
        options.engine = options.mock_engine or mock_engine(options.shared)
        options.tokens = HOME / "gateway-bench-tokens.txt"
        with open(options.tokens, "w") as file:
            command = [options.drover, "tokenize", "--model", MODEL, "--form", "ids", TEXT]
            subprocess.run(command, stdout=file, check=True)
        text = section(options)
    except SetupError as error:
        sys.exit(f"bench-gateway: {error}")
    print(text)
    if not options.dry_run:
        rewrite(text)


if __name__ == "__main__":
    main()

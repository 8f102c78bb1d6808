#!/usr/bin/env python3
"""Serves mixed traffic for a while and checks that nothing is lost and nothing is left behind.

Usage: Tests/Integration/soak.py --drover BINARY --model FILE.gguf [--requests N] [--clients N] [--seed N]

Whole answers and streams, several choices, stop strings, JSON, broken bodies, long prompts, tokenization, and clients
that leave at a random point. Every request must be answered unless its client left on purpose; afterwards nothing may
run, file descriptors must be as before, memory must not have grown by more than 15 % since the first third, and
SIGTERM must end the process with status 0. A seed repeats the requests, not their timing.
"""

import argparse
import asyncio
import collections
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

ANSWER_SECONDS = 180
GROWTH_LIMIT = 0.15
SUBJECTS = ["rivers", "bread", "trains", "stars", "music", "winter", "horses", "glass"]


class Failure(Exception):
    """The server did what it must not."""


class Answer:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    @property
    def events(self):
        blocks = self.body.decode().split("\n\n")
        if blocks.pop() or not all(block.startswith("data: ") for block in blocks):
            raise Failure(f"not a stream of events: {self.body[-200:]}")
        return [block[6:] for block in blocks]


async def read_answer(reader):
    """Reads one answer, by the length or the chunks that it declares."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    match = re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", head[0])
    if not match:
        raise Failure(f"not a status line: {head[0]}")
    fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    if "content-length" in fields:
        return Answer(int(match[1]), fields, await reader.readexactly(int(fields["content-length"])))
    body = b""
    while True:
        size = int((await reader.readuntil(b"\r\n")).decode(), 16)
        chunk = await reader.readexactly(size + 2)
        if not chunk.endswith(b"\r\n"):
            raise Failure("a chunk does not end where it says")
        if size == 0:
            return Answer(int(match[1]), fields, body)
        body += chunk[:-2]


class Soak:
    def __init__(self, arguments, port, process):
        self.arguments, self.port, self.process = arguments, port, process
        self.random = random.Random(arguments.seed)
        self.counts = collections.Counter()
        self.memory = []

    # Requests

    def sampling(self):
        options = {"max_tokens": self.random.choice([1, 4, 8, 16, 32]), "temperature": self.random.choice([0, 0.7, 1])}
        if self.random.random() < 0.2:
            options["n"] = self.random.randint(2, 4)
        if self.random.random() < 0.3:
            options["stop"] = self.random.choice([".", [" the", "\n"], "and"])
        if self.random.random() < 0.2:
            options["seed"] = self.random.randrange(1000)
        if self.random.random() < 0.4:
            options["stream"] = True
        return options

    def question(self):
        return f"Write {self.random.randint(2, 99)} words about {self.random.choice(SUBJECTS)}."

    def request(self):
        """A kind of request: its name, path, body and the statuses that answer it."""
        model = self.arguments.name
        kind = self.random.choices(
            ["chat", "completion", "prompts", "json", "long", "tokenize", "broken", "metrics"],
            [30, 25, 5, 5, 4, 10, 15, 6])[0]
        chat = {"model": model, "messages": [{"role": "user", "content": self.question()}]}
        match kind:
            case "chat":
                return kind, "/v1/chat/completions", chat | self.sampling(), {200}
            case "completion":
                logprobs = {"logprobs": 2, "echo": True} if self.random.random() < 0.1 else {}
                body = {"model": model, "prompt": self.question()} | self.sampling() | logprobs
                return kind, "/v1/completions", body, {200}
            case "prompts":
                prompts = [self.question() for _ in range(3)]
                return kind, "/v1/completions", {"model": model, "prompt": prompts, "max_tokens": 4}, {200}
            case "json":
                options = {"response_format": {"type": "json_object"}, "max_tokens": 24}
                return kind, "/v1/chat/completions", chat | options, {200}
            case "long":
                words = " ".join(self.random.choices(SUBJECTS, k=self.random.choice([200, 600, 20000])))
                body = {"model": model, "prompt": words, "max_tokens": 2}
                return kind, "/v1/completions", body, {400} if len(words) > 60000 else {200}
            case "tokenize":
                if self.random.random() < 0.5:
                    return kind, "/v1/detokenize", {"tokens": self.random.choices(range(40000), k=20)}, {200}
                return kind, "/v1/tokenize", {"prompt": self.question() * 20}, {200}
            case "metrics":
                return kind, "/metrics", None, {200}
        body, status = self.random.choice([
            (b"{", 400), (b"", 400), (b'{"model":"nobody","prompt":"a"}', 404), (b'{"model":3}', 400),
            (json.dumps({"model": model, "prompt": "a", "n": 1000}).encode(), 400), (b"\xff\xfe" * 50, 400),
        ])
        return kind, "/v1/completions", body, {status}

    def encoded(self, path, body):
        if body is None:
            return f"GET {path} HTTP/1.1\r\nHost: soak\r\n\r\n".encode()
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        return f"{head}\r\n\r\n".encode() + body

    # Clients

    async def connect(self):
        return await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)

    async def ask(self, path, body, connection=None):
        reader, writer = connection or await self.connect()
        writer.write(self.encoded(path, body))
        await writer.drain()
        answer = await asyncio.wait_for(read_answer(reader), ANSWER_SECONDS)
        if connection is None:
            writer.close()
        return answer

    async def leave(self, path, body):
        """Sends a request, all or a part of it, and goes away; sometimes in the middle of the answer."""
        reader, writer = await self.connect()
        request = self.encoded(path, body)
        cut = self.random.random()
        writer.write(request[:self.random.randrange(len(request))] if cut < 0.2 else request)
        await writer.drain()
        if cut > 0.4:
            try:
                await asyncio.wait_for(reader.read(self.random.choice([1, 400, 3000])), self.random.random() * 2)
            except TimeoutError:
                pass
        if self.random.random() < 0.3:
            writer.transport.abort()
        else:
            writer.close()

    def check(self, kind, body, answer, statuses):
        if answer.status not in statuses:
            raise Failure(f"{kind} was answered with {answer.status}: {answer.body[:300]}")
        if kind == "metrics":
            return
        if answer.fields["content-type"].startswith("text/event-stream"):
            events = answer.events
            chunks = [json.loads(event) for event in events[:-1]]
            ends = [chunk["choices"][0]["finish_reason"] for chunk in chunks if chunk["choices"]]
            if events[-1] != "[DONE]" or len([end for end in ends if end]) != body.get("n", 1):
                raise Failure(f"a stream that is not whole: {events[-3:]}")
            return
        value = json.loads(answer.body)
        if answer.status != 200 and "message" not in value["error"]:
            raise Failure(f"an error without a message: {value}")
        if answer.status == 200 and "choices" in value:
            expected = 3 if kind == "prompts" else body.get("n", 1)
            if len(value["choices"]) != expected:
                raise Failure(f"{len(value['choices'])} choices instead of {expected}")

    async def client(self, work):
        connection = None
        for kind, path, body, statuses, leaves in work:
            if leaves:
                await self.leave(path, body)
                self.counts["left"] += 1
            else:
                connection = connection or await self.connect()
                answer = await self.ask(path, body, connection)
                self.check(kind, body, answer, statuses)
                self.counts[kind] += 1
                if answer.fields.get("connection") == "close" or self.random.random() < 0.2:
                    connection[1].close()
                    connection = None
            done = sum(self.counts.values())
            if done in (self.arguments.requests // 3, self.arguments.requests):
                self.memory.append(self.resident())
        if connection:
            connection[1].close()

    async def run(self):
        await self.check_sanity()
        descriptors = self.descriptors()
        work = iter([(*self.request(), self.random.random() < 0.12) for _ in range(self.arguments.requests)])
        start = time.monotonic()
        await asyncio.gather(*(self.client(work) for _ in range(self.arguments.clients)))
        seconds = time.monotonic() - start
        await self.settle(descriptors)
        await self.check_sanity()
        first, last = self.memory[0], self.resident()
        growth = last / first - 1
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.counts.items()))
        print(
            f"seed {self.arguments.seed}: {sum(self.counts.values())} requests in {seconds:.0f} s ({kinds}); "
            f"RSS {first >> 20} MiB after a third, {last >> 20} MiB at the end ({growth:+.1%}); "
            f"{descriptors} descriptors", flush=True)
        if growth > GROWTH_LIMIT:
            raise Failure(f"memory grew by {growth:.1%}")

    async def check_sanity(self):
        question = "What is the capital of France? Answer with one word."
        body = {"model": self.arguments.name, "messages": [{"role": "user", "content": question}],
                "temperature": 0, "max_tokens": 24}
        answer = await self.ask("/v1/chat/completions", body)
        if b"Paris" not in answer.body:
            raise Failure(f"no longer sane: {answer.body}")

    async def settle(self, descriptors):
        """Waits until nothing runs and every connection is gone, which must come soon."""
        limit = time.monotonic() + 30
        while True:
            metrics = (await self.ask("/metrics", None)).body.decode()
            running = {
                line for line in metrics.splitlines()
                if re.match(r"drover_(requests_running|engine_running_sequences|engine_waiting_requests) ", line)
                and not line.endswith(" 0")}
            if not running and self.descriptors() <= descriptors:
                return
            if time.monotonic() > limit:
                raise Failure(f"left behind: {running}, {self.descriptors()} descriptors after {descriptors}")
            await asyncio.sleep(0.2)

    # The process

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def address(log, process):
    """The port that the server says it listens on."""
    for _ in range(600):
        if process.poll() is not None:
            raise Failure(f"the server ended with {process.returncode}")
        log.seek(0)
        match = re.search(rb"http://127\.0\.0\.1:(\d+)", log.read())
        if match:
            return int(match[1])
        time.sleep(0.1)
    raise Failure("the server does not listen")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drover", default=".build/release/drover")
    parser.add_argument("--model", required=True)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--clients", type=int, default=24)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    arguments.name = "soak"
    print(f"seed {arguments.seed}", flush=True)
    # Told to stop, it takes the server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    command = [arguments.drover, "serve", "--model", arguments.model, "--name", arguments.name, "--port", "0"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            asyncio.run(Soak(arguments, address(log, process), process).run())
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
            if status != 0:
                raise Failure(f"SIGTERM ended it with {status}")
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-3000:].decode(errors="replace"))
            raise
        finally:
            process.kill()
    print("soak: all well")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Sends mixed traffic through `drover gateway` while its engines misbehave, are killed and come back.

Usage: Tests/Integration/soak_gateway.py --drover BINARY --tokenizer FOLDER [--requests N] [--clients N] [--seed N]
       [--reasons]

The engines are `drover mock-engine`s of all three gRPC protocols, on TCP and on Unix sockets. They fail in each way
that can be told from a right answer (an engine that repeats a token cannot), and one after the other is killed and
started again; sometimes all of them. Requests are whole answers and streams, several choices, stop strings, aborts by name,
broken bodies, prompts beyond the context, and clients that leave at a random point. Every request whose client stays
must be answered: with the text that the engines repeat, or with an error that says what is wrong. Afterwards, with
engines that behave, every answer must be right, nothing may run, file descriptors must be as before, memory must not
have grown since the first third, and SIGTERM must end the process with status 0. A seed repeats the requests, not their
timing.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from soak import Answer, Failure, address
from soak_engines import MODEL, TOKENS, Engine

ANSWER_SECONDS = 60
GROWTH_LIMIT = 0.15
# From an engine's start until it answers.
START_SECONDS = 1
WORDS = ["rivers", "bread", "trains", "stars", "music", "winter", "horses", "glass"]
# What an engine's failure becomes; whatever else a good request is answered with is the gateway's own fault.
ENGINE_ERRORS = {429, 500, 502, 503, 504}


class Connection:
    """A connection to the gateway that carries one request after the other."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def answer(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        if not (match := re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", head[0])):
            raise Failure(f"not a status line: {head[0]}")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        if "content-length" in fields:
            body = await self.reader.readexactly(int(fields["content-length"]))
        else:
            body = await self.chunks()
        return Answer(int(match[1]), fields, body)

    async def rest(self):
        """What comes until the last chunk or, after an error in a stream, the connection's end."""
        body = bytearray()
        while not body.endswith(b"\r\n0\r\n\r\n") and (part := await self.reader.read(1 << 16)):
            body += part
        return body

    async def chunks(self):
        body = await self.rest()
        parts, at = [], 0
        while at < len(body) and (size := int(body[at:(end := body.index(b"\r\n", at))], 16)):
            parts.append(body[end + 2:end + 2 + size])
            at = end + 4 + size
        if at == len(body) and b'data: {"error"' not in parts[-1]:
            raise Failure(f"the connection ends in the middle of an answer: {bytes(body[-300:])}")
        return b"".join(parts)

    def close(self):
        self.writer.close()


def encoded(path, body):
    if body is None:
        return f"GET {path} HTTP/1.1\r\nHost: soak\r\n\r\n".encode()
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


class Soak:
    def __init__(self, arguments, port, process, engines, log):
        self.arguments, self.port, self.process, self.engines, self.log = arguments, port, process, engines, log
        self.random = random.Random(arguments.seed)
        self.counts, self.outcomes = collections.Counter(), collections.Counter()
        self.memory, self.finished, self.text = [], 0, ""
        # Until then it is no wonder that nothing is served.
        self.outage_until = 0

    # Requests

    def request(self):
        """A kind of request: its name, path and body, and the status that must answer it, if only one may."""
        kind = self.random.choices(
            ["chat", "completion", "prompts", "long", "tokenize", "broken", "abort", "models"],
            [35, 25, 5, 2, 8, 12, 2, 3])[0]
        question = f"Write {self.random.randint(2, 99)} words about {self.random.choice(WORDS)}."
        options = {"model": MODEL, "max_tokens": self.random.choice([1, 2, 4, 8, 16])}
        if self.random.random() < 0.5:
            options["stream"] = True
        if self.random.random() < 0.15:
            options["n"] = self.random.randint(2, 4)
        if self.random.random() < 0.15:
            options["stop"] = self.random.choice([" prompt", [" whole", "zebra"], "is"])
        match kind:
            case "chat":
                messages = [{"role": "user", "content": question}]
                return kind, "/v1/chat/completions", {"messages": messages} | options, None
            case "completion":
                return kind, "/v1/completions", {"prompt": question} | options, None
            case "prompts":
                return kind, "/v1/completions", {"model": MODEL, "prompt": [question] * 3, "max_tokens": 4}, None
            case "long":
                words = " ".join(self.random.choices(WORDS, k=self.random.choice([500, 2000, 6000])))
                return kind, "/v1/completions", {"prompt": words} | options, 400 if len(words) > 30000 else None
            case "abort":
                return kind, "/v1/completions", {"model": MODEL, "prompt": question, "max_tokens": TOKENS,
                                                 "stream": True}, None
            case "tokenize":
                return kind, "/v1/tokenize", {"prompt": question * 5}, 200
            case "models":
                return kind, self.random.choice(["/v1/models", "/metrics", "/health"]), None, None
        body, status = self.random.choice([
            (b"{", 400), (b"", 400), (b'{"model":"nobody","prompt":"a"}', 404), (b'{"model":3}', 400),
            (json.dumps({"model": MODEL, "prompt": "a", "n": 1000}).encode(), 400), (b"\xff\xfe" * 50, 400)])
        return kind, "/v1/completions", body, status

    # Answers

    def fits(self, text):
        """Whether the engines' tokens could have made it; a cut character at the end becomes a replacement."""
        return self.text.startswith(text.rstrip("\ufffd"))

    def check(self, kind, body, status, answer):
        """Says what the answer was; one that is neither right nor a true error is a failure."""
        def wrong(why):
            raise Failure(f"{kind} {str(body)[:200]}: {why}: {answer.status} {answer.body[-600:]}")

        if kind == "models":
            return "right" if answer.status in (200, 503) else wrong("status")
        if status not in (None, 200) and (self.steady or answer.status not in ENGINE_ERRORS):
            return "refused" if answer.status == status and self.is_error(answer.body) else wrong("not refused")
        if answer.status != 200:
            if answer.status not in ENGINE_ERRORS and not (answer.status == 404 and not self.steady):
                wrong("status")
            if not self.is_error(answer.body):
                wrong("an error that says nothing")
            outage = " in an outage" if time.monotonic() < self.outage_until else ""
            return f"error {answer.status} {json.loads(answer.body)['error']['code']}{outage}"
        if kind == "tokenize":
            return "right" if json.loads(answer.body)["tokens"] else wrong("no tokens")
        choices = 3 if kind == "prompts" else body.get("n", 1)
        if not body.get("stream"):
            value = json.loads(answer.body)["choices"]
            texts = [c["message"]["content"] or "" if "message" in c else c["text"] for c in value]
            if len(texts) != choices or not all(c["finish_reason"] for c in value):
                wrong("not all choices")
            return "right" if all(map(self.fits, texts)) else wrong("wrong text")
        *events, last = answer.events
        if '"error"' in last and self.is_error(last):
            return "error in a stream"
        texts, ends = collections.defaultdict(str), 0
        for event in map(json.loads, events):
            for choice in event["choices"]:
                delta = choice["delta"].get("content") if "delta" in choice else choice["text"]
                texts[choice["index"]] += delta or ""
                ends += choice["finish_reason"] is not None
        if last != "[DONE]" or ends != choices:
            wrong("a stream that is not whole")
        return "right" if all(map(self.fits, texts.values())) else wrong("wrong text")

    @staticmethod
    def is_error(body):
        error = json.loads(body)["error"]
        return bool(error["message"] and error["type"])

    # Clients

    async def connect(self):
        return Connection(*await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20))

    async def ask(self, path, body, connection=None):
        own = connection or await self.connect()
        own.writer.write(encoded(path, body))
        answer = await asyncio.wait_for(own.answer(), ANSWER_SECONDS)
        if connection is None:
            own.close()
        return answer

    async def leave(self, path, body):
        """Sends a request, all or a part of it, and goes away; sometimes in the middle of the answer."""
        connection = await self.connect()
        request = encoded(path, body)
        cut = self.random.random()
        connection.writer.write(request[:self.random.randrange(len(request))] if cut < 0.2 else request)
        if cut > 0.4:
            with contextlib.suppress(TimeoutError):
                size = self.random.choice([1, 400, 3000])
                await asyncio.wait_for(connection.reader.read(size), self.random.random() * 0.2)
        if self.random.random() < 0.3:
            connection.writer.transport.abort()
        else:
            connection.close()

    async def abort(self, path, body):
        """Reads a stream's first event, ends the request by its name, and reads the rest."""
        connection = await self.connect()
        connection.writer.write(encoded(path, body))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                head = await connection.reader.readuntil(b"\r\n\r\n")
                start = b"" if b"content-length" in head else await connection.reader.readuntil(b"\n\n")
                if found := re.search(rb'"id":"([^"]+)"', start):
                    answer = await self.ask("/v1/abort", {"request_id": found[1].decode()})
                    rest = await connection.rest()
                    if answer.status != 200 or not any(end in rest for end in (b'"abort"', b'"error"', b"[DONE]")):
                        raise Failure(f"aborted with {answer.status} {answer.body}, a stream ended with {rest[-400:]}")
                    self.outcomes["aborted" if json.loads(answer.body)["aborted"] else "not aborted"] += 1
        except TimeoutError as error:
            raise Failure("a stream that was aborted does not begin or end") from error
        connection.close()

    async def client(self, work):
        connection = None
        for kind, path, body, status, leaves in work:
            if leaves:
                await self.leave(path, body)
                self.counts["left"] += 1
            elif kind == "abort":
                await self.abort(path, body)
                self.counts[kind] += 1
            else:
                connection = connection or await self.connect()
                try:
                    answer = await self.ask(path, body, connection)
                except (TimeoutError, asyncio.IncompleteReadError) as error:
                    raise Failure(f"no answer to {kind} {str(body)[:200]}: {error!r}") from error
                self.outcomes[self.check(kind, body, status, answer)] += 1
                if answer.status == 503:
                    await asyncio.sleep(0.1)  # else a moment without engines would be all there is
                self.counts[kind] += 1
                is_over = connection.reader.at_eof() or answer.fields.get("connection") == "close"
                if is_over or self.random.random() < 0.1:
                    connection.close()
                    connection = None
            self.finished += 1
            if self.finished % max(self.arguments.requests // 12, 1) == 0:
                self.memory.append(self.resident())
        if connection:
            connection.close()

    async def chaos(self):
        """Kills one engine after the other, and now and then all of them, and starts them again."""
        source = random.Random(self.arguments.seed)
        while True:
            await asyncio.sleep(source.uniform(0.5, 2))
            victims = self.engines if source.random() < 0.06 else [source.choice(self.engines)]
            is_outage = victims is self.engines
            if is_outage:
                self.outage_until = math.inf
            for engine in victims:
                engine.kill()
            await asyncio.sleep(source.uniform(0, 1))
            for engine in victims:
                engine.start(misbehave=True)
            if is_outage:
                self.outage_until = time.monotonic() + START_SECONDS
            self.counts["killed"] += len(victims)

    # The run

    async def run(self):
        self.steady = True
        await self.await_engines()
        self.text = await self.whole_text()
        descriptors = self.descriptors()
        for engine in self.engines:
            engine.kill()
            engine.start(misbehave=True)
        self.steady = False
        await self.await_engines()
        start = time.monotonic()
        work = iter([(*self.request(), self.random.random() < 0.08) for _ in range(self.arguments.requests)])
        chaos = asyncio.create_task(self.chaos())  # cancelled below
        try:
            await asyncio.gather(*(self.client(work) for _ in range(self.arguments.clients)))
        finally:
            chaos.cancel()
        seconds = time.monotonic() - start
        for engine in self.engines:
            engine.kill()
            engine.start(misbehave=False)
        self.steady = True
        await self.settle(descriptors)
        await self.check_sanity()
        self.report(seconds, descriptors)

    def reasons(self):
        """Why engines failed requests, by the gateway's log: how often, and of which the client had nothing yet."""
        counts = collections.Counter()
        for line in Path(self.log.name).read_text(errors="replace").splitlines():
            if '"The engine failed a request."' in line:
                data = json.loads(line)["metadata"]
                reason = re.sub(r"(tcp|unixSocket)\(.*?\)|unix:\S+?\.sock|127\.0\.0\.1:\d+", "ENGINE", data["reason"])
                counts[f"{'midway' if data.get('begun') == 'true' else 'before it began'}: {reason}"] += 1
        return counts

    def worker_outcomes(self):
        """What became of requests at all workers, by the gateway's metrics."""
        counts = collections.Counter()
        for line in self.worker_metrics:
            outcome, count = re.search(r'outcome="(\w+)"\} (\d+)', line).groups()
            counts[outcome] += int(count)
        return counts

    def report(self, seconds, descriptors):
        first, last = self.memory[len(self.memory) // 3], self.resident()
        growth = last / first - 1
        kinds, outcomes = (", ".join(f"{count} {name}" for name, count in sorted(counter.items()))
                           for counter in (self.counts, self.outcomes))
        megabytes = " ".join(str(value >> 20) for value in self.memory)
        print(f"seed {self.arguments.seed}: {self.finished} requests in {seconds:.0f} s ({kinds}); "
              f"answers: {outcomes}; RSS {first >> 20} MiB after a third, {last >> 20} MiB at the end ({growth:+.1%}; {megabytes}); "
              f"{descriptors} descriptors", flush=True)
        if self.arguments.reasons:
            print(f"at the workers: {dict(self.worker_outcomes())}")
            for reason, count in self.reasons().most_common():
                print(f"{count:6} {reason}", flush=True)
        if self.outcomes["right"] < self.finished / 2:
            raise Failure("too few answers were right to say much")
        if growth > GROWTH_LIMIT:
            raise Failure(f"memory grew by {growth:.1%}")

    async def await_engines(self):
        """Waits until the gateway has opened a connection to each engine."""
        limit = time.monotonic() + 30
        while True:
            answer = await self.ask("/v1/models", None)
            if MODEL.encode() in answer.body:
                await asyncio.sleep(3)
                return
            if time.monotonic() > limit:
                raise Failure("no engine has joined")
            await asyncio.sleep(0.1)

    async def whole_text(self):
        body = {"model": MODEL, "prompt": "all", "max_tokens": TOKENS}
        return json.loads((await self.ask("/v1/completions", body)).body)["choices"][0]["text"]

    async def check_sanity(self):
        """Engines that behave give nothing but right answers."""
        for _ in range(300):
            kind, path, body, status = self.request()
            answer = await self.ask(path, body)
            outcome = self.check(kind, body, status, answer)
            if outcome not in ("right", "refused"):
                raise Failure(f"no longer sane: {kind} {str(body)[:200]}: {answer.status} {answer.body[-300:]}")

    async def settle(self, descriptors):
        """Waits until nothing runs, and every connection is gone or back, which must come soon."""
        limit = time.monotonic() + 30
        await asyncio.sleep(3)
        while True:
            metrics = (await self.ask("/metrics", None)).body.decode()
            self.worker_metrics = [line for line in metrics.splitlines() if line.startswith("drover_worker_requests_total")]
            running = [line for line in metrics.splitlines()
                       if re.match(r"drover_\w*(running|outstanding)\w*(\{.*\})? ", line) and not line.endswith(" 0")]
            if not running and self.descriptors() <= descriptors:
                return
            if time.monotonic() > limit:
                raise Failure(f"left behind: {running}, {self.descriptors()} descriptors after {descriptors}")
            await asyncio.sleep(0.2)

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def gateway(drover, engines, log):
    workers = [argument for engine in engines for argument in ("--worker", engine.url)]
    return subprocess.Popen(
        [drover, "gateway", *workers, "--port", "0", "--name", MODEL, "--silence-seconds", "3",
         "--first-token-seconds", "3", "--log-level", "error", "--log-form", "json"], stdout=log, stderr=subprocess.STDOUT)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drover", default=".build/release/drover")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--engines", type=int, default=6)
    parser.add_argument("--reasons", action="store_true", help="say why engines failed requests, and how often")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    # Told to stop, it takes what it started with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder, open(Path(folder, "gateway.log"), "wb+") as log:
        tokens = Path(folder, "tokens.txt")
        tokens.write_text(" ".join(map(str, range(1000, 1100))))
        engines = [Engine(arguments.drover, arguments.tokenizer, tokens, folder, at) for at in range(arguments.engines)]
        for engine in engines:
            engine.start(misbehave=False)
        process = gateway(arguments.drover, engines, log)
        try:
            asyncio.run(Soak(arguments, address(log, process), process, engines, log).run())
            process.send_signal(signal.SIGTERM)
            if (status := process.wait(30)) != 0:
                raise Failure(f"SIGTERM ended it with {status}")
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-3000:].decode(errors="replace"))
            raise
        finally:
            process.kill()
            for engine in engines:
                engine.kill()
    print("soak: all well")


if __name__ == "__main__":
    main()

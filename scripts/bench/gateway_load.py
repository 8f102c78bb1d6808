"""The clients of `make bench-gateway`: wrk for what is counted, and one of our own for what is timed by token."""

import asyncio
import json
import os
import re
import subprocess
import time
from pathlib import Path

SCRIPT = Path(__file__).with_name("gateway_load.lua")


def wrk(gateway, seconds, connections, **environment):
    """Requests that were answered, and processor seconds of the gateway."""
    before = gateway.seconds()
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", SCRIPT, gateway.url], env=os.environ | environment,
        capture_output=True, text=True, check=True).stdout
    cost = gateway.seconds() - before
    if "Non-2xx" in done or "Socket errors" in done:
        raise SystemExit(f"{gateway.name} fails: {done}")
    return int(re.search(r"(\d+) requests in", done)[1]), cost


def body(number, stream, tokens, repeats=1):
    system = "You answer questions about machines, precisely and briefly. " * repeats
    return {"model": "bench", "stream": stream, "temperature": 0, "max_tokens": tokens, "messages": [
        {"role": "system", "content": system}, {"role": "user", "content": f"Question {number}: why is the sky blue?"}]}


def encoded(number, stream, tokens):
    data = json.dumps(body(number, stream, tokens)).encode()
    return (f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n").encode() + data


class Stream(asyncio.Protocol):
    """One streamed answer: what came when. It is looked at when all is over."""

    def __init__(self, request):
        self.request, self.parts, self.finished = request, [], asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.begin(self.request)

    def begin(self, request):
        self.start = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data):
        self.parts.append((time.perf_counter(), data))
        if data.endswith(b"0\r\n\r\n") and not self.finished.done():
            self.finished.set_result(True)

    def connection_lost(self, error):
        if not self.finished.done():
            self.finished.set_result(False)

    def tokens(self):
        """The moments at which text came, one for each event with text, and the whole text."""
        moments, texts = [], []
        for moment, data in self.parts:
            found = re.findall(rb'"content":("(?:[^"\\]|\\.)+")', data)
            moments += [moment] * len(found)
            texts += map(json.loads, found)
        return moments, "".join(texts)


async def streams(gateway, count, tokens, within):
    """Opens `count` streams, evenly within some seconds, and reads them to their ends."""
    loop = asyncio.get_running_loop()

    async def one(number):
        await asyncio.sleep(within * number / count)
        _, stream = await loop.create_connection(
            lambda: Stream(encoded(number, True, tokens)), "127.0.0.1", gateway.port)
        await asyncio.wait_for(stream.finished, 120)
        stream.transport.close()
        return stream

    return await asyncio.gather(*(one(number) for number in range(count)))

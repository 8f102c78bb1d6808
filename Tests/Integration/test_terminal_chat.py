"""`drover chat`: in pipes, at a terminal, and against servers that fail."""

import contextlib
import http.server
import json
import os
import pty
import re
import subprocess
import threading

import pytest

from harness import DROVER, ENVIRONMENT, REQUEST_SECONDS, poll, run_drover

QUESTION = "What is the capital of France?"
CHUNK = 'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n'


class Terminal:
    """A `drover chat` at a terminal of its own, with everything it has shown."""

    def __init__(self, *arguments):
        self.screen = ""
        self.seen = 0
        self.main, side = pty.openpty()
        self.process = subprocess.Popen(
            [DROVER, "chat", *arguments], stdin=side, stdout=side, stderr=side, start_new_session=True,
            env={**ENVIRONMENT, "NO_COLOR": "1"})
        os.close(side)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with contextlib.suppress(OSError):
            while part := os.read(self.main, 4096):
                self.screen += part.decode(errors="replace")

    def type(self, text):
        os.write(self.main, text.encode())

    def interrupt(self):
        self.process.send_signal(2)

    def until(self, pattern):
        """Waits for new text with the pattern in it, and returns the text up to the pattern's end."""
        def found():
            return re.search(pattern, self.screen[self.seen:], re.DOTALL)

        match = poll(found, REQUEST_SECONDS, f"{pattern!r} at the terminal")
        start, self.seen = self.seen, self.seen + match.end()
        return self.screen[start:self.seen]

    def exit_code(self):
        return self.process.wait(timeout=REQUEST_SECONDS)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(timeout=REQUEST_SECONDS)
        os.close(self.main)


@pytest.fixture
def chat():
    """Starts chats at terminals."""
    terminals = []

    def start(*arguments):
        terminals.append(Terminal(*arguments))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


@contextlib.contextmanager
def canned(body, content_type="text/event-stream", status=200):
    """A server that gives everyone the same answer and then closes; yields its URL and the requests it saw."""
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["content-length"])
            requests.append((self.path, self.headers, json.loads(self.rfile.read(length))))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1", requests
        server.shutdown()
        thread.join()


def test_answers_once(server):
    run = run_drover("chat", "--url", server.url, "--temperature", "0", "--max-tokens", "40", QUESTION)
    assert run.returncode == 0 and "Paris" in run.stdout and "[" not in run.stdout
    assert re.fullmatch(r"\[\d+ tokens, \d+\.\d tokens/s, first after \d+\.\d\d s, prompt \d+.*\]\n", run.stderr)
    quiet = run_drover(
        "chat", "--url", f"{server.url}/v1", "--no-stats", text=QUESTION,
        environment={"DROVER_CHAT_TEMPERATURE": "0", "DROVER_CHAT_MAX_TOKENS": "40"})
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, run.stdout, "")


def test_holds_a_conversation(server, chat):
    terminal = chat("--url", server.url, "--temperature", "0", "--max-tokens", "400")
    terminal.until("> ")
    terminal.type(f"{QUESTION}\n")
    assert "Paris" in terminal.until(r"tokens/s.*> ")
    terminal.type("And which river \\\nflows through it?\n")
    assert int(re.search(r"\((\d+) cached\)", terminal.until(r"tokens/s.*> "))[1]) > 30
    terminal.type("/retry\n")
    terminal.until(r"tokens/s.*> ")
    terminal.type("/clear\n")
    terminal.until("forgotten.*> ")
    terminal.type("/quit\n")
    assert terminal.exit_code() == 0


def test_interrupt_stops_the_answer_and_then_leaves(server, chat):
    terminal = chat("--url", server.url, "--temperature", "0", "--max-tokens", "400")
    terminal.until("> ")
    terminal.type("Write a very long story about a river, with many chapters.\n")
    terminal.until(r"chapters\.\r\n.+")
    terminal.interrupt()
    terminal.until(r", stopped\]\r\n> ")
    server.await_idle()
    terminal.interrupt()
    assert terminal.exit_code() == 130


def test_server_that_is_gone(own_server, chat):
    server = own_server()
    terminal = chat("--url", server.url)
    terminal.until("> ")
    server.kill()
    for line in [f"{QUESTION}\n", "/retry\n"]:
        terminal.type(line)
        terminal.until(r"cannot reach http://127\.0\.0\.1:\d+/v1: Connection refused\r\n.*taken back.*> ")
    terminal.type("\x04")
    assert terminal.exit_code() == 0


@pytest.mark.parametrize("body, status, complaint", [
    (CHUNK, 200, "the answer broke off: the server closed the stream before its end"),
    (CHUNK + 'data: {"error":{"message":"out of memory"}}\n\n', 200, "the server failed: out of memory"),
    (CHUNK + "data: {\n\n", 200, "the server's answer makes no sense: "),
    ('{"error":{"message":"no such model"}}', 404, "the server answered 404: no such model"),
])
def test_says_what_failed(body, status, complaint):
    with canned(body, status=status) as (url, _):
        run = run_drover("chat", "--url", url, "--model", "m", "Hi")
    assert run.returncode == 1 and run.stderr.startswith(f"Error: {complaint}") and run.stderr.count("\n") == 1
    assert run.stdout == ("Hello\n" if status == 200 else "")


def test_takes_an_answer_that_is_not_streamed():
    answer = '{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}'
    with canned(answer, content_type="application/json") as (url, _):
        run = run_drover("chat", "--url", url, "--model", "m", "Hi")
    assert (run.returncode, run.stdout) == (0, "Hello\n")


def test_sends_the_key_and_never_shows_it():
    with canned(CHUNK + "data: [DONE]\n\n") as (url, requests):
        run = run_drover(
            "chat", "--url", url, "--model", "m", "--system", "Be brief.", "--max-tokens", "9", "Sum up:", "-", text="a\nb",
            environment={"DROVER_API_KEY": "", "OPENAI_API_KEY": "sk-hidden"})
    assert run.returncode == 0 and "hidden" not in run.stdout + run.stderr
    (path, headers, body), = requests
    assert (path, headers["authorization"]) == ("/v1/chat/completions", "Bearer sk-hidden")
    assert body == {
        "model": "m", "max_tokens": 9, "stream": True, "stream_options": {"include_usage": True},
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Sum up: a\nb"}]}


@pytest.mark.parametrize("arguments, key", [
    (["--url", "ftp://host"], "chat.url"), (["--temperature", "3"], "chat.temperature"),
    (["--max-tokens", "0"], "chat.maxTokens"), (["--idle-seconds", "never"], "chat.idleSeconds"),
])
def test_refuses_bad_settings(arguments, key):
    run = run_drover("chat", *arguments, "Hi")
    assert run.returncode != 0 and key in run.stderr and arguments[1] in run.stderr

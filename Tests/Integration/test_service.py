"""The service around the API: models, tokens, health, metrics, many clients at once, clients that leave."""

import concurrent.futures
import contextlib
import http.client
import json
import socket

import pytest
from prometheus_client.parser import text_string_to_metric_families

from harness import RUNNING, poll


def test_lists_models(client, model):
    models = client.models.list()
    assert [entry.id for entry in models.data] == [model]
    assert models.data[0].object == "model"
    assert client.models.retrieve(model).id == model


@pytest.mark.parametrize("text", [
    "", "Hello, world!", "  two  spaces\n\n\ttab ", "naïve café, 東京, Привет, שלום", "👩‍👩‍👧‍👦🇪🇺👍🏽",
    "def f(x):\n    return x**2  # ok", "<|im_start|>user", "\u0000\u0001\ufffd", "a" * 5000,
])
def test_tokens_and_back(server, text):
    status, answer = server.json("POST", "/v1/detokenize", {"tokens": server.tokens(text)})
    assert (status, answer["prompt"]) == (200, text)


def test_says_that_it_lives_and_is_ready(server):
    assert server.request("GET", "/health").status == 200
    assert server.request("GET", "/readiness").status == 200


def test_metrics_are_prometheus_text(server, client, model):
    client.completions.create(model=model, prompt="Hello", max_tokens=2)
    answer = server.request("GET", "/metrics")
    assert answer.headers.get_content_type() == "text/plain"
    families = {family.name: family for family in text_string_to_metric_families(answer.body.decode())}
    assert families and all(family.documentation for family in families.values())
    assert RUNNING in families


def test_metrics_count_requests_and_tokens(server, client, model):
    before = server.metrics()
    client.completions.create(model=model, prompt="One two three", max_tokens=5, extra_body={"ignore_eos": True})
    grown = {name for name, value in server.metrics().items() if value - before[name] == 5}
    assert any("token" in name for name in grown), grown


def test_many_streams_at_once_all_finish(client, model):
    subjects = ["rivers", "bread", "trains", "stars", "music", "winter", "horses", "glass"]

    def run(number):
        text, reason = "", None
        for chunk in client.completions.create(
                model=model, prompt=f"Here are {number + 2} facts about {subjects[number % 8]}:", temperature=0,
                max_tokens=48, stream=True):
            for choice in chunk.choices:
                text += choice.text
                reason = choice.finish_reason or reason
        return text, reason

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(run, range(32)))
    assert all(text.strip() and reason in ("stop", "length") for text, reason in answers)
    assert len({text for text, _ in answers}) > 16


def test_many_choices_and_requests_mixed(client, model):
    def run(number):
        return client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": f"Count from {number}."}], max_tokens=16,
            n=1 + number % 3, temperature=1, seed=number)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for number, answer in enumerate(pool.map(run, range(32))):
            assert len(answer.choices) == 1 + number % 3


def test_a_client_that_leaves_frees_the_engine(server, client, model):
    server.await_idle()
    stream = client.completions.create(
        model=model, prompt="A very long story:", max_tokens=8000, stream=True, extra_body={"ignore_eos": True})
    next(iter(stream))
    poll(lambda: server.metrics()[RUNNING] == 1, 10, "one running sequence")
    stream.close()
    server.await_idle()


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_only_ends_its_direction_is_answered(server, model, stream):
    body = json.dumps({"model": model, "prompt": "A story:", "max_tokens": 40, "ignore_eos": True, "stream": stream})
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body.encode()))
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(1 << 16):
            received += part
    assert b"HTTP/1.1 200 OK" in received
    assert received.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n" if stream else b"}")
    assert stream or json.loads(received.rpartition(b"\r\n\r\n")[2])["usage"]["completion_tokens"] == 40


def test_a_client_that_leaves_before_the_answer_frees_the_engine(server, model):
    server.await_idle()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("POST", "/v1/completions", json.dumps(
            {"model": model, "prompt": "A very long story:", "max_tokens": 8000, "ignore_eos": True}),
            {"Content-Type": "application/json"})
        poll(lambda: server.metrics()[RUNNING] == 1, 10, "one running sequence")
    server.await_idle()

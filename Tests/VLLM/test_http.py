"""`drover gateway` in front of vLLM's own HTTP server, whose answers pass through it."""

import contextlib
import http.client
import json
import re
import urllib.request

import pytest

import cases
from engines import REQUEST_SECONDS, outcome
from harness import poll


@pytest.fixture(scope="module")
def engine(engines):
    return engines.http()


@pytest.fixture(scope="module")
def gateway(engine, gateway_to):
    return gateway_to(f"http://127.0.0.1:{engine.port}")


@pytest.mark.parametrize("name", cases.CASES)
def test_answers_are_those_of_vllm(gateway, engines, name):
    cases.assert_same(outcome(gateway.client, cases.CASES[name]), engines.references()[name])


def test_requests_at_once(gateway, engines):
    assert cases.at_once(gateway.client) == engines.references()["at once"]


def both(gateway, engine, path, body):
    """The answers of the gateway and of the engine itself."""
    data = json.dumps(body).encode()
    for port in (gateway.port, engine.port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS)
        with contextlib.closing(connection):
            connection.request("POST", path, data, {"Content-Type": "application/json"})
            response = connection.getresponse()
            yield response.status, response.read()


def test_streams_keep_their_bytes(gateway, engine):
    """The names and times of answers alone differ."""
    body = cases.CASES["chat"][1] | {
        "stream": True, "stream_options": {"include_usage": True}, "return_token_ids": True}
    (status, ours), (_, theirs) = (
        (status, re.sub(rb'"(id|created)":("[^"]*"|\d+)', rb'"\1":0', text))
        for status, text in both(gateway, engine, "/v1/chat/completions", body))
    assert status == 200
    assert ours == theirs
    assert b"token_ids" in ours


def test_errors_pass_through(gateway, engine):
    ours, theirs = both(gateway, engine, "/v1/chat/completions", {
        "model": cases.MODEL, "messages": [{"role": "user", "content": "a"}], "temperature": -5})
    assert ours[0] == 400
    assert ours == theirs


def test_a_client_that_leaves_frees_the_engine(gateway, engine):
    stream = cases.ask(gateway.client, cases.completion("Count: one,", max_tokens=1800), stream=True,
                       extra_body={"ignore_eos": True})
    next(iter(stream))
    stream.close()

    def is_idle():
        with urllib.request.urlopen(f"http://127.0.0.1:{engine.port}/metrics", timeout=REQUEST_SECONDS) as answer:
            return re.search(rb"^vllm:num_requests_running\{[^}]*\} 0\.0$", answer.read(), re.M)

    poll(is_idle, 5, "an engine that is idle again")

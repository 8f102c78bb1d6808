"""`drover gateway` in front of vLLM's own HTTP server, whose answers pass through it."""

import json
import re

import pytest

import cases
from engines import outcome
from harness import poll


@pytest.fixture(scope="module")
def engine(engines):
    return engines.http()


@pytest.fixture(scope="module")
def gateway(engine, gateway_to):
    return gateway_to(f"http://127.0.0.1:{engine.port}")


@pytest.mark.parametrize("name", cases.CASES)
def test_answers_are_those_of_vllm(gateway, engines, name):
    assert outcome(gateway.client, cases.CASES[name]) == engines.references()[name]


def test_requests_at_once(gateway, engines):
    assert cases.at_once(gateway.client) == engines.references()["at once"]


def test_streams_keep_their_bytes(gateway, engine):
    """Every event of a stream is one that vLLM writes: the names and times of answers alone differ."""
    _, arguments = cases.CASES["chat"]
    body = arguments | {"stream": True, "stream_options": {"include_usage": True}, "return_token_ids": True}
    direct = type(gateway).request
    answers = []
    for port in (gateway.port, engine.port):
        server = type("Port", (), {"url": "http://", "port": port})
        answer = direct(server, "POST", "/v1/chat/completions", body)
        assert answer.status == 200, answer.body
        answers.append(re.sub(rb'"(id|created|prompt_logprobs)":("[^"]*"|\d+)', rb'"\1":0', answer.body))
    assert answers[0] == answers[1]
    assert b"token_ids" in answers[0]


def test_errors_pass_through(gateway, engine):
    body = json.dumps({"model": cases.MODEL, "messages": [], "temperature": -5}).encode()
    answers = [type(gateway).request(type("Port", (), {"url": "http://", "port": port}), "POST",
                                     "/v1/chat/completions", body) for port in (gateway.port, engine.port)]
    assert answers[0].status == answers[1].status == 400
    assert answers[0].body == answers[1].body


def test_a_client_that_leaves_frees_the_engine(gateway, engine):
    stream = cases.ask(gateway.client, cases.completion("Count: one,", max_tokens=1800), stream=True,
                       extra_body={"ignore_eos": True})
    next(iter(stream))
    stream.close()

    def is_idle():
        port = type("Port", (), {"url": "http://", "port": engine.port})
        text = type(gateway).request(port, "GET", "/metrics").body
        return re.search(rb"^vllm:num_requests_running\{[^}]*\} 0\.0$", text, re.M)

    poll(is_idle, 5, "an engine that is idle again")

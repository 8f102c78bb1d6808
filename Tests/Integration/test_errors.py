"""What a bad request gets: the right status, OpenAI's error object, and a server that goes on."""

import contextlib
import json
import socket

import openai
import pytest

HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture(autouse=True)
def still_serving(server, model):
    yield
    status, _ = server.json("POST", "/v1/completions", {"model": model, "prompt": "a", "max_tokens": 1})
    assert status == 200


def refused(server, body, path="/v1/chat/completions"):
    status, answer = server.json("POST", path, body)
    assert answer.keys() == {"error"}
    assert {"message", "type", "param", "code"} <= answer["error"].keys()
    assert answer["error"]["message"]
    return status, answer["error"]


def test_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="no-such-model", messages=HELLO)
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such-model")


@pytest.mark.parametrize("body", [
    b"", b"{", b"nonsense", b"[]", b"null", b'"text"', b'{"model": ', b'{"a": 1,}', b"\xff\xfe", b'{"a": "\xff"}',
    b"[" * 100_000, b'{"a":' * 100_000,
])
def test_broken_json(server, body):
    status, _ = refused(server, body)
    assert status == 400


@pytest.mark.parametrize("fields, param", [
    ({"messages": "Hello"}, "messages"),
    ({"messages": []}, "messages"),
    ({"messages": [{"content": "no role"}]}, "messages"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages"),
    ({"temperature": "hot"}, "temperature"),
    ({"temperature": 3}, "temperature"),
    ({"temperature": -0.1}, "temperature"),
    ({"top_p": 2}, "top_p"),
    ({"n": 0}, "n"),
    ({"n": 1.5}, "n"),
    ({"n": 100_000}, "n"),
    ({"max_tokens": -1}, "max_tokens"),
    ({"max_tokens": "many"}, "max_tokens"),
    ({"stop": 5}, "stop"),
    ({"stop": [""]}, "stop"),
    ({"logit_bias": {"x": 1}}, "logit_bias"),
    ({"logit_bias": {"5": 1000}}, "logit_bias"),
    ({"logit_bias": {"99999999": 1}}, "logit_bias"),
    ({"stream": "yes"}, "stream"),
    ({"top_logprobs": 3}, "top_logprobs"),
    ({"logprobs": True, "top_logprobs": 1000}, "top_logprobs"),
    ({"seed": "x"}, "seed"),
    ({"response_format": {"type": "xml"}}, "response_format"),
    ({"response_format": {"type": "json_schema"}}, "response_format"),
    ({"no_such_field": 1}, "no_such_field"),
    ({"temprature": 1}, "temprature"),
])
def test_wrong_fields_are_named(server, model, fields, param):
    status, error = refused(server, {"model": model, "messages": HELLO, **fields})
    assert status == 400
    assert (error["param"] or "").startswith(param)


def test_ignored_fields_are_accepted(server, model):
    status, _ = server.json("POST", "/v1/chat/completions", {
        "model": model, "messages": HELLO, "max_tokens": 1, "user": "someone", "metadata": {"a": "b"}})
    assert status == 200


def test_too_long_prompt_tells_both_numbers(server, model):
    status, error = refused(server, {"model": model, "prompt": "word " * 60_000}, "/v1/completions")
    assert (status, error["code"]) == (400, "context_length_exceeded")
    assert sum(character.isdigit() for character in error["message"]) >= 8


def test_huge_body_is_refused_without_reading_it(server):
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                           b"Content-Length: 10000000000\r\n\r\n{")
        assert status_of(connection) == 413


def test_huge_chunked_body_is_refused(server):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                           b"Transfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(512):
                connection.sendall(chunk)
        assert status_of(connection) in (413, None)


def test_endless_headers_are_refused(server):
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n")
        with contextlib.suppress(ConnectionError):
            for number in range(4096):
                connection.sendall(b"X-%d: %s\r\n" % (number, b"x" * 1000))
        assert status_of(connection) in (400, 431, None)


def test_nonsense_instead_of_http(server):
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 nonsense\r\n\r\n")
        assert status_of(connection) in (400, None)


def status_of(connection):
    """The status that the server answers with, or None where it closed the connection first."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while b"\r\n" not in received:
            part = connection.recv(4096)
            if not part:
                break
            received += part
    return int(received.split()[1]) if received else None


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/", 404), ("GET", "/v1/nothing", 404), ("POST", "/v1/chat/completions/more", 404),
    ("GET", "/v1/chat/completions", 405), ("DELETE", "/v1/models", 405), ("POST", "/health", 405),
])
def test_unknown_routes_and_methods(server, method, path, status):
    answer = server.request(method, path)
    assert answer.status == status
    assert json.loads(answer.body)["error"]["message"]


def test_completion_fields_are_checked_too(server, model):
    for fields in [{"prompt": 5}, {"prompt": []}, {"prompt": [99999999]}, {"prompt": "a", "messages": HELLO},
                   {"prompt": "a", "suffix": "b"}, {"prompt": "a", "best_of": 5}]:
        status, _ = refused(server, {"model": model, **fields}, "/v1/completions")
        assert status == 400, fields


def test_tokens_outside_the_vocabulary(server):
    for tokens in [[-1], [99999999], ["a"], 5]:
        status, _ = refused(server, {"tokens": tokens}, "/v1/detokenize")
        assert status == 400, tokens

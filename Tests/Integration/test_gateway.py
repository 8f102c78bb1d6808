"""`drover gateway` in front of engines: `drover worker` and `drover serve` with the real model, and mock engines."""

import concurrent.futures
import contextlib
import json

import openai
import pytest

from harness import MODEL, REQUEST_SECONDS, Server, poll

MESSAGES = [{"role": "user", "content": "What is the capital of France?"}]


class Listener(Server):
    """Something that gateways are put in front of."""

    READY = r"https?://127\.0\.0\.1:\d+|grpcs?://127\.0\.0\.1:\d+"


@contextlib.contextmanager
def running(*services):
    """Starts what the functions make, and kills it at the end."""
    with contextlib.ExitStack() as stack:
        def start(make):
            service = make()
            stack.callback(service.kill)
            return service
        yield [start(make) for make in services]


def gateway(*workers, models=1):
    """A gateway that knows its workers. Mock engines have no tokenizer of their own."""
    service = Server(
        *(part for worker in workers for part in ("--worker", worker)), "--check-seconds", "0.2",
        "--model-path", MODEL, model=None, command="gateway")
    poll(lambda: len(service.json("GET", "/v1/models")[1]["data"]) == models, 30, "the workers' models")
    return service


def mock(*arguments, protocol="vllm", listen="127.0.0.1:0"):
    return Listener(
        "--protocol", protocol, "--name", "mock", "--count", "8", *arguments,
        model=None, command="mock-engine", listen=("--listen", listen))


def client_of(service):
    return openai.OpenAI(base_url=service.url + "/v1", api_key="none", timeout=REQUEST_SECONDS, max_retries=0)


def text_of(client, stream=False, **options):
    answer = client.chat.completions.create(
        model=client.models.list().data[0].id, messages=MESSAGES, stream=stream, **options)
    if not stream:
        return answer.choices[0].message.content
    return "".join(chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices)


@pytest.fixture(scope="module")
def real():
    """A client of a gateway in front of `drover worker`."""
    with running(lambda: Listener(command="worker", listen=("--listen", "127.0.0.1:0"))) as (worker,):
        make = lambda: Server(  # It has the tokenizer of the worker.
            "--worker", worker.url, "--check-seconds", "0.2", model=None, command="gateway")
        with running(make) as (service,):
            poll(lambda: service.json("GET", "/v1/models")[1]["data"], 30, "the worker's model")
            yield client_of(service)
            service.terminate()
            assert service.exit_code() == 0, service.text


@pytest.mark.parametrize("stream", [False, True])
def test_a_worker_answers_as_the_embedded_engine_does(real, stream):
    assert text_of(real, stream, temperature=0, max_tokens=16) == "The capital of France is Paris."


def test_a_worker_serves_what_requests_ask_for(real):
    model = real.models.list().data[0].id
    answer = real.chat.completions.create(
        model=model, messages=MESSAGES, n=2, seed=5, max_tokens=6, logprobs=True, top_logprobs=2)
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert all(len(entry.top_logprobs) == 2 for choice in answer.choices for entry in choice.logprobs.content)
    assert answer.usage.completion_tokens <= 12
    stopped = real.chat.completions.create(model=model, messages=MESSAGES, temperature=0, stop=[" of"])
    assert (stopped.choices[0].message.content, stopped.choices[0].finish_reason) == ("The capital", "stop")
    schema = {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}}, "required": ["city"],
              "additionalProperties": False}
    whole = real.chat.completions.create(
        model=model, messages=MESSAGES, temperature=0,
        response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": schema}})
    assert json.loads(whole.choices[0].message.content)["city"] in ("Paris", "Rome")


def test_a_server_of_the_same_api_answers_through_the_gateway(server):
    with running(lambda: gateway(server.url)) as (service,):
        body = {"model": service.json("GET", "/v1/models")[1]["data"][0]["id"], "messages": MESSAGES,
                "temperature": 0, "max_tokens": 8}
        own, passed = (place.json("POST", "/v1/chat/completions", body) for place in (server, service))
        assert own[0] == passed[0] == 200
        assert own[1]["choices"] == passed[1]["choices"]
        events = service.request("POST", "/v1/chat/completions", body | {"stream": True}).body
        assert events.endswith(b"data: [DONE]\n\n")
        refused = service.request("POST", "/v1/chat/completions", body | {"temperature": 9})
        assert refused.status == 400 and json.loads(refused.body)["error"]["param"] == "temperature"


@pytest.mark.parametrize("protocol", ["vllm", "sglang"])
def test_embeddings_of_every_kind(protocol):
    with running(lambda: mock("--embedding-size", "16", protocol=protocol)) as (engine,):
        with running(lambda: gateway(engine.url)) as (service,):
            client = client_of(service)
            answer = client.embeddings.create(model="mock", input=["one", "two"])
            assert [len(entry.embedding) for entry in answer.data] == [16, 16]
            floats = client.embeddings.create(model="mock", input=["one", "two"], encoding_format="float")
            assert floats.data[1].embedding == pytest.approx(answer.data[1].embedding, rel=1e-6)
            assert len(client.embeddings.create(model="mock", input="one", dimensions=4).data[0].embedding) == 4
            status, scores = service.json("POST", "/v1/score", {"model": "mock", "text_1": "one", "text_2": ["one"]})
            assert status == 200 and scores["data"][0]["score"] == pytest.approx(1)
            status, ranking = service.json(
                "POST", "/v1/rerank", {"model": "mock", "query": "two", "documents": ["one", "two"], "top_n": 1})
            assert status == 200 and [entry["index"] for entry in ranking["results"]] == [1]


def test_a_worker_that_goes_is_replaced_by_the_other_and_welcomed_back():
    with running(mock, mock) as (first, second), running(lambda: gateway(first.url, second.url)) as (service,):
        client = client_of(service)
        whole = text_of(client)
        place = first.url.rpartition("//")[2]
        first.kill()
        assert all(text_of(client) for _ in range(8))
        second.kill()
        with pytest.raises(openai.APIStatusError) as failure:
            text_of(client)
        assert failure.value.status_code == 503
        with running(lambda: mock(listen=place)):
            poll(lambda: service.request("POST", "/v1/completions", {"model": "mock", "prompt": "x"}).status == 200,
                 10, "the worker that came back")
            assert whole


def test_requests_are_tried_elsewhere_before_their_first_token():
    with running(lambda: mock("--misbehave", "unavailable=1"), mock) as (bad, good):
        with running(lambda: gateway(bad.url, good.url)) as (service,):
            client = client_of(service)
            assert all(text_of(client) for _ in range(6))


def test_requests_end_by_name():
    with running(lambda: mock("--delay-ms", "50", "--count", "4000")) as (engine,):
        with running(lambda: gateway(engine.url)) as (service,):
            stream = client_of(service).chat.completions.create(
                model="mock", messages=MESSAGES, max_tokens=4000, stream=True)
            chunk = next(iter(stream))
            status, answer = service.json("POST", "/v1/abort", {"request_ids": [chunk.id, "nobody"]})
            assert (status, answer) == (200, {"aborted": [chunk.id], "not_found": ["nobody"]})
            assert [chunk.choices[0].finish_reason for chunk in stream][-1] == "abort"


@contextlib.contextmanager
def nested_gateways():
    """A gateway, and another one behind it, which is a server of the same API to it, over a slow engine."""
    with running(lambda: mock("--delay-ms", "50", "--count", "4000")) as (engine,):
        with running(lambda: gateway(engine.url)) as (inner,), running(lambda: gateway(inner.url)) as (outer,):
            yield outer, inner
            poll(lambda: inner.workers()[0]["outstanding"] == 0, 10, "the engine's end")
            assert outer.workers()[0]["outstanding"] == 0


def abort_mine(outer):
    answer = outer.json("POST", "/v1/abort", {"request_id": "mine"})
    assert answer == (200, {"aborted": ["mine"], "not_found": []})


def test_forwarded_requests_end_by_name():
    with nested_gateways() as (outer, inner), concurrent.futures.ThreadPoolExecutor() as pool:
        asked = pool.submit(
            outer.request, "POST", "/v1/completions", {"model": "mock", "prompt": "x", "max_tokens": 4000},
            {"x-request-id": "mine"})
        poll(lambda: inner.workers()[0]["outstanding"] == 1, 10, "the request at the engine")
        assert outer.workers()[0]["outstanding"] == 1
        abort_mine(outer)
        answer = asked.result()
        assert answer.status == 499 and json.loads(answer.body)["error"]["code"] == "request_aborted"


def test_forwarded_streams_end_by_name():
    with nested_gateways() as (outer, _):
        stream = iter(client_of(outer).completions.create(
            model="mock", prompt="x", max_tokens=4000, stream=True, extra_headers={"x-request-id": "mine"}))
        next(stream)
        abort_mine(outer)
        # It ends early and without an error, which the client would raise.
        assert len(list(stream)) < 4000


def test_workers_are_listed_and_counted():
    with running(mock) as (engine,):
        away = "grpc://127.0.0.1:9"
        with running(lambda: gateway(engine.url, away)) as (service,):
            assert service.workers() == [
                {"address": engine.url, "kind": "vllm", "models": ["mock"], "healthy": True, "paused": False,
                 "outstanding": 0},
                {"address": away, "kind": None, "models": [], "healthy": False, "paused": False, "outstanding": 0}]
            text_of(client_of(service))
            line = f'drover_worker_requests_total{{worker="{engine.url}",model="mock",outcome="completed"}} 1\n'
            assert line in service.request("GET", "/metrics").body.decode()
            assert away not in service.request("GET", "/metrics").body.decode()


def test_a_model_whose_workers_are_lost_stays_the_gateways():
    with running(mock) as (engine,), running(lambda: gateway(engine.url)) as (service,):
        ready = lambda: service.request("GET", "/readiness").status == 200
        assert ready()
        engine.kill()
        poll(lambda: not ready(), 10, "readiness goes")
        assert [model["id"] for model in service.json("GET", "/v1/models")[1]["data"]] == ["mock"]
        answer = service.request("POST", "/v1/completions", {"model": "mock", "prompt": "x"})
        assert answer.status == 503 and answer.headers["retry-after"] == "1"
        with running(lambda: mock("--name", "another", listen=engine.url.rpartition("//")[2])):
            poll(ready, 10, "readiness is back")
            assert [model["id"] for model in service.json("GET", "/v1/models")[1]["data"]] == ["another"]


def test_workers_of_two_vocabularies_are_not_one_model():
    with running(mock, lambda: mock("--vocabulary", "32000", protocol="sglang")) as (one, other):
        with running(lambda: gateway(one.url, other.url)) as (service,):
            poll(lambda: "A worker cannot be used yet." in service.text, 10, "the refusal")
            assert "has a vocabulary of" in service.text
            assert sorted(len(worker["models"]) for worker in service.workers()) == [0, 1]
            assert text_of(client_of(service))


def test_models_of_several_kinds_stand_beside_each_other(server):
    with running(lambda: mock("--name", "one"), lambda: mock("--name", "two", protocol="sglang"),
                 lambda: mock("--name", "three", protocol="trtllm")) as engines:
        with running(lambda: gateway(*(engine.url for engine in engines), server.url, models=4)) as (service,):
            client = client_of(service)
            for model in client.models.list().data:
                assert client.completions.create(model=model.id, prompt="x", max_tokens=3, temperature=0).choices
            with pytest.raises(openai.NotFoundError):
                client.completions.create(model="none", prompt="x")
            with pytest.raises(openai.BadRequestError, match="SGLang"):
                client.completions.create(model="two", prompt="x", seed=3)

"""`drover gateway` in front of vLLM's gRPC server: it does the text, vLLM the tokens."""

import json

import grpc
import jsonschema
import pytest
from smg_grpc_proto import vllm_engine_pb2 as pb, vllm_engine_pb2_grpc

import cases
from engines import FOLDER, outcome
from harness import poll


@pytest.fixture(scope="module")
def engine(engines):
    engines.references()
    return engines.rpc()


@pytest.fixture(scope="module")
def gateway(engine, gateway_to):
    return gateway_to(f"grpc://127.0.0.1:{engine.port}", "--model-path", FOLDER)


@pytest.fixture(scope="module")
def stub(engine):
    with grpc.insecure_channel(f"127.0.0.1:{engine.port}") as channel:
        yield vllm_engine_pb2_grpc.VllmEngineStub(channel)


def running(stub):
    return sum(load.num_running_reqs for load in stub.GetLoads(pb.GetLoadsRequest(), timeout=30).loads)


@pytest.mark.parametrize("name", cases.CASES)
def test_answers_are_those_of_vllms_own_server(gateway, engines, name):
    cases.assert_same(outcome(gateway.client, cases.CASES[name]), engines.references()[name])


@pytest.mark.parametrize("name", ["chat", "unicode", "completion", "stop", "schema", "two choices"])
def test_streams_say_the_same(gateway, engines, name):
    choices, usage = cases.streamed(gateway.client, cases.CASES[name])
    assert choices == [(choice["text"], choice["end"]) for choice in engines.references()[name]]
    assert usage.prompt_tokens and usage.completion_tokens


def test_the_capital(gateway):
    assert "Paris" in cases.ask(gateway.client, cases.CASES["chat"]).choices[0].message.content


def test_a_schema_is_kept(gateway):
    text = cases.ask(gateway.client, cases.CASES["schema"]).choices[0].message.content
    jsonschema.validate(json.loads(text), cases.SCHEMA)


def test_requests_at_once(gateway, engines):
    assert cases.at_once(gateway.client) == engines.references()["at once"]


def endless(gateway):
    """A stream that would go on for long, and its first chunk."""
    stream = cases.ask(gateway.client, cases.completion("Count: one,", max_tokens=1800), stream=True,
                       extra_body={"ignore_eos": True})
    return stream, next(iter(stream))


def test_a_client_that_leaves_frees_the_engine(gateway, stub):
    stream, _ = endless(gateway)
    assert running(stub) == 1
    stream.close()
    poll(lambda: running(stub) == 0, 5, "an engine that is idle again")


def test_a_request_ends_by_its_name(gateway, stub):
    stream, first = endless(gateway)
    assert gateway.json("POST", "/v1/abort", {"request_id": first.id}) == (
        200, {"aborted": [first.id], "not_found": []})
    ends = [choice.finish_reason for chunk in stream for choice in chunk.choices if choice.finish_reason]
    assert len(ends) == 1
    poll(lambda: running(stub) == 0, 5, "an engine that is idle again")


def test_the_tokenizer_comes_from_the_engine(engine, gateway, gateway_to):
    """Without --model-path, and where the engine's folder is not to be found."""
    other = gateway_to(f"grpc://127.0.0.1:{engine.port}")
    for name in ("chat", "unicode", "schema"):
        assert outcome(other.client, cases.CASES[name]) == outcome(gateway.client, cases.CASES[name])

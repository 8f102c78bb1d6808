"""Embeddings through `drover gateway`, of the model's last hidden state: what vLLM makes of one that generates."""

import pytest

import cases
from engines import FOLDER, client_of

POOLING = ("--runner", "pooling", "--convert", "embed")
INPUTS = ["Paris is in France.", ["One, two, three.", "Café 東京"], [504, 3575, 282]]


def embed(client, text, **options):
    answer = client.embeddings.create(model=cases.MODEL, input=text, **options)
    return [entry.embedding for entry in answer.data], answer.usage.prompt_tokens


@pytest.fixture(scope="module")
def references(engines):
    client = client_of(f"http://127.0.0.1:{engines.http(*POOLING).port}")
    return [embed(client, text) for text in INPUTS]


@pytest.fixture(scope="module")
def gateway(engines, references, gateway_to):
    return gateway_to(f"grpc://127.0.0.1:{engines.rpc(*POOLING).port}", "--model-path", FOLDER)


@pytest.mark.parametrize("form", ["float", "base64"])
@pytest.mark.parametrize("number", range(len(INPUTS)))
def test_embeddings_are_those_of_vllms_own_server(gateway, references, number, form):
    # Asked for no form, the client asks for base64 and makes numbers of it.
    form = {"encoding_format": "float"} if form == "float" else {}
    vectors, tokens = embed(gateway.client, INPUTS[number], **form)
    expected, expected_tokens = references[number]
    assert tokens == expected_tokens
    assert len(vectors) == len(expected)
    for ours, theirs in zip(vectors, expected):
        assert ours == pytest.approx(theirs, abs=1e-3)


def test_chat_is_refused(gateway):
    status, answer = gateway.json("POST", "/v1/chat/completions", cases.CASES["chat"][1])
    assert status == 400 and answer["error"]["message"]

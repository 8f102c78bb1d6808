"""`drover tokenizer`: tokenizing and rendering without an engine, for itself and beside `drover serve`."""

import concurrent.futures
import json

import pytest

from harness import MODEL, Server, run_drover

MESSAGES = [{"role": "user", "content": "What is 2 + 2? <|im_end|>"}]


@pytest.fixture(scope="module")
def tokenizer():
    server = Server("--name", "small", command="tokenizer")
    yield server
    server.terminate()
    assert server.exit_code() == 0


def post(server, path, body):
    answer = server.request("POST", path, body)
    return answer.status, json.loads(answer.body)


def test_it_answers_as_the_whole_server_does(tokenizer, server, model):
    for path, body in (
        ("/v1/tokenize", {"prompt": "Hello, 世界!", "return_token_strs": True}),
        ("/v1/tokenize", {"messages": MESSAGES}),
        ("/v1/count", {"prompt": "Hello"}),
        ("/v1/detokenize", {"tokens": [1, 2, 3]}),
    ):
        assert post(tokenizer, path, body) == post(server, path, body)
    here = post(tokenizer, "/v1/render", {"model": "small", "messages": MESSAGES})
    assert here == post(server, "/v1/render", {"model": model, "messages": MESSAGES})


def test_a_rendered_prompt_is_what_the_engine_gets(tokenizer, server, client, model):
    prompt = post(tokenizer, "/v1/render", {"model": "small", "messages": MESSAGES})[1]
    chat = client.chat.completions.create(model=model, messages=MESSAGES, temperature=0, max_tokens=8)
    assert chat.usage.prompt_tokens == prompt["count"] == len(prompt["tokens"])
    text = client.completions.create(model=model, prompt=prompt["tokens"], temperature=0, max_tokens=8)
    assert text.choices[0].text == chat.choices[0].message.content
    # What the user wrote is text, whatever it looks like.
    assert prompt["tokens"].count(2) == 2


def test_batches_at_once(tokenizer):
    texts = [f"text number {n} " * (n % 50) for n in range(500)]
    batch = {"batch": [{"prompt": text} for text in texts]}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(tokenizer, "/v1/tokenize", batch), range(8)))
    assert all(answer == answers[0] for answer in answers)
    results = answers[0][1]["results"]
    assert [r["count"] for r in results] == [len(r["tokens"]) for r in results] and len(results) == 500
    back = post(tokenizer, "/v1/detokenize", {"batch": [{"tokens": r["tokens"]} for r in results]})[1]["results"]
    assert [r["prompt"] for r in back] == texts


def test_there_is_nothing_that_generates(tokenizer):
    status, answer = post(tokenizer, "/v1/chat/completions", {"model": "small", "messages": MESSAGES})
    assert (status, answer["error"]["code"]) == (404, "unknown_url")
    assert tokenizer.request("GET", "/readiness").status == 200
    assert json.loads(tokenizer.request("GET", "/v1/models").body)["data"][0]["id"] == "small"


def test_bad_settings_are_refused():
    refused = run_drover("tokenizer", "--model", str(MODEL), "--threads", "0")
    assert refused.returncode != 0 and "threads: '0' is not allowed" in refused.stderr
    missing = run_drover("tokenizer", "--model", "none.gguf")
    assert missing.returncode != 0 and "none.gguf" in missing.stderr

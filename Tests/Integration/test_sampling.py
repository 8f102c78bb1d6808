"""Sampling options, stop strings and structured output."""

import json

import pytest

PROMPT = "Once upon a time, in a small village by the sea,"


@pytest.fixture
def complete(client, model):
    def create(**options):
        return client.completions.create(
            model=model, **{"prompt": PROMPT, "temperature": 0, "max_tokens": 32, **options})

    return create


def streamed(chunks):
    choices = [choice for chunk in chunks for choice in chunk.choices]
    return "".join(choice.text for choice in choices), choices[-1].finish_reason


def test_completes_streamed_and_not(complete):
    whole = complete()
    assert whole.object == "text_completion"
    assert whole.choices[0].text
    assert streamed(complete(stream=True)) == (whole.choices[0].text, whole.choices[0].finish_reason)


def test_usage_counts_the_prompt(complete, server):
    usage = complete(max_tokens=4).usage
    assert usage.prompt_tokens - len(server.tokens(PROMPT)) in (0, 1)  # some models begin with a special token
    assert usage.completion_tokens == 4


def test_completes_several_prompts(complete):
    answer = complete(prompt=["One, two,", "Monday, Tuesday,"], n=2, max_tokens=4, temperature=1, seed=1)
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]


def test_completes_token_prompts(complete, server):
    assert complete(prompt=server.tokens(PROMPT)).choices[0].text == complete().choices[0].text


def test_echoes_the_prompt(complete):
    assert complete(echo=True).choices[0].text == PROMPT + complete().choices[0].text


def test_reports_logprobs(complete):
    answer = complete(logprobs=2, max_tokens=6)
    logprobs = answer.choices[0].logprobs
    assert len(logprobs.tokens) == len(logprobs.token_logprobs) == answer.usage.completion_tokens
    assert "".join(logprobs.tokens) == answer.choices[0].text
    assert logprobs.text_offset[0] in (0, len(PROMPT))
    assert all(value <= 0 for value in logprobs.token_logprobs)
    assert all(token in top for token, top in zip(logprobs.tokens, logprobs.top_logprobs))


def test_stop_strings_never_leak(complete):
    text = complete(max_tokens=40).choices[0].text
    for start in range(2, min(len(text) - 6, 60), 5):
        for length in (1, 3, 6):
            stop = text[start:start + length]
            expected = text[:text.index(stop)]
            answer = complete(max_tokens=40, stop=stop).choices[0]
            assert (answer.text, answer.finish_reason) == (expected, "stop"), repr(stop)
    # Once more as a stream, with a stop string that crosses tokens and one that never comes.
    stop = text[7:16]
    assert streamed(complete(max_tokens=40, stop=[stop, "never \u2603"], stream=True)) == (
        text[:text.index(stop)], "stop")


def test_text_held_back_for_a_stop_string_comes_out(complete):
    text = complete().choices[0].text
    stop = text[-6:] + "\u2603"
    assert complete(stop=stop).choices[0].text == text
    assert streamed(complete(stop=stop, stream=True))[0] == text


def test_logit_bias_forces_and_forbids(complete, server):
    token = server.tokens(" sea")[0]
    assert complete(logit_bias={str(token): 100}, max_tokens=3).choices[0].text == " sea sea sea"
    likeliest = complete(max_tokens=1, logprobs=0).choices[0].logprobs.tokens[0]
    (forbidden,) = server.tokens(likeliest)
    assert complete(max_tokens=1, logit_bias={str(forbidden): -100}).choices[0].text != likeliest


def test_ignores_the_end_if_asked(complete):
    answer = complete(max_tokens=150, extra_body={"ignore_eos": True})
    assert (answer.usage.completion_tokens, answer.choices[0].finish_reason) == (150, "length")


def test_min_tokens_delays_the_end(client, model):
    answer = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "What is the capital of France?"}], temperature=0,
        max_tokens=80, extra_body={"min_tokens": 60})
    assert answer.usage.completion_tokens >= 60


def test_narrow_sampling_is_greedy(complete):
    greedy = complete().choices[0].text
    assert complete(temperature=1, extra_body={"top_k": 1}).choices[0].text == greedy
    assert complete(temperature=1, top_p=1e-6).choices[0].text == greedy
    assert complete(temperature=1, extra_body={"min_p": 1}).choices[0].text == greedy


def test_penalties_change_the_text(complete):
    repeats = {"prompt": "la la la la la la la la", "max_tokens": 24}
    greedy = complete(**repeats).choices[0].text
    assert complete(**repeats, frequency_penalty=2).choices[0].text != greedy
    assert complete(**repeats, presence_penalty=2).choices[0].text != greedy
    assert complete(**repeats, extra_body={"repetition_penalty": 1.8}).choices[0].text != greedy


SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"enum": ["Paris", "Rome", "Madrid"]},
        "capital": {"type": "boolean"},
        "rank": {"type": "integer", "minimum": 0, "maximum": 9},
    },
    "required": ["city", "capital", "rank"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("stream", [False, True])
def test_answers_by_a_schema(client, model, stream):
    answer = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "Tell me about Paris, as JSON."}], temperature=0,
        max_tokens=120, stream=stream,
        response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": SCHEMA, "strict": True}})
    if stream:
        text = "".join(choice.delta.content or "" for chunk in answer for choice in chunk.choices)
    else:
        text = answer.choices[0].message.content
        assert answer.choices[0].finish_reason == "stop"
    value = json.loads(text)
    assert value["city"] in SCHEMA["properties"]["city"]["enum"]
    assert isinstance(value["capital"], bool)
    assert 0 <= value["rank"] <= 9


def test_sampled_answers_keep_to_the_schema(client, model):
    answer = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "Say anything."}], temperature=1.5, seed=3, n=4,
        max_tokens=120,
        response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": SCHEMA, "strict": True}})
    for choice in answer.choices:
        assert json.loads(choice.message.content).keys() == SCHEMA["properties"].keys()


def test_answers_with_an_object(client, model):
    choice = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": 'Reply with exactly this JSON: {"city": "Paris"}'}],
        temperature=0, max_tokens=300, response_format={"type": "json_object"}).choices[0]
    assert choice.finish_reason == "stop"
    assert isinstance(json.loads(choice.message.content), dict)

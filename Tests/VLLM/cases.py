"""What every way to vLLM is asked, and how the parts of an answer that must be equal are taken from it.

A case is the method of the official client that asks it, and what it is called with.
"""

import concurrent.futures

MODEL = "smollm2"
END = "<|im_end|>"

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 12}, "inhabitants": {"type": "integer"}},
    "required": ["city", "inhabitants"],
    "additionalProperties": False,
}


def chat(question, **options):
    messages = [{"role": "user", "content": question}]
    return "chat", {"model": MODEL, "messages": messages, "temperature": 0, "max_tokens": 24} | options


def completion(prompt, **options):
    return "completions", {"model": MODEL, "prompt": prompt, "temperature": 0, "max_tokens": 16} | options


CASES = {
    "chat": chat("What is the capital of France?"),
    "system": ("chat", {
        "model": MODEL, "temperature": 0, "max_tokens": 24,
        "messages": [{"role": "system", "content": "You answer in one word."},
                     {"role": "user", "content": "Which colour has the sky?"}]}),
    "unicode": chat("Repeat after me: Café, naïve, 東京, Москва, 😀."),
    "completion": completion("The capital of France is"),
    "stop": completion("The capital of France is", stop=["city"], max_tokens=40),
    "stop tokens": completion("The capital of France is", max_tokens=40, extra_body={"stop_token_ids": [30]}),
    "logprobs": completion("The capital of France is", logprobs=3, max_tokens=8),
    "chat logprobs": chat("What is the capital of France?", logprobs=True, top_logprobs=3, max_tokens=8),
    "schema": chat("Describe Paris in JSON.", max_tokens=60, response_format={
        "type": "json_schema", "json_schema": {"name": "city", "schema": SCHEMA, "strict": True}}),
    "penalties": completion("one two three one two three", frequency_penalty=1.5, presence_penalty=0.5),
    "bias": completion("The capital of France is", logit_bias={"1000": 100}, max_tokens=4),
    "min tokens": chat("Say yes.", extra_body={"min_tokens": 20}),
    "ignore eos": chat("Say yes.", max_tokens=40, extra_body={"ignore_eos": True}),
    "seed": completion("Once upon a time", temperature=1, seed=11),
    "echo": completion("The capital of France is", echo=True, max_tokens=4),
    "prompts": completion(["The capital of Italy is", "One, two, three,"], max_tokens=8),
    "tokens": completion([504, 3575, 282, 4649, 314], max_tokens=8),
    "two choices": completion("Once upon a time", temperature=1, seed=3, n=2),
}

CONCURRENT = [completion(f"{number} plus {number} is", max_tokens=24) for number in range(32)]


def ask(client, case, **options):
    method, arguments = case
    endpoint = client.chat.completions if method == "chat" else client.completions
    return endpoint.create(**arguments, **options)


def seen(answer):
    """Text, end and log-probabilities of each choice."""
    return [{"text": text_of(choice), "end": choice.finish_reason, **logprobs_of(choice)} for choice in answer.choices]


def text_of(choice):
    return choice.message.content if hasattr(choice, "message") else choice.text


def logprobs_of(choice):
    """The tokens, and the log-probabilities of each and of its rivals.

    vLLM's own server lists the token that ends an answer among those of a chat, which has no text; we do not.
    """
    if not choice.logprobs:
        return {}
    if hasattr(choice.logprobs, "tokens"):
        tokens, values = choice.logprobs.tokens, choice.logprobs.token_logprobs
        rivals = [sorted(top.values()) for top in choice.logprobs.top_logprobs]
    else:
        entries = [entry for entry in choice.logprobs.content if entry.token != END]
        tokens, values = [entry.token for entry in entries], [entry.logprob for entry in entries]
        rivals = [sorted(top.logprob for top in entry.top_logprobs) for entry in entries]
    return {"tokens": tokens, "logprobs": [values, rivals]}


def assert_same(ours, theirs):
    """Equal but for log-probabilities, whose low bits depend on what is computed together."""
    without = [[{**choice, "logprobs": None} for choice in side] if isinstance(side, list) else side
               for side in (ours, theirs)]
    assert without[0] == without[1]
    if isinstance(ours, list):
        for mine, yours in zip(ours, theirs):
            for one, other in zip(flat(mine.get("logprobs", [])), flat(yours.get("logprobs", []))):
                assert abs(one - other) < 0.01


def flat(values):
    return [number for value in values for number in flat(value)] if isinstance(values, list) else [values]


def streamed(client, case):
    """Text and end of each choice of a stream, and the usage that it ends with."""
    texts, ends, usage = {}, {}, None
    for chunk in ask(client, case, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text = choice.delta.content if hasattr(choice, "delta") else choice.text
            texts[choice.index] = texts.get(choice.index, "") + (text or "")
            ends[choice.index] = choice.finish_reason or ends.get(choice.index)
    return [(texts[index], ends[index]) for index in sorted(texts)], usage


def at_once(client):
    """The texts of many requests that run together, in their order."""
    with concurrent.futures.ThreadPoolExecutor(len(CONCURRENT)) as pool:
        return list(pool.map(lambda case: ask(client, case).choices[0].text, CONCURRENT))

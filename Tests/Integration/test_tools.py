"""Tools and reasoning through the official client, with a model that has no format of its own: what it is forced to."""

import json

import jsonschema
import openai
import pytest

from harness import poll, run_drover

WEATHER = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "minLength": 1, "maxLength": 20},
        "unit": {"enum": ["celsius", "fahrenheit"]},
        "days": {"type": "integer", "minimum": 1, "maximum": 7},
    },
    "required": ["city", "unit"],
    "additionalProperties": False,
}
SEARCH = {
    "type": "object",
    "properties": {
        "terms": {"type": "array", "items": {"type": "string", "maxLength": 12}, "minItems": 1, "maxItems": 2},
        "filter": {"$ref": "#/$defs/filter"},
    },
    "required": ["terms", "filter"],
    "$defs": {"filter": {"anyOf": [{"type": "null"}, {"type": "boolean"}]}},
}
SCHEMAS = {"get_weather": WEATHER, "search": SEARCH, "get_time": {"type": "object", "properties": {}}}
TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "Tells the weather of a city.", "parameters": WEATHER}},
    {"type": "function", "function": {"name": "search", "parameters": SEARCH, "strict": True}},
    {"type": "function", "function": {"name": "get_time", "description": "Tells the time."}},
]
QUESTION = [{"role": "user", "content": "What is the weather in Paris?"}]


def named(name):
    return {"type": "function", "function": {"name": name}}


@pytest.fixture
def chat(client, model):
    def create(messages=QUESTION, **options):
        return client.chat.completions.create(
            model=model, messages=messages, **{"temperature": 0, "max_tokens": 200, "tools": TOOLS, **options})

    return create


def check(call):
    assert call.type == "function" and call.id
    arguments = json.loads(call.function.arguments)
    jsonschema.validate(arguments, SCHEMAS[call.function.name])
    return arguments


def gathered(chunks):
    """The content, the calls as (id, name, arguments), and the finish reason of a stream with one choice."""
    content, calls, reason = None, [], None
    for chunk in chunks:
        for choice in chunk.choices:
            assert reason is None, "something after the end"
            if choice.delta.content is not None:
                content = (content or "") + choice.delta.content
            for part in choice.delta.tool_calls or []:
                if part.index == len(calls):
                    assert part.id and part.type == "function" and part.function.name
                    assert part.function.arguments == ""
                    calls.append([part.id, part.function.name, ""])
                else:
                    assert part.index == len(calls) - 1
                    assert part.id is None and part.type is None and part.function.name is None
                    calls[-1][2] += part.function.arguments
            reason = choice.finish_reason
    return content, calls, reason


@pytest.mark.parametrize("temperature", [0, 1])
def test_required_answers_with_calls(chat, temperature):
    choice = chat(tool_choice="required", parallel_tool_calls=False, temperature=temperature, seed=3).choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    [call] = choice.message.tool_calls
    check(call)


@pytest.mark.parametrize("name", SCHEMAS)
def test_calls_the_named_function_streamed_and_not(chat, name):
    choice = chat(tool_choice=named(name)).choices[0]
    [call] = choice.message.tool_calls
    assert call.function.name == name and choice.finish_reason == "tool_calls"
    check(call)
    content, calls, reason = gathered(chat(tool_choice=named(name), stream=True))
    assert content is None and reason == "tool_calls"
    assert [part[1:] for part in calls] == [[name, call.function.arguments]]


def test_knows_which_city_is_asked_about(chat):
    [call] = chat(tool_choice=named("get_weather")).choices[0].message.tool_calls
    assert check(call)["city"] == "Paris"


def test_parallel_calls_are_each_whole(chat):
    choice = chat(tool_choice="required", temperature=1, seed=8, max_tokens=600).choices[0]
    calls = choice.message.tool_calls
    assert len({call.id for call in calls}) == len(calls) <= 16
    for call in calls if choice.finish_reason == "tool_calls" else calls[:-1]:
        check(call)


def test_streams_several_choices_with_calls(chat):
    chunks = list(chat(tool_choice=named("get_weather"), n=3, temperature=1, seed=1, stream=True))
    ids = set()
    for index in range(3):
        own = [chunk for chunk in chunks if chunk.choices[0].index == index]
        _, [(identity, name, arguments)], reason = gathered(own)
        assert name == "get_weather" and reason == "tool_calls"
        jsonschema.validate(json.loads(arguments), WEATHER)
        ids.add(identity)
    assert len(ids) == 3


def test_a_call_cut_off_is_no_call(chat):
    choice = chat(tool_choice=named("get_weather"), max_tokens=12).choices[0]
    assert choice.finish_reason == "length"


def test_the_official_accumulator_reads_the_stream(client, model):
    with client.chat.completions.stream(
            model=model, messages=QUESTION, temperature=0, max_tokens=200,
            tools=[{"type": "function", "function": {**TOOLS[0]["function"], "strict": True}}],
            tool_choice=named("get_weather")) as stream:
        events = [event.type for event in stream]
        message = stream.get_final_completion().choices[0].message
    assert "tool_calls.function.arguments.delta" in events and "tool_calls.function.arguments.done" in events
    jsonschema.validate(message.tool_calls[0].function.parsed_arguments, WEATHER)


def test_none_and_auto_answer_with_text(chat, server):
    plain = chat(tools=openai.NOT_GIVEN, max_tokens=4).usage.prompt_tokens
    for tool_choice in ["none", "auto"]:
        answer = chat(tool_choice=tool_choice, max_tokens=4)
        assert answer.choices[0].message.tool_calls is None and answer.choices[0].message.content
        assert answer.usage.prompt_tokens == plain, "a model whose calls cannot be told from text is not told to call"
    said = "it is not known how the model writes calls"
    poll(lambda: said in server.text, 10, said)
    assert server.text.count(said) == 1


def test_logprobs_list_every_token_of_a_call(chat):
    answer = chat(tool_choice=named("get_time"), logprobs=True)
    tokens = answer.choices[0].logprobs.content
    text = b"".join(bytes(token.bytes) for token in tokens).decode()
    assert text.startswith('[{"name": "get_time"')


def test_a_result_goes_back_to_the_model(chat, server):
    first = chat(tool_choice=named("get_weather")).choices[0].message
    messages = QUESTION + [first.model_dump(exclude_none=True), {
        "role": "tool", "tool_call_id": first.tool_calls[0].id, "content": "It is sunny, 24 degrees."}]
    second = chat(messages)
    assert second.choices[0].message.content.strip()
    _, alone = server.json("POST", "/tokenize", {"messages": QUESTION})
    assert second.usage.prompt_tokens > alone["count"] + 30, "the call and its result are in the prompt"


def test_tools_count_among_a_prompts_tokens(server):
    body = {"messages": QUESTION}
    _, without = server.json("POST", "/tokenize", body)
    status, with_tools = server.json("POST", "/tokenize", {**body, "tools": TOOLS})
    assert status == 200 and with_tools["count"] >= without["count"]


@pytest.mark.parametrize("fields, param", [
    ({"tools": {}}, "tools"),
    ({"tools": [{"type": "retrieval"}]}, "tools[0].type"),
    ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
    ({"tools": [{"type": "function", "function": {"name": "no spaces"}}]}, "tools[0].function.name"),
    ({"tools": TOOLS + TOOLS[:1]}, "tools[3].function.name"),
    ({"tool_choice": "required"}, "tool_choice"),
    ({"tools": TOOLS, "tool_choice": "sometimes"}, "tool_choice"),
    ({"tools": TOOLS, "tool_choice": named("none_such")}, "tool_choice.function.name"),
    ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {"not": {}}}}],
      "tool_choice": "required"}, "tools[0].function.parameters"),
    ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "array"}}}],
      "tool_choice": "required"}, "tools"),
    ({"functions": [{"name": "f"}]}, "functions"),
    ({"function_call": {"name": "f"}}, "function_call"),
    ({"reasoning_effort": "enormous"}, "reasoning_effort"),
    ({"messages": QUESTION + [{"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {
        "name": "f", "arguments": "{"}}]}]}, "messages[1].tool_calls[0].function.arguments"),
])
def test_bad_tools_are_named(server, model, fields, param):
    status, answer = server.json("POST", "/v1/chat/completions", {
        "model": model, "messages": QUESTION, "max_tokens": 1, **fields})
    assert status == 400 and answer["error"]["param"] == param


def test_accepts_what_is_said_of_reasoning(chat):
    for options in [{"reasoning_effort": "low"}, {"extra_body": {"include_reasoning": False}},
                    {"extra_body": {"separate_reasoning": False, "chat_template_kwargs": {"enable_thinking": False}}}]:
        assert chat(tools=openai.NOT_GIVEN, max_tokens=4, **options).choices[0].message.content
    messages = QUESTION + [{"role": "assistant", "content": "Sunny.", "reasoning_content": "It is July."},
                           {"role": "user", "content": "Are you sure?"}]
    assert chat(messages, tools=openai.NOT_GIVEN, max_tokens=4).choices[0].message.content


def test_a_named_format_reads_what_the_model_writes(own_server, client_for):
    client = client_for(own_server("--output-format", "hermes"))
    model = client.models.list().data[0].id
    # The strict call is held to its schema from the marker on, which a prompt full of markers brings about.
    example = '<tool_call>\n{"name": "get_time", "arguments": {}}\n</tool_call>'
    tool = {"type": "function", "function": {"name": "get_time", "strict": True}}
    options = {"model": model, "tools": [tool], "temperature": 0, "max_tokens": 60}
    choice = client.chat.completions.create(tool_choice="required", messages=QUESTION, **options).choices[0]
    assert choice.finish_reason == "tool_calls" and choice.message.tool_calls[0].function.arguments == "{}"
    messages = []
    for _ in range(4):
        messages += [{"role": "user", "content": "What time is it?"}, {"role": "assistant", "content": example}]
    choice = client.chat.completions.create(messages=messages + messages[:1], **options).choices[0]
    assert choice.finish_reason == "tool_calls" and choice.message.tool_calls[0].function.name == "get_time"


def test_refuses_formats_that_there_are_not():
    result = run_drover("serve", "--model", "any.gguf", "--output-format", "telepathy")
    assert result.returncode != 0
    assert "outputFormat" in result.stderr and "hermes" in result.stderr and "none" in result.stderr

"""Conversations by chance: every field that templates look at, in order and out of it."""

import template_conversations as fixed

ROLES = ["user"] * 6 + ["assistant"] * 6 + ["tool"] * 3 + [
    "system", "system", "developer", "function", "ipython", "model", "narrator", "", None, "tool_result", "observation"]
TEXTS = [
    "", " ", "\n", "Hi", "  padded \n", "a\nb\n\nc", "<think>\nwhy\n</think>\n\nbecause", "<think>open", "x</think>y",
    "Grüße 世界 🌍", "it's \"quoted\" & <b>", "{\"a\": 1}", "[TOOL_CALLS]", "<|im_end|>", "{{ 7 }}{% if %}", "\t\\n",
    "a </think> b </think> c", "/no_think", "/think please", "e\u0301\u200d", "<tool_response>r</tool_response>",
    "<tool_call>{\"name\": \"f\"}</tool_call>", "long " * 40,
]
PARTS = [
    {"type": "text", "text": "part"}, {"type": "text", "text": " two "}, {"type": "image"}, {"type": "video"},
    {"type": "image_url", "image_url": {"url": "https://x/y.png"}}, {"type": "audio"}, {"type": "input_text"}, {},
    {"type": "text"}, {"type": "thinking", "thinking": "hm", "closed": True}, {"text": "no type"}, "bare", None,
    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, {"type": "refusal", "refusal": "no"},
]
SCALARS = [0, 1, -5, 2.5, 1e21, 1e-7, True, False, None, "", "text", "ünï", 12345678901, 0.1]
KEYS = ["city", "unit", "x", "a b", "ключ", "items", "type", "name", "values"]


def json_value(chance, depth=2):
    kind = chance.randrange(8 if depth else 5)
    if kind < 5:
        return chance.choice(SCALARS)
    if kind == 5:
        return [json_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {key: json_value(chance, depth - 1) for key in chance.sample(KEYS, chance.randrange(5))}


def arguments(chance):
    kind = chance.randrange(10)
    if kind == 0:
        return chance.choice(["{\"city\": \"Paris\"}", "", "not json", None, []])
    return {key: json_value(chance) for key in chance.sample(KEYS, chance.randrange(4))}


def call(chance, number):
    function = {"name": chance.choice(["get_weather", "search", "now"]), "arguments": arguments(chance)}
    kind = chance.randrange(12)
    if kind == 0:
        return function
    if kind == 1:
        return {"function": function}
    identifier = chance.choice([f"call{number:05}", f"functions.search:{number}", "x"])
    return {"id": identifier, "type": "function", "function": function}


def content(chance):
    kind = chance.randrange(12)
    if kind == 0:
        return None
    if kind == 1:
        return [chance.choice(PARTS[:8]) for _ in range(chance.randrange(4))]
    if kind == 2:
        return [chance.choice(PARTS) for _ in range(chance.randrange(3))]
    if kind == 3 and chance.random() < 0.2:
        return json_value(chance)
    return chance.choice(TEXTS)


def message(chance, role, number):
    result = {"role": role, "content": content(chance)}
    if chance.random() < 0.04:
        del result[chance.choice(["role", "content"])]
    if role == "assistant":
        if chance.random() < 0.4:
            result["tool_calls"] = [call(chance, number + at) for at in range(chance.choice([0, 1, 1, 1, 2, 3]))]
        if chance.random() < 0.05:
            result["tool_calls"] = None
        for field in ("reasoning_content", "reasoning", "thinking"):
            if chance.random() < 0.15:
                result[field] = chance.choice(TEXTS + [None])
        if chance.random() < 0.03:
            result["prefix"] = chance.random() < 0.5
    if role in ("tool", "function") or chance.random() < 0.02:
        result["tool_call_id"] = chance.choice([f"call{number:05}", "x", f"functions.search:{number}"])
        if chance.random() < 0.7:
            result["name"] = chance.choice(["get_weather", "search"])
    return result


def tidy(chance):
    """A conversation as clients send them."""
    result = [fixed.system(chance.choice(TEXTS))] if chance.random() < 0.5 else []
    for number in range(chance.randrange(1, 5)):
        result.append(fixed.user(chance.choice(TEXTS)))
        if chance.random() < 0.5:
            calls = [call(chance, number * 4 + at) for at in range(chance.choice([1, 1, 2]))]
            result.append(fixed.assistant(chance.choice(TEXTS + [None]), tool_calls=calls))
            result += [fixed.tool(chance.choice(TEXTS), one.get("id", "x")) for one in calls]
        result.append(fixed.assistant(chance.choice(TEXTS)))
        if chance.random() < 0.3:
            result[-1]["reasoning_content"] = chance.choice(TEXTS)
    return result[:-1] if chance.random() < 0.6 else result


def messages(chance):
    if chance.random() < 0.5:
        return tidy(chance)
    return [message(chance, chance.choice(ROLES), number) for number in range(chance.randrange(7))]


def tool(chance):
    kind = chance.randrange(8)
    if kind < 4:
        return chance.choice([fixed.WEATHER, fixed.SEARCH, fixed.NO_PARAMETERS])
    properties = {
        key: {"type": chance.choice(["string", "integer", ["string", "null"], "array", "object", "boolean"]),
              **({"description": chance.choice(TEXTS)} if chance.random() < 0.6 else {}),
              **({"enum": [chance.choice(SCALARS) for _ in range(2)]} if chance.random() < 0.2 else {}),
              **({"default": chance.choice(SCALARS)} if chance.random() < 0.2 else {}),
              **({"items": {"type": "string"}} if chance.random() < 0.3 else {})}
        for key in chance.sample(KEYS, chance.randrange(4))}
    function = {"name": "generated", "description": chance.choice(TEXTS),
                "parameters": {"type": "object", "properties": properties, "required": list(properties)[:1]}}
    if chance.random() < 0.1:
        del function[chance.choice(list(function))]
    if kind == 7:
        return chance.choice([function, {"function": function}, {"type": "function"}, {}])
    return {"type": "function", "function": function}


def variables(chance):
    result = {"messages": messages(chance)}
    if chance.random() < 0.9:
        result["add_generation_prompt"] = chance.random() < 0.6
    if chance.random() < 0.5:
        result["tools"] = chance.choice([None, []]) if chance.random() < 0.15 else [
            tool(chance) for _ in range(chance.randrange(1, 4))]
    if chance.random() < 0.15:
        result["documents"] = [
            {"title": chance.choice(TEXTS), "text": chance.choice(TEXTS)} for _ in range(chance.randrange(3))]
    extras = {
        "enable_thinking": [True, False], "thinking": [True, False], "reasoning_effort": ["low", "high", "none", None],
        "date_string": ["26 Jul 2024"], "tools_in_user_message": [True, False], "custom_tools": [[fixed.WEATHER]],
        "builtin_tools": [["brave_search", "code_interpreter"], []], "keep_past_thinking": [True, False],
        "preserve_thinking": [True, False], "clear_thinking": [True, False], "thinking_budget": [0, 512, 99999],
        "model_identity": ["You are Drover."], "xml_tools": [[fixed.WEATHER["function"]]], "json_schema": [{"a": 1}],
        "available_tools": [[fixed.WEATHER]], "controls": [{"length": "short"}], "functions": [[fixed.SEARCH]],
        "response_format": [{"type": "json_object"}], "safety_mode": ["none", "contextual"], "citation_mode": ["fast"],
        "continue_final_message": [True],
    }
    for name, values in extras.items():
        if chance.random() < 0.08:
            result[name] = chance.choice(values)
    return result


def cases(count, chance):
    return [{"name": f"generated {number}", "variables": variables(chance)} for number in range(count)]

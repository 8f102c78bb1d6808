"""The chat that the template engines render: 20 messages and 8 tools."""

SENTENCES = (
    "The harbour's new crane was delivered on Tuesday, three weeks late, and nobody had told the crew.",
    "Please compare the two offers line by line and say which one is cheaper over five years.",
    "In the first quarter, revenue rose by 4.2 % while \"other costs\" fell; see the table below.",
    "Grüße aus Zürich! Wie lange dauert die Fahrt, und was kostet sie?",
    "def area(width, height):\n    return width * height  # both in metres\n",
    "東京の天気はどうですか。明日は雨が降りますか。",
)


def prose(seed, sentences):
    return " ".join(SENTENCES[(seed * 7 + at * 5) % len(SENTENCES)] for at in range(sentences))


def tool(number):
    kinds = ("weather", "search", "route", "calendar", "mail", "files", "stocks", "translate")
    return {
        "type": "function",
        "function": {
            "name": f"get_{kinds[number]}",
            "description": f"Looks up the {kinds[number]} service. {SENTENCES[number % 3]}",
            "parameters": {
                "type": "object",
                "properties": {
                    "place": {"type": "string", "description": "The city and country, e.g. \"Paris, France\""},
                    "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "description": "The unit to use"},
                    "days": {"type": "integer", "description": "How many days ahead, 1 to 14", "minimum": 1},
                    "detailed": {"type": "boolean", "description": "Whether to list every hour"},
                },
                "required": ["place", "unit"],
            },
        },
    }


def messages():
    result = [{"role": "system", "content": "You are a careful assistant. " + prose(0, 4)}]
    for turn in range(4):
        arguments = {"place": "Zürich, Switzerland", "unit": "celsius", "days": turn + 1, "detailed": True}
        call = {"id": f"callid{turn:03}", "type": "function",
                "function": {"name": "get_weather", "arguments": arguments}}
        result += [
            {"role": "user", "content": prose(turn, 3)},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "content": "{\"temperature\": 21.5, \"sky\": \"clear\"} " + prose(turn + 2, 2),
             "tool_call_id": f"callid{turn:03}", "name": "get_weather"},
            {"role": "assistant", "content": prose(turn + 1, 6)},
        ]
    return result + [
        {"role": "user", "content": prose(5, 2)},
        {"role": "assistant", "content": prose(3, 5)},
        {"role": "user", "content": prose(4, 3)},
    ]


VARIABLES = {"messages": messages(), "tools": [tool(number) for number in range(8)], "add_generation_prompt": True}

"""The rows of `oracle.py` for answers: fixtures of OutputParsingTests beside the reference implementations there are.

Harmony: every answer is tokenized and parsed by `openai-harmony`. Mistral: every pair of calls is encoded by
`mistral-common`'s tokenizer of its age, and its text must be that of the fixture but for white space.
"""
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import tokenizer_references
from tokenizer_oracle import HOME, ROOT

FIXTURES = ROOT / "Tests" / "OutputParsingTests" / "Fixtures"
# What openai-harmony refuses to read, by the fixture's name, and Drover delivers as text.
UNREADABLE = {"no header at all"}


def harmony_encoding():
    from openai_harmony import HarmonyEncodingName, load_harmony_encoding

    name = "fb374d419588a4632f3f557e76b4b70aebbca790"  # o200k_base
    path = tokenizer_references.unpacked(
        HOME, "litellm", f"litellm/litellm_core_utils/tokenizers/{name}", "o200k_base.tiktoken")
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copy(path, Path(scratch) / "o200k_base.tiktoken")
        os.environ["TIKTOKEN_ENCODINGS_BASE"] = scratch
        return load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)


def read_harmony(encoding, output):
    """Reasoning, content and calls, as Drover names them."""
    from openai_harmony import Role

    reasoning, content, calls = "", "", []
    tokens = encoding.encode(output, allowed_special="all")
    for message in encoding.parse_messages_from_completion_tokens(tokens, Role.ASSISTANT):
        text = "".join(part.text for part in message.content)
        if (message.recipient or "").startswith("functions."):
            calls.append((message.recipient.removeprefix("functions."), text))
        elif message.channel == "analysis":
            reasoning += text
        else:
            content += text
    return reasoning, content, calls


def harmony():
    """The number of answers that were compared, and of those that differ."""
    encoding = harmony_encoding()
    differences = cases = 0
    for case in json.loads((FIXTURES / "harmony.json").read_text()):
        if case["name"] in UNREADABLE or case.get("keeps_reasoning"):
            continue
        cases += 1
        expected = [(call["name"], call["arguments"] or case.get("content", "")) for call in case.get("calls", [])]
        reasoning, content, calls = read_harmony(encoding, case["output"])
        # An empty message is an empty object, and arguments that are no JSON are delivered as content.
        calls = [(name, text or "{}") for name, text in calls]
        content = content or (case.get("content", "") if case.get("ending") else "")
        if (reasoning, content, calls) != (case.get("reasoning", ""), case.get("content", ""), expected):
            differences += 1
            print(f"  harmony, {case['name']}: {reasoning!r} {content!r} {calls}", file=sys.stderr)
    return cases, differences


def mistral_text(calls):
    """What mistral-common's tokenizer makes of an assistant's calls, as text."""
    from mistral_common.protocol.instruct.messages import AssistantMessage, UserMessage
    from mistral_common.protocol.instruct.request import InstructRequest
    from mistral_common.protocol.instruct.tool_calls import FunctionCall, ToolCall
    from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

    tokenizer = MistralTokenizer.v3(is_tekken=True)
    message = AssistantMessage(
        tool_calls=[ToolCall(id=id, function=FunctionCall(name=name, arguments=text)) for id, name, text in calls]
    )
    request = InstructRequest(messages=[UserMessage(content="U"), message])
    return tokenizer.instruct_tokenizer.encode_instruct(request).text


def mistral():
    """The number of answers that were compared, and of those that differ."""
    differences = cases = 0
    for case in json.loads((FIXTURES / "mistral-v3.json").read_text()):
        if len(case.get("calls", [])) != 2:
            continue
        cases += 1
        calls = [(id, call["name"], call["arguments"]) for id, call in zip(["abcdefghi", "bcdefghij"], case["calls"])]
        text = mistral_text(calls)
        written = text[text.index("[TOOL_CALLS]") :].removesuffix("</s>")
        if "".join(written.split()) != "".join(case["output"].split()):
            differences += 1
            print(f"  mistral-v3, {case['name']}: {written!r}", file=sys.stderr)
    return cases, differences


def rows(arguments):
    for name, compare, reference in (("harmony", harmony, "openai-harmony"), ("mistral-v3", mistral, "mistral-common")):
        if arguments.only in name:
            yield name, "answers", reference, *compare()

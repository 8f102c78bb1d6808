#!/usr/bin/env python3
"""Writes the fixtures of EngineWireTests with the engines' own protobuf contracts, and compares ours with them.

    pip install --require-hashes -r scripts/oracles/engine-wire-requirements.txt
    scripts/oracles/engine_wire.py Tests/EngineWireTests/Fixtures

`requests.json`: requests as Drover has them, and each engine's message that says the same. `responses.json`: what an
engine generates, the messages in which its server sends that (the servers' sources are retold in `Vllm`, `Sglang` and
`Trtllm` below), and the events that Drover makes of them. Messages are in hexadecimal.

Before that, every message, field and service of Sources/EngineWire/Protos is looked up in the contracts (needs
`protoc`); the exit status is 1 if one is not as it is there.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool
from smg_grpc_proto.generated import common_pb2, sglang_scheduler_pb2, trtllm_service_pb2, vllm_engine_pb2

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROTOS = ROOT / "Sources" / "EngineWire" / "Protos"
vllm, sglang, trtllm = vllm_engine_pb2, sglang_scheduler_pb2, trtllm_service_pb2


# MARK: Our .proto files beside the contracts


def our_files():
    """The descriptors of our .proto files."""
    with tempfile.NamedTemporaryFile() as output:
        names = sorted(path.name for path in PROTOS.glob("*.proto"))
        subprocess.run(["protoc", f"--proto_path={PROTOS}", f"--descriptor_set_out={output.name}", *names], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(output.name).read_bytes()).file


def differences():
    """Whatever ours says and the contracts do not, as sentences."""
    found = []
    count = 0

    def messages(prefix, ours, theirs):
        nonlocal count
        theirs = {message.name: message for message in theirs}
        for message in ours:
            name = f"{prefix}.{message.name}"
            other = theirs.get(message.name)
            if other is None:
                found.append(f"{name} is not in the contract")
                continue
            fields = {field.number: field for field in other.field}
            for field in message.field:
                count += 1
                twin = fields.get(field.number)
                ours_is = (field.name, field.type, field.label, field.type_name, field.proto3_optional)
                if twin is None or ours_is != (
                    twin.name, twin.type, twin.label, twin.type_name, twin.proto3_optional
                ):
                    found.append(f"{name}.{field.name} is another field in the contract")
                elif field.HasField("oneof_index") and (
                    message.oneof_decl[field.oneof_index].name != other.oneof_decl[twin.oneof_index].name
                ):
                    found.append(f"{name}.{field.name} is of another oneof in the contract")
            messages(name, message.nested_type, other.nested_type)
            enums(name, message.enum_type, other.enum_type)

    def enums(prefix, ours, theirs):
        values = {(enum.name, value.name): value.number for enum in theirs for value in enum.value}
        for enum in ours:
            for value in enum.value:
                if values.get((enum.name, value.name)) != value.number:
                    found.append(f"{prefix}.{enum.name}.{value.name} is not in the contract")

    def services(prefix, ours, theirs):
        methods = {
            (service.name, method.name): (method.input_type, method.output_type, method.server_streaming)
            for service in theirs
            for method in service.method
        }
        for service in ours:
            for method in service.method:
                signature = (method.input_type, method.output_type, method.server_streaming)
                if methods.get((service.name, method.name)) != signature:
                    found.append(f"{prefix}.{service.name}.{method.name} is not in the contract")

    contracts = {}
    for module in (common_pb2, sglang, trtllm, vllm):
        proto = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(proto)
        contracts[proto.package] = proto
    for file in our_files():
        contract = contracts[file.package]
        messages(file.package, file.message_type, contract.message_type)
        enums(file.package, file.enum_type, contract.enum_type)
        services(file.package, file.service, contract.service)
    print(f"{count} fields of ours looked up, {len(found)} differ")
    return found


# MARK: Requests

PROMPT = [1, 127, 128, 300, 16_383, 16_384, 151_643, 2_097_152]
END = [2, 151_645]
SEED = (1 << 63) + (5 << 31) + 12_345


def requests():
    """Name, Drover's request, and the message of each engine; an engine that refuses it has the field there."""
    plain = {"prompt": PROMPT, "max_tokens": 64}

    def vllm_request(stream=True, **params):
        return vllm.GenerateRequest(
            request_id="drover-1",
            tokenized=vllm.TokenizedInput(input_ids=PROMPT),
            sampling_params=vllm.SamplingParams(
                **{"temperature": 1.0, "max_tokens": 64, "stop_token_ids": END, "n": 1} | params
            ),
            stream=stream,
        )

    def sglang_request(stream=True, top=None, prompt_too=False, **params):
        request = sglang.GenerateRequest(
            request_id="drover-1",
            tokenized=sglang.TokenizedInput(input_ids=PROMPT),
            sampling_params=sglang.SamplingParams(
                **{"temperature": 1.0, "max_new_tokens": 64, "stop_token_ids": END, "n": 1} | params
            ),
            stream=stream,
        )
        if top is not None:
            request.return_logprob = True
            request.top_logprobs_num = top
            request.logprob_start_len = 0 if prompt_too else -1
        return request

    def trtllm_request(stream=True, top=None, ends=END, ignore_eos=False, max_tokens=64, guide=None, **sampling):
        return trtllm.GenerateRequest(
            request_id="drover-1",
            tokenized=trtllm.TokenizedInput(input_token_ids=PROMPT),
            sampling_config=trtllm.SamplingConfig(
                **{"num_return_sequences": 1, "temperature": 1.0, "top_p": 1.0} | sampling
            ),
            output_config=None if top is None else trtllm.OutputConfig(logprobs=top),
            max_tokens=max_tokens,
            streaming=stream,
            guided_decoding=guide and trtllm.GuidedDecodingParams(guide_type=guide[0], guide=guide[1]),
            stop_token_ids=ends,
            ignore_eos=ignore_eos,
            include_stop_token_in_output=True,
        )

    def case(name, request, vllm=None, sglang=None, trtllm=None):
        messages = {"vllm": vllm, "sglang": sglang, "trtllm": trtllm}
        return {
            "name": name,
            "request": plain | request,
            "end_tokens": END,
            "messages": {
                dialect: {"refused": message}
                if isinstance(message, str)
                else {"bytes": message.SerializeToString(deterministic=True).hex()}
                for dialect, message in messages.items()
                if message is not None
            },
        }

    schema = '{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}'
    anything = '{"type":"object"}'
    guides = trtllm.GuidedDecodingParams
    yield case("plain", {}, vllm_request(), sglang_request(), trtllm_request())
    yield case(
        "whole", {"stream": False}, vllm_request(stream=False), sglang_request(stream=False),
        trtllm_request(stream=False),
    )
    sampling = dict(
        temperature=0.5, top_p=0.9, top_k=40, min_p=0.05, frequency_penalty=0.25, presence_penalty=-0.5,
        repetition_penalty=1.5,
    )
    yield case("sampling", sampling, vllm_request(**sampling), sglang_request(**sampling), trtllm_request(**sampling))
    yield case(
        "greedy", {"temperature": 0.0, "seed": 7}, vllm_request(temperature=0.0, seed=7),
        sglang_request(temperature=0.0), trtllm_request(temperature=0.0, top_k=1, seed=7),
    )
    yield case("seed", {"seed": 7}, vllm_request(seed=7), "seed", trtllm_request(seed=7))
    folded = (SEED ^ SEED >> 31 ^ SEED >> 62) & 0x7FFF_FFFF
    yield case(
        "long seed", {"seed": str(SEED)}, vllm_request(seed=folded), "seed", trtllm_request(seed=SEED)
    )
    yield case(
        "bias", {"logit_bias": {"5": -100, "151643": 2.5}}, vllm_request(logit_bias={5: -100, 151_643: 2.5}),
        sglang_request(logit_bias={"5": -100, "151643": 2.5}), "logit_bias",
    )
    yield case("choices", {"n": 3}, vllm_request(n=3), sglang_request(n=3), trtllm_request(num_return_sequences=3))
    # All choices are alike, so one is computed.
    yield case(
        "greedy choices", {"n": 3, "temperature": 0.0}, vllm_request(temperature=0.0),
        sglang_request(temperature=0.0), trtllm_request(temperature=0.0, top_k=1),
    )
    yield case(
        "stop tokens", {"stop_tokens": [9, 2], "min_tokens": 4},
        vllm_request(stop_token_ids=[9, 2, 151_645], min_tokens=4),
        sglang_request(stop_token_ids=[9, 2, 151_645], min_new_tokens=4), "min_tokens",
    )
    yield case(
        "no end", {"ignore_eos": True, "stop_tokens": [9]}, vllm_request(ignore_eos=True, stop_token_ids=[9]),
        sglang_request(ignore_eos=True, stop_token_ids=[9]), trtllm_request(ignore_eos=True, ends=[9]),
    )
    yield case(
        "least", {"min_tokens": 4}, vllm_request(min_tokens=4), sglang_request(min_new_tokens=4),
        trtllm_request(min_tokens=4, ends=[]),
    )
    yield case(
        "prompt alone", {"max_tokens": 0}, vllm_request(max_tokens=1), sglang_request(max_new_tokens=1),
        trtllm_request(max_tokens=1),
    )
    for top, asked in ((0, 0), (3, 4), (20, 20)):
        yield case(
            f"{top} log-probabilities", {"top_logprobs": top}, vllm_request(logprobs=asked), sglang_request(top=top),
            trtllm_request(top=max(top, 1)),
        )
    yield case(
        "log-probabilities of the prompt", {"top_logprobs": 2, "prompt_logprobs": True},
        vllm_request(logprobs=3, prompt_logprobs=3), sglang_request(top=2, prompt_too=True), "echo",
    )
    yield case(
        "object", {"constraint": "object"}, vllm_request(json_object=True, grammar_from_first_token=True),
        sglang_request(json_schema=anything), trtllm_request(guide=(guides.GUIDE_TYPE_JSON_SCHEMA, anything)),
    )
    yield case(
        "schema", {"constraint": schema}, vllm_request(json_schema=schema, grammar_from_first_token=True),
        sglang_request(json_schema=schema), trtllm_request(guide=(guides.GUIDE_TYPE_JSON_SCHEMA, schema)),
    )
    tag = json.dumps(
        {
            "type": "structural_tag",
            "format": {
                "type": "sequence",
                "elements": [
                    {"type": "tag", "begin": "", "content": {"type": "any_text"}, "end": "</think>"},
                    {"type": "regex", "pattern": "[ \\n\\r\\t]*"},
                    {"type": "json_schema", "json_schema": json.loads(schema)},
                ],
            },
        },
        separators=(",", ":"),
    )
    yield case(
        "schema after thought", {"constraint": schema, "thought": True},
        vllm_request(structural_tag=tag, grammar_from_first_token=True), sglang_request(structural_tag=tag),
        trtllm_request(guide=(guides.GUIDE_TYPE_STRUCTURAL_TAG, tag)),
    )


# MARK: Responses


class Generation:
    """What an engine generates: the prompt's part, and steps of (choice, tokens, why it ended)."""

    def __init__(self, steps, choices=1, cached=0, prompt=3, top=None, prompt_logprobs=False, matched=None, end=2):
        self.steps = steps
        self.choices = choices
        self.cached = cached
        self.prompt = list(range(10, 10 + prompt))
        self.top = top
        self.prompt_logprobs = prompt_logprobs
        self.matched = matched
        self.end = end

    def logprob(self, token):
        return -token / 64

    def candidates(self, token):
        """The likeliest tokens; of an odd token, which is none of them, others."""
        likeliest = [token] if token % 2 == 0 else []
        return likeliest + [token + 1000 + rank for rank in range(self.top - len(likeliest))]

    def values(self, token):
        own = self.logprob(token)
        return [own if candidate == token else own + 1 / 64 / (rank + 1) for rank, candidate in
                enumerate(self.candidates(token))]

    def tokens(self, choice):
        return [token for index, tokens, _ in self.steps if index == choice for token in tokens]

    def ending(self, choice):
        return next((reason for index, _, reason in self.steps if index == choice and reason), None)


class Parallel:
    """Messages of vLLM and SGLang, whose log-probabilities are arrays side by side."""

    def __init__(self, module):
        self.module = module

    def listed(self, generation, token):
        return list(zip(generation.candidates(token), generation.values(token)))

    def top(self, generation, token):
        pairs = self.listed(generation, token)
        return self.module.TopLogProbs(token_ids=[pair[0] for pair in pairs], values=[pair[1] for pair in pairs])

    def output_logprobs(self, generation, tokens):
        if generation.top is None or not tokens:
            return None
        return self.module.OutputLogProbs(
            token_logprobs=[generation.logprob(token) for token in tokens],
            token_ids=tokens,
            top_logprobs=[self.top(generation, token) for token in tokens] if generation.top else [],
        )

    def input_logprobs(self, generation):
        if not generation.prompt_logprobs:
            return None
        first, *rest = generation.prompt
        message = self.module.InputLogProbs(token_ids=generation.prompt)
        message.token_logprobs.add()
        for token in rest:
            message.token_logprobs.add(value=generation.logprob(token))
        if generation.top:
            message.top_logprobs.add()
            message.top_logprobs.extend(self.top(generation, token) for token in rest)
        return message

    def stop(self, generation, reason):
        return {"matched_token_id": generation.matched} if generation.matched and reason == "stop" else {}


class Vllm(Parallel):
    def __init__(self):
        super().__init__(vllm)

    def listed(self, generation, token):
        """The token first, then the likeliest, as many as asked for: one more than Drover wants."""
        pairs = [(token, generation.logprob(token))]
        return pairs + [pair for pair in super().listed(generation, token) if pair[0] != token]

    def streamed(self, generation):
        seen = set()
        for choice, tokens, reason in generation.steps:
            yield vllm.GenerateResponse(
                chunk=vllm.GenerateStreamChunk(
                    token_ids=tokens, prompt_tokens=len(generation.prompt), completion_tokens=len(tokens),
                    cached_tokens=generation.cached, output_logprobs=self.output_logprobs(generation, tokens),
                    input_logprobs=None if choice in seen else self.input_logprobs(generation), index=choice,
                )
            )
            seen.add(choice)
            if reason:
                yield self.completion(generation, choice, tokens, reason)

    def whole(self, generation):
        for choice in range(generation.choices):
            yield self.completion(generation, choice, generation.tokens(choice), generation.ending(choice))

    def completion(self, generation, choice, tokens, reason):
        return vllm.GenerateResponse(
            complete=vllm.GenerateComplete(
                output_ids=tokens, finish_reason=reason, prompt_tokens=len(generation.prompt),
                completion_tokens=len(tokens), cached_tokens=generation.cached,
                output_logprobs=self.output_logprobs(generation, tokens),
                input_logprobs=self.input_logprobs(generation), index=choice, **self.stop(generation, reason),
                # What Drover does not know.
                kv_transfer_params_json="{}", spec_draft_tokens=7,
            )
        )


class Sglang(Parallel):
    def __init__(self):
        super().__init__(sglang)

    def streamed(self, generation):
        sent = {}
        for choice, tokens, reason in generation.steps:
            first = choice not in sent
            sent[choice] = sent.get(choice, 0) + len(tokens)
            prompt = self.input_logprobs(generation) if first else None
            yield sglang.GenerateResponse(
                request_id="drover-1",
                chunk=sglang.GenerateStreamChunk(
                    token_ids=tokens, prompt_tokens=len(generation.prompt), completion_tokens=sent[choice],
                    cached_tokens=generation.cached, output_logprobs=self.output_logprobs(generation, tokens),
                    input_logprobs=prompt, index=choice, hidden_states=[0.5],
                ),
            )
            if reason:
                yield self.completion(generation, choice, tokens, reason, prompt)

    def whole(self, generation):
        # The choice is never said.
        for choice in range(generation.choices):
            yield self.completion(
                generation, 0, generation.tokens(choice), generation.ending(choice), self.input_logprobs(generation)
            )

    def completion(self, generation, choice, tokens, reason, prompt):
        return sglang.GenerateResponse(
            request_id="drover-1",
            complete=sglang.GenerateComplete(
                output_ids=tokens, finish_reason=reason, prompt_tokens=len(generation.prompt),
                completion_tokens=len(tokens), cached_tokens=generation.cached,
                output_logprobs=self.output_logprobs(generation, tokens), input_logprobs=prompt, index=choice,
                **self.stop(generation, reason),
            ),
        )


class Trtllm:
    def logprobs(self, generation, tokens):
        if generation.top is None:
            return []
        return [
            trtllm.TokenLogprob(
                token_id=token, logprob=generation.logprob(token),
                top_logprobs=[
                    trtllm.TopLogprob(token_id=candidate, logprob=value)
                    for candidate, value in zip(generation.candidates(token), generation.values(token))
                ] + ([] if token % 2 == 0 else [
                    trtllm.TopLogprob(token_id=token, logprob=generation.logprob(token))
                ]),
            )
            for token in tokens
        ]

    def streamed(self, generation):
        yield trtllm.GenerateResponse(request_id="drover-1", chunk=trtllm.GenerateStreamChunk(prompt_tokens=3))
        sent = {}
        for choice, tokens, _ in generation.steps:
            sent[choice] = sent.get(choice, 0) + len(tokens)
            yield trtllm.GenerateResponse(
                request_id="drover-1",
                chunk=trtllm.GenerateStreamChunk(
                    token_ids=tokens, sequence_index=choice, prompt_tokens=len(generation.prompt),
                    completion_tokens=sent[choice], cached_tokens=generation.cached,
                    logprobs=self.logprobs(generation, tokens),
                ),
            )
        yield from self.whole(generation)

    def whole(self, generation):
        for choice in range(generation.choices):
            tokens, reason = generation.tokens(choice), generation.ending(choice)
            stop = {"matched_token_id": generation.matched} if generation.matched and reason == "stop" else {}
            yield trtllm.GenerateResponse(
                request_id="drover-1",
                complete=trtllm.GenerateComplete(
                    output_token_ids=tokens, sequence_index=choice, finish_reason=reason,
                    prompt_tokens=len(generation.prompt), completion_tokens=len(tokens),
                    cached_tokens=generation.cached, logprobs=self.logprobs(generation, tokens), **stop,
                ),
            )


def logprobs(generation, token):
    if generation.top is None:
        return None
    pairs = sorted(zip(generation.candidates(token), generation.values(token)), key=lambda pair: -pair[1])
    return {"logprob": generation.logprob(token), "top": [list(pair) for pair in pairs[: generation.top]]}


def started(generation):
    event = {"event": "started", "cached": generation.cached}
    if generation.prompt_logprobs:
        event["prompt"] = [None] + [logprobs(generation, token) for token in generation.prompt[1:]]
    return event


def finished(generation, choice, reason, last):
    """The end of a choice, and the token before it that was no end after all."""
    if reason == "stop":
        end = last if last == generation.end else generation.matched or generation.end
        return [{"event": "finished", "choice": choice, "stop": end}]
    if reason in ("abort", "cancelled"):
        return [{"event": "failed", "error": "unavailable"}]
    if reason != "length":
        return [{"event": "failed", "error": "broken"}]
    return [{"event": "finished", "choice": choice, "length": True}]


def events(generation, order):
    """Events in the order of `order`: steps, of which tokens that may be the end wait for the next message."""
    result = [started(generation)]
    held = {}

    def token(choice, value):
        event = {"event": "token", "choice": choice, "token": value}
        if generation.top is not None:
            event["logprobs"] = logprobs(generation, value)
        return event

    for choice, tokens, reason in order:
        for value in tokens:
            if choice in held:
                result.append(token(choice, held.pop(choice)))
            if value == generation.end:
                held[choice] = value
            else:
                result.append(token(choice, value))
        if reason:
            last = held.pop(choice, None)
            if last is not None and reason == "length":
                result.append(token(choice, last))
            result += finished(generation, choice, reason, last)
            if result[-1]["event"] == "failed":
                return result
    return result


def responses():
    generations = {
        "one token a step": Generation([(0, [5], None), (0, [300], None), (0, [70_000], None), (0, [2], "stop")],
                                       cached=2),
        "several tokens a step": Generation([(0, [5, 6, 7], None), (0, [8, 9], "length")]),
        "an end that is none": Generation([(0, [5, 2], None), (0, [6, 2, 7], None), (0, [2], "stop")]),
        "the limit at the end": Generation([(0, [5], None), (0, [2], "length")]),
        "an unknown end": Generation([(0, [5], None), (0, [99], "stop")], matched=99),
        "choices": Generation(
            [(1, [5], None), (0, [6], None), (0, [7], None), (1, [2], "stop"), (2, [8], None), (0, [9], "length"),
             (2, [10], None), (2, [2], "stop")], choices=3),
        "own log-probabilities": Generation([(0, [4], None), (0, [5], None), (0, [2], "stop")], top=0),
        "log-probabilities": Generation([(0, [4, 5], None), (0, [6], None), (0, [2], "stop")], top=3),
        "log-probabilities of the prompt": Generation([(0, [4], None), (0, [5], "length")], top=2, cached=1,
                                                      prompt=4, prompt_logprobs=True),
        "aborted": Generation([(0, [4], None), (0, [5], "abort")]),
    }
    dialects = {"vllm": Vllm(), "sglang": Sglang(), "trtllm": Trtllm()}
    for name, generation in generations.items():
        for dialect, servicer in dialects.items():
            if dialect == "trtllm" and generation.prompt_logprobs:
                continue
            for stream in (True, False):
                messages = list(servicer.streamed(generation) if stream else servicer.whole(generation))
                whole = [
                    (choice, generation.tokens(choice), generation.ending(choice))
                    for choice in range(generation.choices)
                ]
                if not stream:
                    order = whole
                elif dialect == "trtllm":
                    # All choices end at the end.
                    order = [(choice, tokens, None) for choice, tokens, _ in generation.steps]
                    order += [(choice, [], reason) for choice, _, reason in whole]
                else:
                    order = generation.steps
                expected = events(generation, order)
                if not stream and expected[-1]["event"] == "failed":
                    expected = expected[-1:]
                yield {
                    "name": name,
                    "dialect": dialect,
                    "request": {
                        "prompt": generation.prompt, "n": generation.choices, "stream": stream, "max_tokens": 64,
                    }
                    | ({} if generation.top is None else {"top_logprobs": generation.top})
                    | ({"prompt_logprobs": True} if generation.prompt_logprobs else {}),
                    "end_tokens": [generation.end],
                    "messages": [message.SerializeToString(deterministic=True).hex() for message in messages],
                    "events": expected,
                }


def main(folder):
    found = differences()
    for difference in found:
        print(difference)
    for name, cases in (("requests", requests()), ("responses", responses())):
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))

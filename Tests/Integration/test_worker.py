"""`drover worker`, driven by the stubs that gateways of the protocol use."""

import contextlib
import hashlib
import io
import json
import threading
import zipfile

import pytest

from harness import CERTIFICATES, MODEL, REQUEST_SECONDS, Server, poll

grpc = pytest.importorskip("grpc", reason="the stubs need Python 3.10")
from smg_grpc_proto import vllm_engine_pb2 as pb, vllm_engine_pb2_grpc  # noqa: E402
from smg_grpc_proto.generated import common_pb2  # noqa: E402

PROMPT = "The capital of France is"


class Worker(Server):
    """One `drover worker` with a client of it."""

    READY = r"grpcs?://127\.0\.0\.1:\d+|unix:/\S+"

    def __init__(self, *arguments, listen="127.0.0.1:0", credentials=None):
        super().__init__(*arguments, command="worker", listen=("--listen", listen))
        address = self.url.rpartition("//")[2]
        self.channel = grpc.secure_channel(address, credentials) if credentials else grpc.insecure_channel(address)
        self.stub = vllm_engine_pb2_grpc.VllmEngineStub(self.channel)

    def generate(self, prompt, stream=True, request_id="test", **parameters):
        """The messages of a call, as they come."""
        parameters = {"temperature": 0, "max_tokens": 16, "skip_special_tokens": True} | parameters
        request = pb.GenerateRequest(
            request_id=request_id, tokenized=pb.TokenizedInput(input_ids=prompt), stream=stream,
            sampling_params=pb.SamplingParams(**parameters))
        return self.stub.Generate(request, timeout=REQUEST_SECONDS)

    def kill(self):
        self.channel.close()
        super().kill()


@contextlib.contextmanager
def running(*arguments, **options):
    worker = Worker(*arguments, **options)
    try:
        yield worker
    finally:
        worker.kill()


@pytest.fixture(scope="module")
def worker():
    with running("--parallel", "8") as worker:
        yield worker
        worker.terminate()
        assert worker.exit_code() == 0, worker.text


@pytest.fixture
def prompt(server):
    return server.tokens(PROMPT)


def text(server, tokens):
    status, answer = server.json("POST", "/v1/detokenize", {"tokens": list(tokens)})
    assert status == 200, answer
    return answer["prompt"]


def expected(client, model, **options):
    return client.completions.create(model=model, prompt=PROMPT, temperature=0, max_tokens=16, **options).choices[0]


def split(messages):
    """Chunks and completions."""
    messages = list(messages)
    chunks = [message.chunk for message in messages if message.HasField("chunk")]
    return chunks, [message.complete for message in messages if message.HasField("complete")]


def status_of(call):
    with pytest.raises(grpc.RpcError) as failure:
        list(call)
    return failure.value.code(), failure.value.details()


def test_the_text_is_that_of_drover_serve(worker, server, client, model, prompt):
    reference = expected(client, model)
    (whole,) = worker.generate(prompt, stream=False)
    assert text(server, whole.complete.output_ids) == reference.text
    chunks, (end,) = split(worker.generate(prompt))
    assert [token for chunk in chunks for token in chunk.token_ids] == list(whole.complete.output_ids)
    assert end.finish_reason == whole.complete.finish_reason == reference.finish_reason == "length"
    assert whole.complete.completion_tokens == sum(chunk.completion_tokens for chunk in chunks) == 16
    assert whole.complete.prompt_tokens == len(prompt)


def test_a_prompt_in_text_is_tokenized(worker, prompt):
    request = pb.GenerateRequest(text=PROMPT, sampling_params=pb.SamplingParams(temperature=0, max_tokens=4))
    (answer,) = worker.stub.Generate(request, timeout=REQUEST_SECONDS)
    (other,) = worker.generate(prompt, stream=False, max_tokens=4)
    assert answer.complete.output_ids == other.complete.output_ids
    assert answer.complete.prompt_tokens == len(prompt)


def test_the_token_that_ends_is_among_the_tokens(worker, server):
    question = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
    request = pb.GenerateRequest(text=question, sampling_params=pb.SamplingParams(temperature=0, max_tokens=64))
    (answer,) = worker.stub.Generate(request, timeout=REQUEST_SECONDS)
    ends = worker.stub.GetModelInfo(pb.GetModelInfoRequest()).eos_token_ids
    assert answer.complete.finish_reason == "stop" and answer.complete.output_ids[-1] in ends
    assert text(server, answer.complete.output_ids[:-1]).strip() == "The capital of France is Paris."
    stop = answer.complete.output_ids[2]
    request.sampling_params.stop_token_ids.append(stop)
    (answer,) = worker.stub.Generate(request, timeout=REQUEST_SECONDS)
    assert answer.complete.output_ids[-1] == stop == answer.complete.matched_token_id


def test_several_choices_and_seeds(worker, prompt):
    def tokens(seed):
        chunks, ends = split(worker.generate(prompt, n=3, temperature=1, seed=seed, max_tokens=8))
        assert sorted(end.index for end in ends) == [0, 1, 2]
        return [[token for chunk in chunks if chunk.index == at for token in chunk.token_ids] for at in range(3)]

    first = tokens(7)
    assert first == tokens(7) != tokens(8)
    assert len({tuple(choice) for choice in first}) > 1


def test_logprobs(worker, prompt, client, model):
    (answer,) = worker.generate(prompt, stream=False, logprobs=2, prompt_logprobs=1, max_tokens=4)
    output, inputs = answer.complete.output_logprobs, answer.complete.input_logprobs
    assert list(output.token_ids) == list(answer.complete.output_ids)
    assert all(len(top.values) == 2 and top.values[0] == value
               for top, value in zip(output.top_logprobs, output.token_logprobs))
    reference = expected(client, model, logprobs=2)
    assert output.token_logprobs == pytest.approx(reference.logprobs.token_logprobs[:4], abs=1e-2)
    assert list(inputs.token_ids) == prompt
    assert [value.HasField("value") for value in inputs.token_logprobs] == [False] + [True] * (len(prompt) - 1)


def test_stop_strings(worker, server, client, model, prompt):
    stop = expected(client, model).text[8:12]
    chunks, (end,) = split(worker.generate(prompt, stop=[stop]))
    tokens = [token for chunk in chunks for token in chunk.token_ids]
    assert end.finish_reason == "stop" and end.matched_stop_str == stop
    assert text(server, tokens).find(stop) >= 0 > text(server, tokens[:-1]).find(stop)


def test_json_schema(worker, server, prompt):
    schema = {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}}, "required": ["city"],
              "additionalProperties": False}
    (answer,) = worker.generate(prompt, stream=False, json_schema=json.dumps(schema), max_tokens=40)
    # The last token is the end of the sequence.
    assert json.loads(text(server, answer.complete.output_ids[:-1]))["city"] in ("Paris", "Rome")


@pytest.mark.parametrize("field, parameters", [
    ("regex", {"regex": "a*"}), ("structural_tag", {"structural_tag": "{}"}),
    ("choice", {"choice": pb.ChoiceConstraint(choices=["a"])}), ("top_p", {"top_p": 2}), ("n", {"n": 99}),
])
def test_what_is_not_honoured_is_refused_by_name(worker, prompt, field, parameters):
    code, details = status_of(worker.generate(prompt, **parameters))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and field in details


def test_media_are_refused_by_name(worker, prompt):
    request = pb.GenerateRequest(
        tokenized=pb.TokenizedInput(input_ids=prompt), mm_inputs=pb.MultimodalInputs(im_token_id=1))
    code, details = status_of(worker.stub.Generate(request, timeout=REQUEST_SECONDS))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and details.startswith("mm_inputs: ")


def test_too_long_prompts_are_refused(worker, prompt):
    code, details = status_of(worker.generate(prompt * 5000))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and str(len(prompt) * 5000) in details


def idle(worker):
    load = worker.stub.GetLoads(pb.GetLoadsRequest()).loads[0]
    return load.num_total_reqs == 0


def test_an_abort_ends_a_request(worker, prompt):
    call = worker.generate(prompt, request_id="to-abort", max_tokens=1000, ignore_eos=True)
    first = next(call)
    assert first.chunk.token_ids
    worker.stub.Abort(pb.AbortRequest(request_ids=["to-abort"]))
    rest = list(call)
    assert rest[-1].complete.finish_reason == "abort" and call.code() == grpc.StatusCode.OK
    poll(lambda: idle(worker), 10, "nothing runs")


def test_a_client_that_leaves_frees_the_engine(worker, prompt):
    call = worker.generate(prompt, max_tokens=1000, ignore_eos=True)
    next(call)
    assert not idle(worker)
    call.cancel()
    poll(lambda: idle(worker), 10, "nothing runs")


def test_many_at_once(worker, prompt):
    alone = list(worker.generate(prompt, stream=False))[0].complete.output_ids
    answers = [None] * 24
    calls = [worker.generate(prompt, stream=at % 2 == 0) for at in range(len(answers))]
    for at, call in enumerate(calls):
        chunks, (end,) = split(call)
        answers[at] = [token for chunk in chunks for token in chunk.token_ids] or list(end.output_ids)
    # A batch changes low bits, but not what is as sure as this.
    assert all(answer[:4] == list(alone)[:4] and len(answer) == len(alone) for answer in answers)


def test_what_it_says_of_itself(worker, server):
    info = worker.stub.GetModelInfo(pb.GetModelInfoRequest())
    assert info.model_path == str(MODEL) and info.served_model_name == MODEL.stem
    assert info.is_generation and info.vocab_size == 49152 and info.max_context_length == 8192
    assert info.model_type == "llama" and list(info.architectures) == ["LlamaForCausalLM"]
    assert (info.bos_token_id, info.eos_token_ids[0]) == (1, 2)
    server_info = worker.stub.GetServerInfo(pb.GetServerInfoRequest())
    assert server_info.server_type == "vllm-grpc" and server_info.max_num_seqs == 8
    assert worker.stub.HealthCheck(pb.HealthCheckRequest()).healthy
    check = worker.channel.unary_unary("/grpc.health.v1.Health/Check")
    assert check(b"") == b"\x08\x01"
    load = worker.stub.GetLoads(pb.GetLoadsRequest()).loads[0]
    assert load.max_running_requests == 8 and load.max_total_num_tokens > 0
    flush = worker.stub.FlushCache(common_pb2.FlushCacheRequest(timeout_s=10))
    assert flush.success and "was dropped" in flush.message
    with pytest.raises(grpc.RpcError) as failure:
        worker.stub.StartProfile(common_pb2.StartProfileRequest())
    assert failure.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_load_records_come_by_themselves(worker, prompt):
    call = worker.stub.SubscribeKvEvents(
        common_pb2.SubscribeKvEventsRequest(load_records_before_first_batch=True), timeout=REQUEST_SECONDS)
    first = next(call)
    assert first.load.load_only and first.load.max_running_requests == 8 and not first.events
    generation = worker.generate(prompt, max_tokens=200, ignore_eos=True)
    assert any(batch.load.running_requests == 1 for batch, _ in zip(call, range(20)))
    generation.cancel()
    call.cancel()


def test_the_tokenizer_is_handed_out(worker):
    chunks = list(worker.stub.GetTokenizer(common_pb2.GetTokenizerRequest()))
    archive = b"".join(chunk.data for chunk in chunks)
    assert hashlib.sha256(archive).hexdigest() == chunks[-1].sha256
    files = zipfile.ZipFile(io.BytesIO(archive))
    assert files.testzip() is None
    tokenizer = json.loads(files.read("tokenizer.json"))
    assert len(tokenizer["model"]["vocab"]) == 49152
    configuration = json.loads(files.read("tokenizer_config.json"))
    assert configuration["eos_token"] == "<|im_end|>" and "im_start" in configuration["chat_template"]
    assert json.loads(files.read("config.json"))["architectures"] == ["LlamaForCausalLM"]


def test_a_unix_socket(tmp_path, prompt):
    with running(listen=f"unix:{tmp_path}/worker.sock") as worker:
        (answer,) = worker.generate(prompt, stream=False, max_tokens=4)
        assert len(answer.complete.output_ids) == 4
        worker.terminate()
        assert worker.exit_code() == 0, worker.text
    assert not (tmp_path / "worker.sock").exists()


def test_mutual_tls(prompt):
    read = lambda name: (CERTIFICATES / name).read_bytes()
    tls = ("--tls-certificate", CERTIFICATES / "server.pem", "--tls-key", CERTIFICATES / "server.key",
           "--tls-client-ca", CERTIFICATES / "authority.pem")
    known = grpc.ssl_channel_credentials(read("authority.pem"), read("client.key"), read("client.pem"))
    with running(*tls, credentials=known) as worker:
        assert worker.stub.HealthCheck(pb.HealthCheckRequest(), timeout=REQUEST_SECONDS).healthy
        stranger = grpc.secure_channel(
            worker.url.removeprefix("grpcs://"), grpc.ssl_channel_credentials(read("authority.pem")))
        with pytest.raises(grpc.RpcError):
            vllm_engine_pb2_grpc.VllmEngineStub(stranger).HealthCheck(pb.HealthCheckRequest(), timeout=5)
        stranger.close()


def test_running_streams_finish_after_sigterm(prompt):
    with running() as worker:
        call = worker.generate(prompt, max_tokens=100, ignore_eos=True)
        next(call)
        threading.Timer(0, worker.terminate).start()
        chunks, (end,) = split(call)
        assert end.finish_reason == "length"
        assert worker.exit_code() == 0, worker.text

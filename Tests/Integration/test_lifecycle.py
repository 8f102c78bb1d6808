"""Starting and stopping: what the process says, and how it leaves."""

import contextlib
import json
import socket

import pytest

from harness import MODEL, REQUEST_SECONDS, poll, run_drover


def test_running_streams_finish_after_sigterm(own_server, client_for):
    server = own_server()
    client = client_for(server)
    stream = client.completions.create(
        model=client.models.list().data[0].id, prompt="Once upon a time", temperature=0, max_tokens=200, stream=True,
        extra_body={"ignore_eos": True}, stream_options={"include_usage": True})
    chunks = [next(stream)]
    server.terminate()
    poll(lambda: not_ready(server), 10, "readiness goes false")
    chunks += stream
    assert chunks[-1].usage.completion_tokens == 200
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices][-1] == "length"
    assert server.exit_code() == 0, server.text


def not_ready(server):
    try:
        return server.request("GET", "/readiness").status == 503
    except OSError:
        return True


def test_an_answer_that_is_still_being_read_is_sent_whole(own_server):
    server = own_server()
    body = json.dumps({"prompt": "a " * 1_500_000, "return_token_strs": True}).encode()
    with contextlib.closing(socket.socket()) as connection:
        # The answer is much larger than all that the system takes in advance.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        connection.settimeout(REQUEST_SECONDS)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(b"POST /tokenize HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        received = connection.recv(1000)
        server.terminate()
        poll(lambda: not_ready(server), 10, "readiness goes false")
        while part := connection.recv(1 << 20):
            received += part
    head, _, rest = received.partition(b"\r\n\r\n")
    assert len(rest) > 10_000_000
    assert f"content-length: {len(rest)}" in head.decode().lower()
    assert json.loads(rest)["count"] >= 1_500_000
    assert server.exit_code() == 0, server.text


def test_an_answer_that_nobody_reads_holds_up_the_end_only_so_long(own_server):
    server = own_server("--drain-seconds", "1")
    body = json.dumps({"prompt": "a " * 1_500_000, "return_token_strs": True}).encode()
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall(b"POST /tokenize HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        assert connection.recv(1)
        server.terminate()
        assert server.process.wait(timeout=10) == 0


def test_an_idle_server_stops_at_once(own_server):
    server = own_server()
    server.terminate()
    assert server.process.wait(timeout=10) == 0


def refusal(*arguments, environment=None):
    """What a start that must fail says, on standard error."""
    done = run_drover(*arguments, environment=environment)
    assert done.returncode not in (0, None) and done.returncode > 0, "an error, not a crash"
    return done.stderr.strip()


def test_a_missing_model_is_one_line(tmp_path):
    text = refusal("serve", "--model", tmp_path / "none.gguf", "--port", "0")
    assert len(text.splitlines()) == 1
    assert "none.gguf" in text


@pytest.mark.parametrize("content", ["nothing", "noise", "head"])
def test_a_corrupt_model_is_one_line(tmp_path, content):
    path = tmp_path / "corrupt.gguf"
    with open(MODEL, "rb") as model:
        path.write_bytes({"nothing": b"", "noise": bytes(range(256)) * 64, "head": model.read(3_000_000)}[content])
    text = refusal("serve", "--model", path, "--port", "0")
    assert len(text.splitlines()) == 1, text
    assert "corrupt.gguf" in text


@pytest.mark.parametrize("option, value", [("--port", "70000"), ("--parallel", "0"), ("--threads", "-1")])
def test_bad_values_are_refused_with_key_value_and_range(option, value):
    text = refusal("serve", "--model", MODEL, f"{option}={value}")
    assert option.strip("-") in text and value in text


def test_bad_environment_is_refused():
    text = refusal("serve", "--model", MODEL, environment={"DROVER_PORT": "many"})
    assert "port" in text.lower() and "many" in text


@pytest.mark.parametrize("name, text, problem", [
    ("a.yaml", "queueSecond: 5\n", "no setting 'queueSecond'; did you mean 'queueSeconds'? The settings are model,"),
    ("a.yaml", "prefill_budget: 5\n", "no setting 'prefill_budget'; did you mean 'prefillBudget'?"),
    ("a.json", '{"prot": 0}', "no setting 'prot'; did you mean 'port'?"),
    ("a.yaml", "somethingElse: 5\n", "no setting 'somethingElse'. The settings are"),
    ("a.yaml", "chat:\n  maxToken: 5\n", "no setting 'chat.maxToken'; did you mean 'chat.maxTokens'?"),
    ("a.yaml", "serve:\n  port: 5\n", "no setting 'serve'"),
    ("a.yaml", "port: 1\nhost: a\nport: 2\n", "'port' is there twice"),
    ("a.json", '{"port": 1, "port": 1}', "'port' is there twice"),
    ("a.yaml", "chat.url: http://a\nchat:\n  url: http://b\n", "'chat.url' is there twice"),
    ("a.yaml", "port: [1, 2]\n", "'port' must be a single value, not a list"),
    ("a.json", '{"port": [1]}', "'port' must be a single value, not a list"),
    ("a.yaml", "port: {a: 1}\n", "'port' must be a single value, not a mapping"),
    ("a.yaml", "port:\n", "'port' must be a single value, not null"),
    ("a.json", '{"port": null}', "'port' must be a single value, not null"),
    ("a.yaml", "chat: 5\n", "'chat' must be a mapping, not a single value"),
    ("a.yaml", "- port\n", "it must be a mapping, not a list"),
    ("a.yaml", "just text\n", "it must be a mapping, not a single value"),
    ("a.yaml", "port: [1\nhost: a\n", "line 2"),
    ("a.yaml", "a: 1\n---\nb: 2\n", "another document"),
    ("a.json", '{"port": 1', "the text ends inside a value"),
    ("a.json", '{"port": 1} 2', "something follows the value"),
    ("a.yaml", b"name: \xff\n", "UTF-8"),
    ("a.yaml", "port: many\n", "port: 'many' is not allowed; give a whole number, 0 to 65535"),
    ("a.json", '{"port": 1.5}', "port: '1.5' is not allowed"),
    ("a.json", '{"queueSeconds": true}', "queueSeconds: 'true' is not allowed"),
])
def test_a_bad_file_is_one_line(tmp_path, name, text, problem):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    said = refusal("serve", "--model", MODEL, "--config", path)
    assert len(said.splitlines()) == 1, said
    assert problem in said
    assert str(path) in said or "is not allowed" in problem


def test_the_chat_refuses_unknown_settings_too(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("chat:\n  temprature: 1\n")
    assert "did you mean 'chat.temperature'?" in refusal("chat", "--config", path, "Hello")


def test_a_missing_file_is_one_line(tmp_path):
    text = refusal("serve", "--model", MODEL, "--config", tmp_path / "none.yaml")
    assert len(text.splitlines()) == 1 and "none.yaml" in text


@pytest.mark.parametrize("name, text", [
    ("a.yaml", "# all that there is\nport: 0x0\nmodel: {model}\nchat:\n  maxTokens: 5\n"),
    ("a.json", '{{"port": "0x0", "model": "{model}", "chat": {{"url": "http://a", "maxTokens": 5}}}}'),
])
def test_one_file_serves_all_commands(tmp_path, name, text):
    """Every key is taken, and then a value that isn't allowed ends the start."""
    path = tmp_path / name
    path.write_text(text.format(model=MODEL))
    assert refusal("serve", "--config", path) == "Error: port: '0x0' is not allowed; give a whole number, 0 to 65535"


@pytest.mark.parametrize("variable, meant", [
    ("DROVER_QUEUE_SECOND", "DROVER_QUEUE_SECONDS"), ("DROVER_PREFILLBUDGET", "DROVER_PREFILL_BUDGET"),
    ("DROVER_CHAT_MAX_TOKEN", "DROVER_CHAT_MAX_TOKENS"), ("DROVER_API_KEYS", "DROVER_API_KEY"),
])
def test_a_misspelt_variable_is_refused(variable, meant):
    text = refusal("serve", "--model", MODEL, environment={variable: "sk-hidden"})
    assert text == f"Error: environment: there is no setting {variable}; did you mean {meant}?"


def test_somebody_elses_variables_are_named_in_a_warning():
    text = refusal("serve", "--port", "many", "--model", MODEL, environment={
        "DROVER_SERVICE_HOST": "10.0.0.1", "DROVER_SYSTEM_LLAMA": "0", "DROVER_CHAT_MAX_TOKENS": "many"})
    warning, error = text.splitlines()
    assert warning == "warning: not settings of drover, and ignored: DROVER_SERVICE_HOST, DROVER_SYSTEM_LLAMA"
    assert "port" in error


def test_a_taken_port_is_one_line(own_server):
    port = own_server().port
    text = refusal("serve", "--model", MODEL, "--port", str(port))
    assert str(port) in text


@pytest.mark.parametrize("arguments", [[], ["serve"], ["chat"], ["convert"]])
def test_help_is_complete(arguments):
    done = run_drover(*arguments, "--help")
    assert done.returncode == 0
    assert "USAGE" in done.stdout.upper()

"""Starting and stopping: what the process says, and how it leaves."""

import pytest

from harness import MODEL, poll, run_drover


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


def test_a_taken_port_is_one_line(own_server):
    port = own_server().port
    text = refusal("serve", "--model", MODEL, "--port", str(port))
    assert str(port) in text


@pytest.mark.parametrize("arguments", [[], ["serve"], ["chat"], ["convert"]])
def test_help_is_complete(arguments):
    done = run_drover(*arguments, "--help")
    assert done.returncode == 0
    assert "USAGE" in done.stdout.upper()

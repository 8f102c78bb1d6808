"""What workers are told to do beside requests, and what they tell of their caches."""

import json
import signal
import subprocess

from harness import DROVER, ENVIRONMENT, ROOT, STOP_SECONDS, Server, poll, run_drover
from test_gateway import Listener, gateway, mock, running

MANY = "one two three four five six seven eight nine ten"


def cached(service, model):
    _, answer = service.json("POST", "/v1/completions", {"model": model, "prompt": MANY, "max_tokens": 1})
    return answer["usage"]["prompt_tokens_details"]["cached_tokens"]


def flush(service, body=None):
    status, answer = service.json("POST", "/flush_cache", body)
    assert status == 200, answer
    return answer


def test_every_worker_says_what_it_has_done(server):
    with running(lambda: mock("--name", "one"), lambda: mock("--name", "two", protocol="sglang"),
                 lambda: mock("--name", "three", protocol="trtllm")) as engines:
        urls = [engine.url for engine in engines] + [server.url]
        with running(lambda: gateway(*urls, models=4)) as (service,):
            answer = flush(service)
            assert [worker["worker"] for worker in answer["workers"]] == urls
            assert [worker["ok"] for worker in answer["workers"]] == [True, True, False, True]
            assert answer["workers"][0]["message"] == "flushed" and not answer["ok"]
            assert flush(service, {"model": "two"}) == {
                "ok": True, "workers": [{"worker": urls[1], "ok": True, "message": "flushed"}]}
            assert flush(service, {"worker": urls[0], "timeout": 1})["ok"]
            status, answer = service.json("POST", "/start_profile", {"num_steps": 3, "activities": ["CPU"]})
            assert status == 200 and [worker["ok"] for worker in answer["workers"]] == [True, True, False, False]
            assert service.json("POST", "/stop_profile")[0] == 200
            assert service.json("POST", "/flush_cache", {"model": "four"})[0] == 404


def test_the_embedded_engine_forgets_its_prefixes(server, model):
    cached(server, model)
    assert cached(server, model) > 0
    assert flush(server)["workers"][0]["worker"] == "embedded"
    assert cached(server, model) == 0


def test_a_worker_forgets_its_prefixes():
    with running(lambda: Listener(command="worker", listen=("--listen", "127.0.0.1:0"))) as (worker,):
        make = lambda: Server("--worker", worker.url, "--check-seconds", "0.2", model=None, command="gateway")
        with running(make) as (service,):
            models = poll(lambda: service.json("GET", "/v1/models")[1]["data"], 30, "the worker's model")
            name = models[0]["id"]
            cached(service, name)
            assert cached(service, name) > 0
            answer = flush(service)
            assert answer["ok"] and "was dropped" in answer["workers"][0]["message"]
            assert cached(service, name) == 0


def listen(url, *arguments):
    return subprocess.Popen(
        [DROVER, "kv-events", "--worker", url, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=ENVIRONMENT)


def test_the_events_of_a_cache_are_lines_of_json():
    for protocol in ("vllm", "sglang", "trtllm"):
        with running(lambda: mock("--cache-events", "3", protocol=protocol)) as (engine,):
            listener = listen(engine.url)
            events = [json.loads(listener.stdout.readline()) for _ in range(4)]
            assert [event["event"] for event in events] == ["stored", "stored", "stored", "removed"]
            assert [event["sequence"] for event in events] == [0, 1, 2, 2]
            assert events[1]["parent"] == "1000" and events[1]["blocks"] == [
                {"hash": "1001", "size": 4, "tokens": [4, 5, 6, 7]}]
            assert events[3]["hashes"] == ["1000"] and events[3]["tier"] == "device"
            listener.send_signal(signal.SIGINT)
            out, error = listener.communicate(timeout=STOP_SECONDS)
            assert (listener.returncode, out, error) == (0, "", "")


def test_the_events_end_with_their_engine():
    with running(lambda: mock("--cache-events", "6")) as (engine,):
        listener = listen(engine.url, "--from", "4")
        assert json.loads(listener.stdout.readline())["sequence"] == 4
        engine.kill()
        _, error = listener.communicate(timeout=STOP_SECONDS)
        assert listener.returncode != 0 and error.startswith("Error: " + engine.url)
        nobody = run_drover("kv-events", "--worker", engine.url)
        assert nobody.returncode != 0 and engine.url in nobody.stderr
    wrong = run_drover("kv-events", "--worker", "http://127.0.0.1:1")
    assert wrong.returncode != 0 and "grpc://host:port" in wrong.stderr

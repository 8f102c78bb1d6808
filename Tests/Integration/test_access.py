"""Keys of clients: who is let in, over both versions of HTTP, and how keys change."""

import hashlib
import json

import openai
import pytest

from harness import MODEL, REQUEST_SECONDS, Server, poll, run_drover

USER, ADMIN, METRICS, DIGESTED = "the-users-key", "the-admins-key", "the-scrapers-key", "a-key-that-is-digested"
SERVER = "the-servers-own-key"


def keys_file(folder, *lines):
    path = folder / "keys"
    path.write_text("\n".join(["# Whom we let in.", *lines]) + "\n")
    return path


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return keys_file(
        tmp_path_factory.mktemp("keys"), f"alice {USER}", f"root {ADMIN} admin", f"scraper {METRICS} metrics",
        f"bob sha256:{hashlib.sha256(DIGESTED.encode()).hexdigest()}")


@pytest.fixture(scope="module")
def service(keys):
    service = Server("--api-keys-file", keys, "--log-level", "info", environment={"DROVER_SERVER_API_KEY": SERVER})
    yield service
    service.kill()


def client_of(service, key, **options):
    return openai.OpenAI(
        base_url=f"{service.url}/v1", api_key=key, timeout=REQUEST_SECONDS, max_retries=0, **options)


def chat(client):
    chunks = client.chat.completions.create(
        model=client.models.list().data[0].id, messages=[{"role": "user", "content": "Hello"}], max_tokens=4,
        temperature=0, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def status(service, path, key=None, method="GET", body=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return service.request(method, path, body, headers).status


@pytest.mark.parametrize("http2", [False, True])
def test_the_official_client_is_let_in_by_its_key(service, http2):
    with openai.DefaultHttpxClient(http1=not http2, http2=http2) as transport:
        texts = {chat(client_of(service, key, http_client=transport)) for key in (USER, DIGESTED, ADMIN, SERVER)}
        assert len(texts) == 1 and texts != {""}
        with pytest.raises(openai.AuthenticationError) as caught:
            chat(client_of(service, "nobody-has-this-key", http_client=transport))
        assert caught.value.code == "invalid_api_key" and "nobody" not in str(caught.value)
        assert caught.value.response.headers["www-authenticate"].startswith("Bearer")
        with pytest.raises(openai.PermissionDeniedError):
            client_of(service, METRICS, http_client=transport).models.list()


def test_each_key_opens_what_it_is_for(service):
    assert status(service, "/health") == status(service, "/readiness") == 200
    for path in ("/metrics", "/v1/models", "/none"):
        assert status(service, path) == 401
    assert [status(service, "/metrics", key) for key in (USER, METRICS, ADMIN)] == [403, 200, 200]
    assert [status(service, "/flush_cache", key, "POST", {}) for key in (USER, METRICS, ADMIN)] == [403, 403, 200]
    assert service.request("GET", "/v1/models", headers={"x-api-key": USER}).status == 200


def test_a_refused_upload_is_not_waited_for(service):
    body = json.dumps({"prompt": "x" * 1_000_000}).encode()
    assert status(service, "/v1/completions", method="POST", body=body) == 401
    assert USER not in service.text and ADMIN not in service.text


def test_keys_change_without_a_restart(own_server, tmp_path):
    path = keys_file(tmp_path, f"alice {USER}")
    service = own_server("--api-keys-file", path)
    assert status(service, "/v1/models", USER) == 200
    keys_file(tmp_path, "alice the-next-key-of-alice", f"root {ADMIN} admin")
    poll(lambda: status(service, "/v1/models", "the-next-key-of-alice") == 200, 30, "the new key")
    assert status(service, "/v1/models", USER) == 401
    keys_file(tmp_path, "alice short")
    poll(lambda: "cannot be used" in service.text, 30, "the complaint about a key that is none")
    path.unlink()
    poll(lambda: service.text.count("cannot be used") == 2, 30, "the complaint about a file that is gone")
    assert "line 2" in service.text and "short" not in service.text
    assert status(service, "/v1/models", "the-next-key-of-alice") == 200


@pytest.mark.parametrize("line, complaint", [
    ("alice", "line 2: it must be a name, a key"), ("alice short", "line 2: a key has 8 to 512"),
    (f"alice {USER} root", "line 2: a role is user, admin, metrics"), ("", "it holds no keys"),
])
def test_a_bad_file_ends_the_start(tmp_path, line, complaint):
    run = run_drover("serve", "--model", MODEL, "--api-keys-file", keys_file(tmp_path, line))
    assert run.returncode != 0 and complaint in run.stderr and "apiKeysFile" in run.stderr
    assert USER not in run.stderr


def test_no_key_where_one_is_meant_ends_the_start(tmp_path):
    run = run_drover("serve", "--model", MODEL, "--api-keys-file", tmp_path / "none")
    assert run.returncode != 0 and "it cannot be read" in run.stderr
    for key in ("", "secret", "with a blank in it"):
        run = run_drover("serve", "--model", MODEL, environment={"DROVER_SERVER_API_KEY": key})
        assert run.returncode != 0 and "serverApiKey: '(not shown)' is not allowed" in run.stderr

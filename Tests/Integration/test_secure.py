"""TLS, certificates of clients, and HTTP/2, on the one port."""

import contextlib
import json
import shutil
import socket
import ssl
import subprocess

import h2.config
import h2.connection
import h2.events
import openai
import pytest

from harness import CERTIFICATES, MODEL, REQUEST_SECONDS, RUNNING, poll, run_drover, trust

TLS = ("--tls-certificate", CERTIFICATES / "server.pem", "--tls-key", CERTIFICATES / "server.key")


@contextlib.contextmanager
def client_of(server, **options):
    """The official client, over a transport of its own."""
    with openai.DefaultHttpxClient(**options) as transport:
        yield openai.OpenAI(
            base_url=f"{server.url}/v1", api_key="none", timeout=REQUEST_SECONDS, max_retries=0, http_client=transport)


def chat(client, **options):
    return client.chat.completions.create(
        model=client.models.list().data[0].id, messages=[{"role": "user", "content": "What is the capital of France?"}],
        temperature=0, max_tokens=16, **options)


def check(client, version):
    """A whole and a streamed answer are the same, and come over the version of HTTP that is meant."""
    whole = chat(client).choices[0].message.content
    streamed = "".join(
        choice.delta.content or "" for chunk in chat(client, stream=True) for choice in chunk.choices)
    assert whole == streamed != ""
    raw = client.models.with_raw_response.list()
    assert raw.http_response.http_version == version
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("none")
    return whole


@pytest.fixture(scope="module")
def secure_server(module_server):
    return module_server(*TLS)


@pytest.fixture(scope="module")
def strict_server(module_server):
    return module_server(*TLS, "--tls-client-ca", CERTIFICATES / "authority.pem")


def test_every_version_gives_the_same(server, secure_server):
    texts = set()
    for where, options in [(server, {}), (secure_server, {"verify": trust()})]:
        with client_of(where, **options) as client:
            texts.add(check(client, "HTTP/1.1"))
        with client_of(where, http1=False, http2=True, **options) as client:
            texts.add(check(client, "HTTP/2"))
    assert len(texts) == 1


def test_clients_without_a_certificate_are_not_let_in(strict_server):
    with client_of(strict_server, verify=trust("client"), http2=True) as client:
        check(client, "HTTP/2")
    for certificate in (None, "impostor"):
        with client_of(strict_server, verify=trust(certificate)) as client, pytest.raises(openai.APIConnectionError):
            client.models.list()


def test_old_versions_of_tls_are_refused(secure_server):
    context = trust()
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", secure_server.port), timeout=30) as connection:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_hostname="localhost")


class FrameClient:
    """Speaks HTTP/2 frame by frame, as a client that breaks off streams must; others of Python's only stop reading."""

    def __init__(self, server, context):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        if context:
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.framing = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.framing.initiate_connection()
        self.send()

    def send(self):
        self.socket.sendall(self.framing.data_to_send())

    def complete(self, model, tokens):
        stream = self.framing.get_next_available_stream_id()
        body = json.dumps({"model": model, "prompt": "A very long story:", "max_tokens": tokens, "stream": True,
                           "ignore_eos": True}).encode()
        self.framing.send_headers(stream, {
            ":method": "POST", ":scheme": "http", ":authority": "test", ":path": "/v1/completions",
            "content-type": "application/json"}.items())
        self.framing.send_data(stream, body, end_stream=True)
        self.send()
        return stream

    def reset(self, stream):
        self.framing.reset_stream(stream)
        self.send()

    def read(self, wanted):
        """Reads until every stream of `wanted` has sent something; what each has sent."""
        texts = dict.fromkeys(wanted, b"")
        while not all(texts.values()):
            for event in self.framing.receive_data(self.socket.recv(1 << 16)):
                if isinstance(event, h2.events.DataReceived):
                    self.framing.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    texts[event.stream_id] = texts.get(event.stream_id, b"") + event.data
            self.send()
        return texts

    def read_all(self, stream):
        text = b""
        while not text.endswith(b"data: [DONE]\n\n"):
            text += self.read([stream])[stream]
        return text


@pytest.mark.parametrize("secure", [False, True])
def test_a_stream_that_is_broken_off_frees_the_engine_alone(server, secure_server, model, secure):
    where = secure_server if secure else server
    where.await_idle()
    client = FrameClient(where, trust() if secure else None)
    with contextlib.closing(client.socket):
        left, kept = client.complete(model, 8000), client.complete(model, 150)
        client.read([left, kept])
        assert where.metrics()[RUNNING] == 2
        client.reset(left)
        poll(lambda: where.metrics()[RUNNING] == 1, 10, "one running sequence")
        assert b'"finish_reason":"length"' in client.read_all(kept)
        # The rest ends with the connection.
        client.read([client.complete(model, 8000)])
    where.await_idle()


def curl(*options):
    if not shutil.which("curl") or "HTTP2" not in subprocess.run(
            ["curl", "--version"], capture_output=True, text=True, check=True).stdout:
        pytest.skip("there is no curl here that speaks HTTP/2")
    return subprocess.Popen(
        ["curl", "--silent", "--show-error", "--no-buffer", "--max-time", str(REQUEST_SECONDS), *map(str, options)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_running_streams_of_http2_finish_after_sigterm(own_server, model):
    """Told with curl: Python's h2 takes the gateway's goodbye for the end of what is still running."""
    server = own_server(*TLS)
    body = {"model": model, "prompt": "Once upon a time", "max_tokens": 100, "ignore_eos": True, "stream": True}
    with curl("--http2", "--cacert", CERTIFICATES / "authority.pem", "--json", json.dumps(body),
              f"{server.url}/v1/completions") as client:
        first = client.stdout.readline()
        server.terminate()
        rest, problem = client.communicate(timeout=REQUEST_SECONDS)
    assert first.startswith("data: {") and rest.endswith("data: [DONE]\n\n"), problem
    assert '"finish_reason":"length"' in rest
    assert server.exit_code() == 0, server.text


def test_an_idle_server_with_connections_of_every_kind_stops_at_once(own_server):
    server = own_server(*TLS)
    with client_of(server, verify=trust(), http2=True) as new, client_of(server, verify=trust()) as old:
        new.models.list()
        old.models.list()
        with socket.create_connection(("127.0.0.1", server.port)):
            server.terminate()
            assert server.process.wait(timeout=10) == 0


@pytest.mark.parametrize("option, version", [
    ("--http2-prior-knowledge", "2"), ("--http2", "1.1"), ("--http1.1", "1.1"), ("--http1.0", "1.1"),
])
def test_curl_speaks_what_it_likes(server, option, version):
    """An offer to change from HTTP/1.1 to HTTP/2 is not taken up, and does no harm."""
    text, problem = curl(option, "--write-out", "\n%{http_version}", f"{server.url}/health").communicate()
    assert text == f'{{"status":"ok"}}\n{version}', problem


@pytest.mark.parametrize("files, problem", [
    ({"certificate": "server.pem"}, "tlsKey: '' is not allowed; give the private key of tlsCertificate"),
    ({"key": "server.key"}, "tlsCertificate: '' is not allowed; give the certificate of tlsKey"),
    ({"client-ca": "authority.pem"}, "tlsCertificate: '' is not allowed"),
    ({"certificate": "none.pem", "key": "server.key"}, "give a file with certificates in PEM (No such file"),
    ({"certificate": "server.pem", "key": "client.key"}, "give the key of the certificate in"),
    ({"certificate": "server.pem", "key": "encrypted.key"}, "give a file with a private key in PEM, not encrypted"),
    ({"certificate": "server.pem", "key": "server.key", "client-ca": "server.key"}, "tlsClientCa: '"),
])
def test_wrong_files_are_one_line(files, problem):
    options = [part for name, file in files.items() for part in (f"--tls-{name}", CERTIFICATES / file)]
    done = run_drover("serve", "--model", MODEL, "--port", "0", *options)
    assert done.returncode > 0
    assert len(done.stderr.strip().splitlines()) == 1 and problem in done.stderr

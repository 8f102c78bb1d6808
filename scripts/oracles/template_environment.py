"""The pinned Python packages that the template scripts compare with, and the program that renders our side."""

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import steps  # noqa: E402

VENV = steps.HOME / "templates-venv"
REQUIREMENTS = Path(__file__).with_name("template-requirements.txt")
TEMPLATES = steps.HOME / "llama-source" / "models" / "templates"
MODEL = steps.HOME / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
PROBE = Path(os.environ.get("TEMPLATE_PROBE", ROOT / ".build" / "release" / "template-probe"))


def python():
    """The interpreter of a virtual environment with the pinned packages, which is made when it is not there."""
    def install():
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        subprocess.run(
            [VENV / "bin" / "python3", "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:",
             "--requirement", REQUIREMENTS], check=True, stdin=subprocess.DEVNULL)

    inputs = [hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest(), sys.version, str(VENV)]
    with steps.only_one():
        steps.step("templates-venv", "the Python packages that templates are compared with", inputs,
                   [VENV / "bin" / "python3"], install)
    return VENV / "bin" / "python3"


def pinned(package):
    """The version of a package that is compared with."""
    return re.search(rf"^{package}==(\S+)", REQUIREMENTS.read_text(), re.MULTILINE)[1]


def enter():
    """Goes on in the virtual environment's interpreter, unless it is the one that runs already."""
    if Path(sys.prefix) != VENV:
        interpreter = python()
        os.execv(interpreter, [str(interpreter), *sys.argv])


def probe(requests):
    """What `template-probe` answers to each of the requests."""
    if not PROBE.exists():
        sys.exit("template-probe is missing: swift build -c release --product template-probe")
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([PROBE], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def sources():
    """Templates by name: llama.cpp's collection and the default model's own, which its GGUF file holds as metadata."""
    if not TEMPLATES.is_dir() or not MODEL.exists():
        sys.exit("the templates are missing: scripts/setup.py test")
    result = {path.stem: path.read_text() for path in sorted(TEMPLATES.glob("*.jinja"))}
    with open(MODEL, "rb") as file:
        head = file.read(16 << 20)
    key = b"tokenizer.chat_template"
    # Behind the key: the type of the value (8, a string), its length, its bytes.
    start = head.index(key) + len(key)
    kind, length = struct.unpack_from("<IQ", head, start)
    assert kind == 8
    result["SmolLM2-135M-Instruct"] = head[start + 12:start + 12 + length].decode()
    return result

"""`drover tokenize`: its forms, both ways, and what it refuses."""

import json
import os
import pty
import re
import subprocess

import pytest

from harness import DROVER, MODEL, ROOT, Server, run_drover

TEXT = 'Café "日本" <|im_end|>\n\tx = 1'


def tokenize(*arguments, text=""):
    return run_drover("tokenize", "--model", MODEL, *arguments, text=text)


def test_ids_go_there_and_back():
    ids = tokenize("--form", "ids", text=TEXT)
    assert ids.returncode == 0, ids.stderr
    back = tokenize("--decode", text=ids.stdout)
    assert (back.returncode, back.stdout) == (0, TEXT)
    assert tokenize("--form", "count", text=TEXT).stdout == f"{len(ids.stdout.split())}\n"


def test_the_table_shows_each_token():
    table = tokenize("--specials", "--add-specials", "Hi <|im_end|>")
    assert re.findall(r"^ *(\d+) +(\d+) +(.*)$", table.stdout, re.M)[-1] == ("2", "2", '"<|im_end|>"  control')
    assert '"<|im_end|>"' not in tokenize("Hi <|im_end|>").stdout


def test_a_terminal_gets_colors_and_no_escapes_of_the_text():
    main, side = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    run = subprocess.run(
        [DROVER, "tokenize", "--model", MODEL, "red\x1b[31m \\n tail"], stdin=side, stdout=side, env=environment)
    os.close(side)
    shown = os.read(main, 1 << 16).decode()
    os.close(main)
    assert run.returncode == 0
    assert "\x1b[31m" not in shown and "\\u{1B}" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()[0] == r"red\u{1B}[31m \\n tail"


@pytest.mark.parametrize("ids", ["1 two", "-1", "999999999", "99999999999999"])
def test_what_is_no_token_id_is_refused(ids):
    refused = tokenize("--decode", "--", *ids.split())
    assert refused.returncode != 0
    assert "is not a token id; give 0 to 49151" in refused.stderr


def test_a_folder_and_its_files_are_models_too(tmp_path):
    """A Hugging Face folder: its tokenizer, its template in the tokenizer's configuration, its context."""
    fixture = ROOT / "Tests/TokenizationTests/Fixtures/formats/roberta-style.json"
    (tmp_path / "tokenizer.json").write_bytes(fixture.read_bytes())
    template = "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}{% endfor %}"
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))
    (tmp_path / "config.json").write_text(json.dumps({"max_position_embeddings": 77}))
    whole = run_drover("tokenize", "--model", str(tmp_path), "--form", "ids", "Hello world")
    alone = run_drover("tokenize", "--model", str(fixture), "--form", "ids", "Hello world")
    assert whole.returncode == 0 and whole.stdout == alone.stdout and whole.stdout.split()

    server = Server("--name", "small", model=tmp_path, command="tokenizer")
    try:
        body = {"model": "small", "messages": [{"role": "user", "content": "hi"}]}
        rendered = json.loads(server.request("POST", "/v1/render", body).body)
        assert (rendered["prompt"], rendered["max_model_len"]) == ("[user] hi", 77)
    finally:
        server.kill()

    (tmp_path / "tokenizer_config.json").write_text("{")
    broken = run_drover("tokenize", "--model", str(tmp_path), "x")
    assert broken.returncode != 0 and "tokenizer_config.json" in broken.stderr
    (tmp_path / "tokenizer.json").unlink()
    empty = run_drover("tokenize", "--model", str(tmp_path), "x")
    assert empty.returncode != 0 and str(tmp_path) in empty.stderr


def test_a_missing_model_is_one_line():
    missing = run_drover("tokenize", "--model", "none.gguf", "x")
    assert missing.returncode != 0
    assert missing.stderr.strip().count("\n") == 0 and "none.gguf" in missing.stderr

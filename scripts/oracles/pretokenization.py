"""Writes hashes of token ids under the normalizers and pre-tokenizers that `tokenizer.json` files have.

    python3 scripts/oracles/pretokenization.py MODEL.gguf Tests/TokenizationTests/Fixtures

Reads the texts of `smollm2.texts` there, and writes `pretokenizers.json`, for each name the members `normalizer` and
`pre_tokenizer`, and `pretokenizers.hashes`, for each of them in order and every `step`th text (control tokens as text)
the lower half of the FNV-1a over the token ids that SmolLM2's vocabulary then gives.
"""
import json
import struct
import sys

import gguf
from tokenizers import Tokenizer

MODEL, FIXTURES = sys.argv[1:3]
C = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
S = r"\s+(?!\S)|\s+"
WORDS, SIGNS = r"[^\r\n\p{L}\p{N}]?\p{L}+", r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
UPPER, LOWER, BEFORE = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", r"[^\r\n\p{L}\p{N}]?"
NOT_HAN = r"&&[^\p{Han}]]"
TAIL = r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|" + S


def split(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}


def byte_level(use_regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def splits(*patterns):
    return sequence(*map(split, patterns), byte_level(False))


PRE_TOKENIZERS = {
    "gpt-2": byte_level(True),
    "smollm": sequence({"type": "Digits", "individual_digits": True}, byte_level(True)),
    "digits": sequence({"type": "Digits", "individual_digits": False}, byte_level(True)),
    "llama-3": splits(f"{C}|{WORDS}|\\p{{N}}{{1,3}}|{SIGNS}|{S}"),
    "llama-3-removed": sequence(split(f"{C}|{WORDS}|\\p{{N}}{{1,3}}|{SIGNS}|{S}", "Removed", True), byte_level(False)),
    "qwen2": splits(f"{C}|{WORDS}|\\p{{N}}|{SIGNS}|{S}"),
    "qwen3.5": splits(rf"{C}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|{S}"),
    "cl100k": splits(r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|" + S),
    "o200k": splits(rf"{BEFORE}{UPPER}*{LOWER}+{C}?|{BEFORE}{UPPER}+{LOWER}*{C}?|\p{{N}}{{1,3}}|{TAIL}"),
    "kimi-k2": splits(
        rf"[\p{{Han}}]+|{BEFORE}{UPPER[:-1]}{NOT_HAN}*{LOWER[:-1]}{NOT_HAN}+{C}?|"
        rf"{BEFORE}{UPPER[:-1]}{NOT_HAN}+{LOWER[:-1]}{NOT_HAN}*{C}?|\p{{N}}{{1,3}}|{SIGNS}|{S}"),
    "tekken": splits(rf"{BEFORE}{UPPER}*{LOWER}+|{BEFORE}{UPPER}+{LOWER}*|\p{{N}}|{TAIL}"),
    "deepseek-v3": splits(
        r"\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+",
        r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|""" + S),
    "deepseek-coder": splits("[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-\ud7ff]+", r"\p{N}"),
    "three-digits": sequence(split("[0-9][0-9][0-9]"), byte_level(True)),
    "minicpm5": splits(r"\p{N}{1,3}", f"{C}|{WORDS}|\\p{{N}}+|{SIGNS}|{S}"),
}

CONFIGURATIONS = {name: {"step": 9, "normalizer": None, "pre_tokenizer": pre} for name, pre in PRE_TOKENIZERS.items()}
CONFIGURATIONS["qwen2-nfc"] = {"step": 1, "normalizer": {"type": "NFC"}, "pre_tokenizer": PRE_TOKENIZERS["qwen2"]}


def texts():
    data, at = open(f"{FIXTURES}/smollm2.texts", "rb").read(), 0
    while at < len(data):
        at += 1 + 4 * data[at]
        size = struct.unpack_from("<H", data, at)[0]
        yield data[at + 2:at + 2 + size].decode()
        at += 2 + size + 18


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


fields = gguf.GGUFReader(MODEL).fields
tokens, merges = (fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "merges"))
everything = list(texts())
hashes = bytearray()
for settings in CONFIGURATIONS.values():
    tokenizer = Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": settings["normalizer"],
        "pre_tokenizer": settings["pre_tokenizer"], "post_processor": None, "decoder": None,
        "model": {"type": "BPE", "vocab": {t: i for i, t in enumerate(tokens)}, "merges": merges}}))
    for text in everything[::settings["step"]]:
        ids = tokenizer.encode(text).ids
        hashes += struct.pack("<I", fnv(b"".join(struct.pack("<I", id) for id in ids)) % 2**32)
open(f"{FIXTURES}/pretokenizers.json", "w", encoding="utf-8").write(
    json.dumps(CONFIGURATIONS, ensure_ascii=False, indent=1) + "\n")
open(f"{FIXTURES}/pretokenizers.hashes", "wb").write(hashes)
print(len(CONFIGURATIONS), "configurations,", len(hashes), "bytes")

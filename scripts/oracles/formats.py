"""Writes small tokenizers in every file format, and what the libraries that they are made for make of texts.

    python3 scripts/setup.py oracle
    .drover/oracle-venv/bin/python3 scripts/oracles/formats.py Tests/TokenizationTests/Fixtures

The tokenizers are trained on generated text (`trained_vocabularies.py`). The texts are every `STEP`th of
`smollm2.texts` there; `formats.hashes` has for each tokenizer, in the order of `formats.json`, and each text the lower
halves of FNV-1a over the token ids, four bytes each, and over what they decode to.
"""
import base64
import json
import shutil
import struct
import sys
import tempfile
from pathlib import Path

import sentencepiece
import tiktoken
import tokenizers

import trained_vocabularies
from tokenizer_references import openai, openai_pattern, tokenizers_reference

FIXTURES = Path(sys.argv[1])
FOLDER = FIXTURES / "formats"
STEP = 16
MODELS = ["spm-rules", "spm-unigram-bytes", "spm-bpe-bytes"]
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def texts():
    data, at = (FIXTURES / "smollm2.texts").read_bytes(), 0
    while at < len(data):
        at += 1 + 4 * data[at]
        size = struct.unpack_from("<H", data, at)[0]
        yield data[at + 2:at + 2 + size].decode()
        at += 2 + size + 18


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value % 2**32


def ranks():
    """The bytes of a small byte-level vocabulary in the order of its merges."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(trained_vocabularies.corpus(), tokenizers.trainers.BpeTrainer(
        vocab_size=900, initial_alphabet=alphabet, show_progress=False))
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {chr(byte): byte for byte in printable} | {chr(0x100 + index): byte for index, byte in enumerate(others)}
    vocabulary = sorted((id, token) for token, id in tokenizer.get_vocab().items())
    return [bytes(letters[letter] for letter in token) for _, token in vocabulary]


def encoding(pattern, tokens):
    return tiktoken.Encoding("small", pat_str=pattern, special_tokens={},
                             mergeable_ranks={token: rank for rank, token in enumerate(tokens)})


def references(home):
    """Names of files in FOLDER with functions that give the ids and the decoded text of a text."""
    for name, _, path in trained_vocabularies.tokenizer_files(home):
        shutil.copy(path, FOLDER / f"{name}.json")
        file = json.loads(path.read_text())
        controls = [token["id"] for token in file["added_tokens"] if token["special"] or token["content"] == "</s>"]
        reference = tokenizers_reference(path, controls)
        yield f"{name}.json", lambda text, it=reference: ((ids := it.encode([text])[0]), it.decode([ids])[0])
    for name, _, path in trained_vocabularies.sentencepiece_models(home):
        if name not in MODELS:
            continue
        shutil.copy(path, FOLDER / path.name)
        model = sentencepiece.SentencePieceProcessor(model_file=str(path))
        yield path.name, lambda text, it=model: ((ids := it.encode(text)), it.decode(ids))
    tokens = ranks()
    for name in ("r50k_base", "cl100k_base", "o200k_base"):
        if name == "r50k_base":
            (FOLDER / "small.tiktoken").write_bytes(
                b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in enumerate(tokens)))
        small = encoding(openai_pattern(getattr(openai, name))["pat_str"], tokens)
        yield f"small.tiktoken {name}", lambda text, it=small: ((ids := it.encode_ordinary(text)), it.decode(ids))
    entries = [{"rank": rank, "token_bytes": base64.b64encode(token).decode(), "token_str": None} for rank, token in enumerate(tokens)]
    (FOLDER / "tekken.json").write_text(json.dumps({
        "config": {"pattern": TEKKEN, "num_vocab_tokens": len(tokens), "default_vocab_size": 820, "default_num_special_tokens": 20,
                   "version": "v3"}, "vocab": entries}))
    small = encoding(TEKKEN, tokens[:800])
    yield "tekken.json", lambda text: ([id + 20 for id in small.encode_ordinary(text)], text)


FOLDER.mkdir(exist_ok=True)
hashes, names = bytearray(), []
with tempfile.TemporaryDirectory() as home:
    for name, reference in references(Path(home)):
        names.append(name)
        for text in list(texts())[::STEP]:
            ids, decoded = reference(text)
            hashes += struct.pack("<II", fnv(b"".join(struct.pack("<I", id) for id in ids)), fnv(decoded.encode()))
(FIXTURES / "formats.hashes").write_bytes(hashes)
(FIXTURES / "formats.json").write_text(json.dumps({"step": STEP, "names": names}, indent=1) + "\n")
print(len(names), "tokenizers,", len(hashes), "bytes")

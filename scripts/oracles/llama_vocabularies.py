"""Writes small vocabularies of every kind that GGUF files have, and hashes of what texts become under them.

    pip install tokenizers==0.23.3 sentencepiece==0.2.3 gguf==0.19.0
    python3 scripts/oracles/llama_vocabularies.py LIBLLAMA.so Tests/TokenizationTests/Fixtures

Reads the texts of `smollm2.texts` there (every `STEP`th, control tokens as text) and adds some of its own. Writes
`vocabularies/*.gguf`, trained on these texts with fixed seeds, and `vocabularies.json`: for each case the file, the
strings of its metadata that are to be replaced, the added texts, and the hashes, eight hexadecimal digits for each
text: the lower half of the FNV-1a over the token ids, four bytes each.

The reference is the tokenizer that a vocabulary was made with: SentencePiece, Hugging Face's `tokenizers`, or, for
forms that only GGUF has, llama.cpp. llama.cpp tokenizes every case too; where it differs from another reference, the
script says for how many texts, and which with SHOW=number in the environment.
"""
import collections
import ctypes
import io
import json
import os
import random
import re
import struct
import sys
import tempfile

import gguf
import sentencepiece
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

LIBRARY, FIXTURES = sys.argv[1:3]
STEP = 60
NORMAL, UNKNOWN, CONTROL, USER, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
draw = random.Random(20_260_202)

# --- Texts


def stored_texts():
    data, at = open(f"{FIXTURES}/smollm2.texts", "rb").read(), 0
    while at < len(data):
        at += 1 + 4 * data[at]
        size = struct.unpack_from("<H", data, at)[0]
        yield data[at + 2:at + 2 + size].decode()
        at += 2 + size + 18


TEXTS = list(stored_texts())
# GGUF's readers end a token at a zero; a "|" is in names that would make tokens control tokens.
FREQUENT = {c for c, count in collections.Counter("".join(TEXTS)).items() if count > 60} - set("\0|")
CORPUS = [text for text in TEXTS[::3] if FREQUENT.issuperset(text)]
MORE = [
    "", " ", "  ", "\n", "a", "1", "1234", "12345678", "a1234b", "1234 abc1234 1234abc x1234_", "½1234½ 12½345 ٣٤٥٦٧",
    "1" * 700, " " * 600 + "a", " " * 514, "\t" * 9 + "x", "  \n  \n x", "a\n\n\nb", "a b  c   d    e     f", "!\n!\n\n! /\n",
    "IMGIMGABCDZ fooIMGIMGAZbar IMGIMGABCDEZ IMGIMGIMGABZ <sentinel:12>x", "It's 'S don't 'tis I'LL we'Ve", "hello world foo  bar\tbaz",
    "한국어 ㄱㄴㄷ中文！…“引”—，、〿ㄅㄆかなカナ", "a.b,c!d?e…f。g，h、i।j۔k،l(m)n|o", "ﬁ ① ㎏ Ⅷ x² e\u0301 é Å İstanbul ΑΣ ǅ",
    "foo@bar.com [MASK] [UNK] ##ing can't ... well?! 'quoted' , spaced .", "naïve café ÅNGSTRÖM żółć 中文字 𠀀𫠠 カナ", "x" * 150 + " y",
    "\u0000\u0001\u200b\u200d\ufeffa\u00ad\ue000", "<dna>ACGTACGTTT</dna> a <dna>acgtnn", "<dna></dna><dna>ACGTACACG</dna>tail<dna>", "\ue000 CCCCCC",
    "▁a ▁▁ b▁c", "\n\n\n\n\n", "a\n", "\n\na\n", "🤦🏻‍♂️👩‍👩‍👧 \U000e0067",
]
CASE_TEXTS = TEXTS[::STEP] + MORE


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value % 2**32


# --- llama.cpp


class Parameters(ctypes.Structure):
    _fields_ = [("pointers", ctypes.c_void_p * 2), ("layers", ctypes.c_int32), ("split", ctypes.c_int), ("load", ctypes.c_int),
                ("lazy", ctypes.c_int), ("gpu", ctypes.c_int32), ("more", ctypes.c_void_p * 4), ("vocab_only", ctypes.c_bool),
                ("flags", ctypes.c_bool * 5)]


llama = ctypes.CDLL(LIBRARY)
llama.llama_model_default_params.restype = Parameters
llama.llama_model_load_from_file.argtypes, llama.llama_model_load_from_file.restype = [ctypes.c_char_p, Parameters], ctypes.c_void_p
llama.llama_model_get_vocab.argtypes, llama.llama_model_get_vocab.restype = [ctypes.c_void_p], ctypes.c_void_p
llama.llama_model_free.argtypes = [ctypes.c_void_p]
llama.llama_tokenize.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.POINTER(ctypes.c_int32), ctypes.c_int32,
                                 ctypes.c_bool, ctypes.c_bool]
quiet = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda *_: None)
llama.llama_log_set(quiet, None)


def llama_ids(path, texts):
    """What llama.cpp makes of texts with the vocabulary of a file."""
    parameters = llama.llama_model_default_params()
    parameters.vocab_only = True
    model = llama.llama_model_load_from_file(path.encode(), parameters)
    assert model, f"llama.cpp does not load {path}"
    vocabulary = llama.llama_model_get_vocab(model)
    result = []
    for text in texts:
        data = text.encode()
        buffer = (ctypes.c_int32 * (3 * len(data) + 16))()
        count = llama.llama_tokenize(vocabulary, data, len(data), buffer, len(buffer), False, False)
        assert count >= 0
        result.append(buffer[:count])
    llama.llama_model_free(model)
    return result


# --- Files


def write(path, model, tokens, kinds, scores=None, merges=None, pre="default", **more):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model(model)
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    if scores is not None:
        writer.add_token_scores(scores)
    if merges is not None:
        writer.add_token_merges(merges)
    for key, value in more.items():
        key = "tokenizer.ggml." + key
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        elif isinstance(value, bytes):
            writer.add_key_value(key, value, gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.UINT8)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def replaced(path, strings):
    """A copy of a file with other strings in its metadata."""
    data = open(path, "rb").read()
    for key, value in strings.items():
        head = struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", 8)
        at = data.index(head) + len(head)
        size = struct.unpack_from("<Q", data, at)[0]
        data = data[:at] + struct.pack("<Q", len(value)) + value.encode() + data[at + 8 + size:]
    copy = tempfile.NamedTemporaryFile(suffix=".gguf", delete=False)
    copy.write(data)
    copy.close()
    return copy.name


# --- Vocabularies: each gives the path of a file and the reference's ids of a text, or None for llama.cpp's

FOLDER = f"{FIXTURES}/vocabularies"
os.makedirs(FOLDER, exist_ok=True)


def unigram(name, bytes_, removes):
    rules = {"\u00a0": " ", "\u3000": " ", "\t": " ", "\n": " ", "\r": " ", "\u2003": "  ", "ﬁ": "fi", "①": "1", "㎏": "kg", "Ⅷ": "VIII",
             "²": "2", "e\u0301": "é", "…": "...", "\u200b": "", "\u00ad": "", "x\u0302\u0301": "y", "x\u0302": "z", "ﾊ": "ハ", "½": "1⁄2", "¨": " \u0308"}
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as file:
        for old, new in rules.items():
            file.write(" ".join(f"{ord(c):X}" for c in old) + "\t" + " ".join(f"{ord(c):X}" for c in new) + "\n")
        file.flush()
        output = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([line for text in CORPUS for line in text.split("\n") if line]),
            model_writer=output, vocab_size=1500, model_type="unigram", character_coverage=0.999, byte_fallback=bytes_,
            normalization_rule_tsv=file.name, remove_extra_whitespaces=removes, pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
            num_threads=1, minloglevel=2)
    processor = sentencepiece.SentencePieceProcessor(model_proto=output.getvalue())
    ids = range(processor.vocab_size())
    kinds = [UNKNOWN if processor.IsUnknown(i) else CONTROL if processor.IsControl(i) else BYTE if processor.IsByte(i) else NORMAL
             for i in ids]
    write(f"{FOLDER}/{name}.gguf", "t5", [processor.IdToPiece(i).encode() for i in ids], kinds, [processor.GetScore(i) for i in ids],
          add_space_prefix=True, remove_extra_whitespaces=removes, precompiled_charsmap=character_map(output.getvalue()),
          eos_token_id=1, unknown_token_id=2, padding_token_id=0)
    # Sums in double precision, as in `tokenizers` and llama.cpp; SentencePiece's own differ where rows are even.
    model = Tokenizer(models.Unigram([(processor.IdToPiece(i), processor.GetScore(i)) for i in ids], 2, bytes_))

    def encode(text):
        found = model.encode(processor.Normalize(text)).ids
        if found != processor.EncodeAsIds(text):
            print("SentencePiece itself differs:", ascii(text)[:60])
        return found

    return encode


def fields(message):
    """The fields of a protocol buffer of bytes: (number, value)."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 2:
            size = varint()
            yield key >> 3, message[at:at + size]
            at += size
        elif key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = 8 if key & 7 == 1 else 4
            yield key >> 3, message[at:at + size]
            at += size


def character_map(model):
    specification = next(value for number, value in fields(model) if number == 3)
    return next(value for number, value in fields(specification) if number == 2)


def word_piece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(
        vocab_size=2000, limit_alphabet=700, special_tokens=special, show_progress=False))
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    tokens = [t if t in special else t[2:] if t.startswith("##") else "\u2581" + t for t, _ in vocabulary]
    write(f"{FOLDER}/wordpiece.gguf", "bert", tokens, [CONTROL if t in special else NORMAL for t in tokens],
          unknown_token_id=1, bos_token_id=2, seperator_token_id=3, padding_token_id=0)
    # Without its special tokens, which are text here.
    plain = Tokenizer(models.WordPiece({t: i for t, i in vocabulary}, unk_token="[UNK]"))
    plain.normalizer, plain.pre_tokenizer = tokenizer.normalizer, tokenizer.pre_tokenizer
    return lambda text: plain.encode(text).ids


def rwkv():
    counts = collections.Counter()
    for text in CORPUS[::4]:
        data = text.encode()
        for size in (2, 3, 4, 6, 9):
            counts.update(data[i:i + size] for i in range(len(data) - size + 1))
    words = sorted(bytes([i]) for i in range(256)) + [word for word, _ in sorted(counts.items(), key=lambda x: (-x[1], x[0]))[:900]]
    tokens = ["<s>"] + [repr(word)[2:-1] for word in words] + ["[PAD]"]
    write(f"{FOLDER}/rwkv.gguf", "rwkv", tokens, [CONTROL] + [NORMAL] * len(words) + [UNUSED], bos_token_id=0, eos_token_id=0)
    numbers = {word: i + 1 for i, word in enumerate(words)}

    def encode(text):
        data, ids, at = text.encode(), [], 0
        while at < len(data):
            size = max(n for n in range(1, 10) if data[at:at + n] in numbers and at + n <= len(data))
            ids.append(numbers[data[at:at + size]])
            at += size
        return ids

    return encode


def plamo():
    counts = collections.Counter()
    for text in CORPUS[::4]:
        for size in (1, 2, 3, 5, 8):
            counts.update(text[i:i + size] for i in range(len(text) - size + 1))
    words = [w for w, _ in sorted(counts.items(), key=lambda x: (-x[1], x[0]))[:1000] if "plamo" not in w]
    tokens = ["<|plamo:unk|>", "<|plamo:bos|>", "<|plamo:eos|>", "<|plamo:pad|>"] + [f"<0x{i:02X}>" for i in range(256)] + words
    scores = [0.0] * 260 + [-round(draw.uniform(1, 12), draw.choice([0, 1, 4])) for _ in words]
    write(f"{FOLDER}/plamo2.gguf", "plamo2", tokens, [UNKNOWN, CONTROL, CONTROL, CONTROL] + [BYTE] * 256 + [NORMAL] * len(words), scores,
          bos_token_id=1, eos_token_id=2, unknown_token_id=0, padding_token_id=3)


def trained_pairs(pre_tokenizer, alphabet, corpus, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=alphabet, limit_alphabet=600, show_progress=False))
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], model["merges"]


def pairs():
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    # Trained on lines, so that there are tokens across every border that a pattern may cut.
    vocabulary, merges = trained_pairs(
        pre_tokenizers.Sequence([pre_tokenizers.Split("\n", "merged_with_previous"), pre_tokenizers.ByteLevel(False, use_regex=False)]),
        alphabet, CORPUS, 2200)
    tokens = sorted(vocabulary, key=vocabulary.get)
    lines = [" ".join(merge) for merge in merges]
    write(f"{FOLDER}/pairs.gguf", "gpt2", tokens, [NORMAL] * len(tokens), merges=lines)
    words = sorted({"".join(draw.choice("ACGT") for _ in range(6)) for _ in range(150)} | {"ACGTAC", "GTTTAA", "ACGAAA"})
    dna = ["<dna>", "</dna>", "<oov>"] + [word + "\ue000" for word in words]
    write(f"{FOLDER}/dna.gguf", "hybriddna", tokens + dna, [NORMAL] * (len(tokens) + len(dna)), merges=lines)
    return vocabulary, merges


def characters():
    corpus = [line for text in CORPUS for line in re.split("(\n+)", text.replace(" ", "\u2581")) if line]
    vocabulary, merges = trained_pairs(pre_tokenizers.Split("\0", "isolated"), [], corpus, 2000)
    tokens = sorted(vocabulary, key=vocabulary.get) + [f"<0x{i:02X}>" for i in range(256)]
    tokens += [t for t in ["\n", "\n\n", "\n\n\n\n"] if t not in vocabulary]
    kinds = [BYTE if re.fullmatch("<0x[0-9A-F]{2}>", t) else NORMAL for t in tokens]
    write(f"{FOLDER}/characters.gguf", "gpt2", tokens, kinds, merges=[" ".join(merge) for merge in merges], add_bos_token=False)


# --- Patterns of models whose names llama.cpp knows

C, S = "(?i:'s|'t|'re|'ve|'m|'ll|'d)", r"\s+(?!\S)|\s+"
UPPER, LOWER, BEFORE = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", r"[^\r\n\p{L}\p{N}]?"
O200K = (rf"{BEFORE}{UPPER}*{LOWER}+{C}?|{BEFORE}{UPPER}+{LOWER}*{C}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|" + S)
DEEP_SEEK = r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+"""
KANA = "[一-龥\u3040-ゟ゠-ヿ]+"
BLOOM = r" ?[^(\s|.,!?…。，、।۔،)]+"
SPACES = "|".join(rf"\s{{{2 ** n}}}(?!\S)" for n in range(9, 1, -1)) + r"|\s{1,2}(?!\S)|\s{1}"
PATTERNS = {
    "afmoe": [r"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))", "[一-\u9fff㐀-\u4dbf\uf900-\ufaff\u3040-ゟ゠-ヿ･-ﾟ⼀-\u2fdfเ-\u0e7f\u0e80-\u0effក-\u17ffက-႟ꩠ-ꩿꧠ-\ua9ff가-\ud7afᄀ-ᇿ]+",
              DEEP_SEEK + r"[\r\n]*|\s*[\r\n]+|" + S],
    "bloom": [BLOOM],
    "chameleon": ["<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", r"([\t\n]|    |  )", r"\p{N}", r"[\p{P}!-/:-@\[-`{-~]",
                  r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|" + S],
    "exaone-moe": [rf"{C}|[^\r\n\p{{L}}\p{{N}}]?(?:\p{{L}}\p{{M}}*(?: \p{{L}}\p{{M}}*)*)+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]?|\s*[\r\n]|" + S],
    "jais-2": [rf"{C}|{BEFORE}\p{{L}}+|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|" + SPACES],
    "spark2_5": [r"\p{N}{1,3}", KANA, DEEP_SEEK + r"|[\r\n]|" + S, r"\p{N}"],
    "superbpe": [r"\p{N}+", r"(?=(\d{3})+(?!\d))"],
    "tiny_aya": [r"\d{1,3}(?=(?:\d{3})*\b)", O200K],
    "viking": [BLOOM, r"\p{N}"],
    "youtu": ["[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|" + KANA, O200K.replace("{1,3}", "")],
}
SAME = {"poro-chat": "bloom", "gpt3-finnish": "bloom", "cohere2moe": "tiny_aya"}


def pattern_reference(vocabulary, merges, name):
    steps = [{"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False} for pattern in PATTERNS[name]]
    tokenizer = Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "post_processor": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps + [
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]}, "decoder": None,
        "model": {"type": "BPE", "vocab": vocabulary, "merges": merges, "ignore_merges": name == "youtu"}}))
    return lambda text: tokenizer.encode(text).ids


# --- Cases

cases = []


def case(name, file, encode=None, shown=lambda text: text, **strings):
    """Adds a case; without a reference it is what llama.cpp makes of `shown(text)`."""
    strings = {f"tokenizer.ggml.{key}": value for key, value in strings.items()}
    path = replaced(f"{FOLDER}/{file}.gguf", strings)
    theirs = llama_ids(path, map(shown, CASE_TEXTS))
    os.unlink(path)
    ids = [encode(text) for text in CASE_TEXTS] if encode else theirs
    different = [text for text, a, b in zip(CASE_TEXTS, ids, theirs) if list(a) != list(b)]
    print(f"{name}: {sum(map(len, ids))} tokens; llama.cpp differs for {len(different)} of {len(CASE_TEXTS)} texts")
    if os.environ.get("SHOW"):
        for text in different[:int(os.environ["SHOW"])]:
            print("   ", ascii(text)[:150])
    cases.append({"name": name, "file": file, "strings": strings, "hashes": "".join(
        f"{fnv(b''.join(struct.pack('<i', id) for id in row)):08x}" for row in ids)})


case("unigram", "unigram", unigram("unigram", False, True))
case("unigram-bytes", "unigram-bytes", unigram("unigram-bytes", True, False))
case("wordpiece", "wordpiece", word_piece())
case("rwkv", "rwkv", rwkv())
plamo()
# llama.cpp drops a U+FEFF at the beginning of a text, PLaMo-2's own code does not.
case("plamo2", "plamo2", shown=lambda text: "\ufeff" + text if text.startswith("\ufeff") else text)
vocabulary, merges = pairs()
for name in [*PATTERNS, *SAME]:
    case(name, "pairs", pattern_reference(vocabulary, merges, SAME.get(name, name)), pre=name)
case("hybriddna", "dna", pre="gpt-2")
characters()
for name in ["gemma4", "granite-embed-multi-311m", "sarvam-moe"]:
    case("characters-" + name, "characters", pre=name)
case("gemma4", "characters", model="gemma4")
case("whitespace", "characters", model="whitespace", pre="whitespace")

json.dump({"step": STEP, "texts": MORE, "cases": cases}, open(f"{FIXTURES}/vocabularies.json", "w", encoding="utf-8"), indent=1)
print(len(cases), "cases,", len(CASE_TEXTS), "texts")

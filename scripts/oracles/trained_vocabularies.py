"""Small vocabularies, trained on generated text, for what no package ships: every part of the formats is in one of them.

They are made of nothing but `oracle_texts.py`, so the tests' fixtures have them whole.
"""
import json

import sentencepiece
import tokenizers
from tokenizers import decoders, models, normalizers, pre_tokenizers, trainers

from oracle_texts import Texts

USER_DEFINED = ["<user>", "▁mark", "GPU", "  ", "é"]
SIZE = 900


def corpus(count=3_000):
    """Texts of few enough characters for a small vocabulary."""
    texts = Texts("corpus", ["<user>"])
    return [texts.draw.choice((texts.prose, texts.foreign, texts.code, texts.quotes))() for _ in range(count)]


# SentencePiece

SENTENCEPIECE = {
    "spm-unigram": ("Unigram", dict(model_type="unigram", user_defined_symbols=USER_DEFINED[:3])),
    "spm-rules": ("Unigram", dict(model_type="unigram", normalization_rule_name="", user_defined_symbols=USER_DEFINED[:3])),
    "spm-unigram-bytes": ("Unigram, bytes", dict(
        model_type="unigram", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        user_defined_symbols=USER_DEFINED)),
    "spm-unigram-suffix": ("Unigram", dict(
        model_type="unigram", treat_whitespace_as_suffix=True, normalization_rule_name="nfkc_cf")),
    "spm-bpe": ("SentencePiece BPE", dict(model_type="bpe", user_defined_symbols=USER_DEFINED[:3])),
    "spm-bpe-bytes": ("SentencePiece BPE, bytes", dict(
        model_type="bpe", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        add_dummy_prefix=False, user_defined_symbols=USER_DEFINED)),
    "spm-bpe-nfkc": ("SentencePiece BPE", dict(
        model_type="bpe", normalization_rule_name="nfkc", split_by_whitespace=False, add_dummy_prefix=False)),
}


def rules(path):
    """A table of normalization rules, so that a model with a small character map can be committed."""
    pairs = {chr(code): chr(code).lower() for code in (*range(0x41, 0x5B), *range(0xC0, 0xDF), *range(0x410, 0x430))}
    pairs |= {chr(0xFF00 + code): chr(0x20 + code).lower() for code in range(1, 0x5F)}
    pairs |= {"e\u0301": "é", "e\u0301\u0323": "ẹ́", "ﬁ": "fi", "\u3000": " ", "\t": " ", "\n": " ", "…": " . . . ", "\u00ad": "", "ß": "ss"}
    pairs = {left: right for left, right in pairs.items() if left != right}
    path.write_text("".join(
        f"{' '.join(f'{ord(c):X}' for c in left)}\t{' '.join(f'{ord(c):X}' for c in right)}\n" for left, right in sorted(pairs.items())))
    return str(path)


def sentencepiece_models(home):
    """Names, algorithms and files, trained where they are not there yet."""
    folder = home / "trained"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (algorithm, settings) in SENTENCEPIECE.items():
        path = folder / f"{name}.model"
        if not path.exists():
            if not settings.get("normalization_rule_name", "nmt_nfkc"):
                settings = {**settings, "normalization_rule_tsv": rules(folder / f"{name}.tsv")}
            lines = [text for text in corpus() if "\0" not in text]
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(lines), model_prefix=str(folder / f"{name}.new"), vocab_size=1_600,
                character_coverage=0.98, num_threads=1, hard_vocab_limit=False, minloglevel=2, **settings)
            (folder / f"{name}.new.model").rename(path)
            (folder / f"{name}.new.vocab").unlink()
        yield name, algorithm, path


# tokenizer.json

SPECIALS = ["<unk>", "<s>", "</s>", "[MASK]"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
TO_MARKS = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
FROM_MARKS = [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]
STRIP = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
CLIP = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def sequence(name, *steps):
    return {"type": "Sequence", name: list(steps)}


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def norm(*steps):
    return sequence("normalizers", *[step if isinstance(step, dict) else {"type": step} for step in steps])


def pre(*steps):
    return sequence("pretokenizers", *[step if isinstance(step, dict) else {"type": step} for step in steps])


# Each: the model, its settings, the normalizer, the pre-tokenizer, the decoder, more added tokens.
FILES = {
    "llama2-style": ("BPE", dict(byte_fallback=True, fuse_unk=True), norm({"type": "Prepend", "prepend": "▁"}, TO_MARKS), None,
                     sequence("decoders", *FROM_MARKS, STRIP), [dict(content="<mark>", normalized=True)]),
    "llama2-metaspace": ("BPE", dict(byte_fallback=True, fuse_unk=True), None,
                         {**METASPACE, "prepend_scheme": "first", "split": False}, sequence("decoders", *FROM_MARKS, STRIP),
                         [dict(content="<mark>", normalized=True), dict(content="half", single_word=True)]),
    "unfused": ("BPE", dict(fuse_unk=False, ignore_merges=True), norm("NFD", "StripAccents"), pre("WhitespaceSplit", "Punctuation"),
                None, [dict(content="<l>", lstrip=True), dict(content="<r>", rstrip=True)]),
    "clip-style": ("BPE", dict(end_of_word_suffix="</w>", unk_token="</s>"),
                   norm("NFC", {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, "Lowercase"),
                   pre(split(CLIP, "Removed", True), {**BYTE_LEVEL, "add_prefix_space": False}),
                   {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}, []),
    "word-ends": ("BPE", dict(end_of_word_suffix="</w>"), norm("NFKC"), "BertPreTokenizer", {"type": "BPEDecoder", "suffix": "</w>"}, []),
    "continued": ("BPE", dict(continuing_subword_prefix="##"), {"type": "BertNormalizer", "clean_text": True,
                  "handle_chinese_chars": True, "strip_accents": None, "lowercase": False}, "BertPreTokenizer",
                  {"type": "WordPiece", "prefix": "##", "cleanup": False}, []),
    "roberta-style": ("BPE", dict(unk_token=None), None, BYTE_LEVEL, BYTE_LEVEL,
                      [dict(content="<mask>", lstrip=True, special=True), dict(content="é!", normalized=True)]),
    "patterns": ("BPE", dict(), None, pre(
        split(r"(?i:'s|'t)|(?<=[a-z])(?=[A-Z])|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{Nd}{1,3}(?=(?:\d{3})*\b)|\s+(?!\S)|\s+"),
        split("-", "MergedWithNext", False, "String"), split(r"[aeiou]{2}", "Contiguous"), split(r"\p{P}", "MergedWithPrevious")),
        sequence("decoders", {"type": "Fuse"}), []),
    "digits": ("BPE", dict(fuse_unk=True), norm("NFKD", "Nmt", {"type": "Strip", "strip_left": True, "strip_right": False}), pre(
        {"type": "Digits", "individual_digits": False}, {"type": "CharDelimiterSplit", "delimiter": "e"}, "Whitespace"), None, []),
    "t5-style": ("Unigram", dict(), None, METASPACE, METASPACE, [dict(content="<extra_id_0>", lstrip=True, rstrip=True)]),
    "unigram-bytes": ("Unigram", dict(byte_fallback=True), norm("NFKC"), pre({**METASPACE, "prepend_scheme": "never"}),
                      sequence("decoders", {"type": "ByteFallback"}, {**METASPACE, "prepend_scheme": "never"}), []),
    "uncased": ("WordPiece", dict(continuing_subword_prefix="##", max_input_chars_per_word=12), {
        "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "BertPreTokenizer", {"type": "WordPiece", "prefix": "##", "cleanup": True}, []),
    "words": ("WordLevel", dict(), "Lowercase", "Whitespace", None, [dict(content="kv-cache", normalized=True, single_word=True)]),
    "words-of-bytes": ("WordLevel", dict(), "ByteLevel", {"type": "Punctuation", "behavior": "Contiguous"}, None, []),
}


def part(value):
    return {"type": value} if isinstance(value, str) else value


def trained_model(kind, settings, normalizer, pre_tokenizer):
    """The member `model`, trained on text as the file's own steps cut it."""
    settings = {"unk_token": "<unk>", **settings} if kind != "Unigram" else dict(settings)
    prefixes = {name: settings[name] for name in ("continuing_subword_prefix", "end_of_word_suffix") if settings.get(name)}
    specials = SPECIALS + (BYTES if settings.get("byte_fallback") else [])
    trainer = {
        "BPE": lambda: trainers.BpeTrainer(vocab_size=SIZE, limit_alphabet=250, special_tokens=specials, show_progress=False, **prefixes),
        "Unigram": lambda: trainers.UnigramTrainer(vocab_size=SIZE, special_tokens=specials, unk_token="<unk>", show_progress=False),
        "WordPiece": lambda: trainers.WordPieceTrainer(vocab_size=SIZE, limit_alphabet=250, special_tokens=specials, show_progress=False),
        "WordLevel": lambda: trainers.WordLevelTrainer(vocab_size=SIZE, special_tokens=specials, show_progress=False)}[kind]()
    empty = {"type": kind, "vocab": [] if kind == "Unigram" else {}, "unk_id": None, "unk_token": "<unk>", "merges": [],
             "continuing_subword_prefix": prefixes.get("continuing_subword_prefix", "##" if kind == "WordPiece" else None),
             "end_of_word_suffix": prefixes.get("end_of_word_suffix"), "max_input_chars_per_word": 100}
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer or {"type": "Split", "pattern": {"Regex": "▁?[^▁]+"}, "behavior": "Isolated", "invert": False},
        "post_processor": None, "decoder": None, "model": empty}))
    tokenizer.train_from_iterator(corpus(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {**model, **settings}


def tokenizer_files(home):
    """Names, algorithms and files, trained where they are not there yet."""
    for name, (kind, settings, normalizer, pre_tokenizer, decoder, added) in FILES.items():
        path = home / "trained" / name / "tokenizer.json"
        if not path.exists():
            model = trained_model(kind, settings, part(normalizer), part(pre_tokenizer))
            count = len(model["vocab"])
            tokens = [dict(content=token, special=True) for token in SPECIALS] + added
            file = {
                "version": "1.0", "truncation": None, "padding": None,
                "added_tokens": [{
                    "id": index if index < len(SPECIALS) else count + index - len(SPECIALS), "single_word": False, "lstrip": False,
                    "rstrip": False, "normalized": False, "special": False, **token} for index, token in enumerate(tokens)],
                "normalizer": part(normalizer), "pre_tokenizer": part(pre_tokenizer), "post_processor": None,
                "decoder": part(decoder), "model": model}
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(file, ensure_ascii=False))
        yield name, kind, path

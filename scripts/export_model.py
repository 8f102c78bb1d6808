#!/usr/bin/env python3
"""Writes a Llama in GGUF with a byte-level BPE tokenizer as a Hugging Face folder: what vLLM and other gateways load.

Usage: scripts/export_model.py MODEL.gguf FOLDER

The weights are dequantised and stored in bfloat16. Needs the packages `gguf` and `tokenizers`. Names of GGUF's keys and
tensors: gguf-py's constants.py; of the folder's: Transformers' LlamaConfig; the file's format: safetensors' README.
"""

import json
import struct
import sys
from pathlib import Path

import gguf
import numpy
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

CONTROL_TOKEN = 3

TENSORS = {
    "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}


class Source:
    """A GGUF file's metadata and tensors."""

    def __init__(self, path):
        self.reader = gguf.GGUFReader(path)
        if self["general.architecture"] != "llama" or self["tokenizer.ggml.model"] != "gpt2":
            sys.exit(f"{path} is no Llama with a byte-level BPE tokenizer")

    def __getitem__(self, key):
        return self.reader.fields[key].contents()

    @property
    def names(self):
        return {tensor.name for tensor in self.reader.tensors}

    def tensors(self):
        """Names and weights as Transformers has them, in the file's order."""
        heads = {"attn_q": self["llama.attention.head_count"], "attn_k": self["llama.attention.head_count_kv"]}
        for tensor in self.reader.tensors:
            parts = tensor.name.removesuffix(".weight").split(".")
            weights = gguf.dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32)
            if parts[-1] in heads:
                weights = halves_first(weights, heads[parts[-1]])
            layer = f"model.layers.{parts[1]}." if parts[0] == "blk" else ""
            yield f"{layer}{TENSORS[parts[-1]]}.weight", weights


def halves_first(weights, heads):
    """Undoes llama.cpp's order of a head's rows, in which those that RoPE turns together stand side by side."""
    rows, columns = weights.shape
    return weights.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def bfloat16(values):
    """The upper halves of 32-bit floats, rounded to the nearest, ties to even."""
    bits = numpy.ascontiguousarray(values).view(numpy.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")


def write_weights(source, path):
    header, blocks, end = {}, [], 0
    for name, weights in source.tensors():
        block = bfloat16(weights).tobytes()
        header[name] = {"dtype": "BF16", "shape": list(weights.shape), "data_offsets": [end, end + len(block)]}
        blocks.append(block)
        end += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(blocks)


def write_tokenizer(source, folder):
    tokens, kinds = source["tokenizer.ggml.tokens"], source["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ", 1)) for merge in source["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={token: at for at, token in enumerate(tokens)}, merges=merges))
    # What llama.cpp calls "smollm": single digits apart, then GPT-2's pattern.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([
        AddedToken(token, special=True) for token, kind in zip(tokens, kinds) if kind == CONTROL_TOKEN])
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": tokens[source["tokenizer.ggml.bos_token_id"]],
        "eos_token": tokens[source["tokenizer.ggml.eos_token_id"]],
        "chat_template": source["tokenizer.chat_template"],
    })


def write_configuration(source, folder):
    write_json(folder / "config.json", {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "bfloat16",
        "hidden_act": "silu",
        "hidden_size": source["llama.embedding_length"],
        "intermediate_size": source["llama.feed_forward_length"],
        "num_hidden_layers": source["llama.block_count"],
        "num_attention_heads": source["llama.attention.head_count"],
        "num_key_value_heads": source["llama.attention.head_count_kv"],
        "max_position_embeddings": source["llama.context_length"],
        "rope_theta": source["llama.rope.freq_base"],
        "rms_norm_eps": source["llama.attention.layer_norm_rms_epsilon"],
        "vocab_size": len(source["tokenizer.ggml.tokens"]),
        "tie_word_embeddings": "output.weight" not in source.names,
        "bos_token_id": source["tokenizer.ggml.bos_token_id"],
        "eos_token_id": source["tokenizer.ggml.eos_token_id"],
    })


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    source, folder = Source(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    write_configuration(source, folder)
    write_tokenizer(source, folder)
    write_weights(source, folder / "model.safetensors")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the fixtures of ChatTemplatesTests: what Jinja2, set up as Transformers does, makes of templates.

    scripts/oracles/templates.py <folder of *.jinja files> Tests/ChatTemplatesTests/Fixtures
"""
import datetime
import json
import pathlib
import sys

import template_environment

if __name__ == "__main__":
    template_environment.enter()

import jinja2
import jinja2.ext
import jinja2.sandbox

import template_conversations
import template_snippets

NOW = datetime.datetime(2026, 7, 4, 9, 5, 3, 42)
NOW_SECONDS = int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp())
TRUSTED = {"bos_token": "<|bos|>", "eos_token": "<|eos|>", "pad_token": "<|pad|>", "unk_token": "<|unk|>"}


class Raised(jinja2.TemplateError):
    """What `raise_exception` raises."""


class Generation(jinja2.ext.Extension):
    """The tag `generation` as Transformers defines it, without the bookkeeping."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_render"), [], [], body).set_lineno(line)

    def _render(self, caller):
        return caller()


def environment():
    def raise_exception(message):
        raise Raised(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    result = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    result.filters["tojson"] = tojson
    result.globals["raise_exception"] = raise_exception
    result.globals["strftime_now"] = lambda format: NOW.strftime(format)
    return result


def compile_template(env, source):
    """The template, or nothing if it has an error."""
    try:
        return env.from_string(source)
    except Exception:
        return None


def render(template, variables):
    """The text, or the kind of the error."""
    if template is None:
        return None, "syntax"
    try:
        return template.render(**variables), None
    except Raised as error:
        return str(error), "raised"
    except Exception:
        return None, "runtime"


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def write_snippets(env, folder):
    snippets = []
    for group, sources in template_snippets.ALL:
        for source in sources:
            text, error = render(compile_template(env, source), template_snippets.CONTEXT)
            entry = {"group": group, "template": source}
            if error:
                entry["error"] = error
            if text is not None:
                entry["text"] = text
            snippets.append(entry)
    data = {"context": template_snippets.CONTEXT, "snippets": snippets}
    (folder / "snippets.json").write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n")


def write_models(env, sources, folder):
    cases = template_conversations.cases()
    templates = []
    for path in sorted(sources.glob("*.jinja")):
        content = path.read_bytes()
        template = compile_template(env, content.decode())
        results = []
        for case in cases:
            text, error = render(template, {**case["variables"], **TRUSTED})
            data = (text or "").encode()
            results.append(error or f"{fnv1a(data)} {len(data)}")
        templates.append({"file": path.name, "content": fnv1a(content), "results": results})
    lines = ",\n".join(json.dumps(template) for template in templates)
    cases_lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    trusted = json.dumps(TRUSTED)
    (folder / "models.json").write_text(
        f'{{"trusted": {trusted},\n"cases": [\n{cases_lines}\n],\n"templates": [\n{lines}\n]}}\n')


def main():
    sources, folder = map(pathlib.Path, sys.argv[1:])
    env = environment()
    write_snippets(env, folder)
    write_models(env, sources, folder)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures `ChatTemplates` beside `minijinja` (the Python package) and Jinja2: a chat of 20 messages with 8 tools.

Usage: scripts/bench/templates.py [--rounds N] [--all] [TEMPLATE...]

Every engine compiles a template once and then renders it again and again, in turns, in one run; the figure is
processor time per rendering, the median of the rounds. Their outputs are compared first.
  here       from the parsed request (JSON values) to the prompt's bytes with their origin
  minijinja  `render_template` of a template that the environment holds, from Python's objects to Python's string; it has
             no way to convert its context beforehand. `tojson` is its own where that gives Transformers' bytes, and
             Transformers' (`json.dumps`) elsewhere; "own tojson" is the time with its own, whatever that writes
  Jinja2     Transformers' environment, from Python's objects to Python's string
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts" / "oracles"), str(Path(__file__).parent)]

import template_environment  # noqa: E402
import template_workload  # noqa: E402

TEMPLATES = [
    "SmolLM2-135M-Instruct", "Qwen-Qwen2.5-7B-Instruct", "Qwen-Qwen3-0.6B", "Qwen3-Coder",
    "meta-llama-Llama-3.1-8B-Instruct", "deepseek-ai-DeepSeek-V3.1", "mistralai-Mistral-Nemo-Instruct-2407",
    "openai-gpt-oss-120b", "GLM-4.6", "moonshotai-Kimi-K2", "NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
    "google-gemma-4-31B-it", "MiniMax-M2", "microsoft-Phi-3.5-mini-instruct",
]
# A turn of one engine takes about so many seconds.
TURN = 0.02


class Python:
    """An engine in this process."""

    def __init__(self, render):
        self.render = render
        self.text = render()
        started = time.process_time()
        render()
        self.count = max(1, int(TURN / max(time.process_time() - started, 1e-6)))

    def turn(self):
        """Seconds of processor time for one rendering."""
        started = time.process_time()
        for _ in range(self.count):
            self.render()
        return (time.process_time() - started) / self.count


class Probe:
    """`ChatTemplates` in a process of its own."""

    def __init__(self, process, source, variables, trusted, now):
        self.process = process
        answer = self.ask({"source": source, "variables": variables, "trusted": trusted, **now})
        if "error" in answer:
            raise ValueError(answer["message"])
        self.text = answer["text"]
        self.count = max(1, int(TURN * 1e9 / max(self.ask({"repeat": 3})["nanoseconds"] / 3, 1)))

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def turn(self):
        return self.ask({"repeat": self.count})["nanoseconds"] / self.count / 1e9


def minijinja_engine(source, variables, now, own_tojson):
    import minijinja

    def raise_exception(message):
        raise ValueError(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = minijinja.Environment(trim_blocks=True, lstrip_blocks=True, pycompat=True)
    env.add_function("raise_exception", raise_exception)
    env.add_function("strftime_now", now.strftime)
    if not own_tojson:
        env.add_filter("tojson", tojson)
    env.add_template("chat", source)
    return Python(lambda: env.render_template("chat", **variables))


def attempt(make, *arguments):
    """An engine, or None where it cannot render the template."""
    try:
        return make(*arguments)
    except Exception:
        return None


def measure(name, source, process, rounds):
    """A line of the table; None where Jinja2 refuses the chat."""
    import templates
    variables = {**template_workload.VARIABLES, **templates.TRUSTED}
    template = templates.environment().from_string(source)
    reference = attempt(Python, lambda: template.render(**variables))
    if reference is None:
        return None
    now = {"now": templates.NOW_SECONDS, "microsecond": templates.NOW.microsecond}
    ours = Probe(process, source, template_workload.VARIABLES, templates.TRUSTED, now)
    assert ours.text == reference.text, f"{name}: not Jinja2's bytes"
    other = attempt(minijinja_engine, source, variables, templates.NOW, False)
    own = attempt(minijinja_engine, source, variables, templates.NOW, True)
    if own and own.text == reference.text:
        other = own
    times = {engine: [] for engine in (reference, ours, other, own) if engine}
    for _ in range(rounds):
        for engine, measured in times.items():
            measured.append(engine.turn())
    micros = {engine: statistics.median(measured) * 1e6 for engine, measured in times.items()}

    def cell(engine, form="{:.0f}"):
        return form.format(micros[engine]) if engine else "refuses"

    def ratio(engine):
        return f"{micros[engine] / micros[ours]:.1f}" if engine else ""

    note = "" if other is None or other.text == reference.text else " (other bytes)"
    slowest = min((micros[engine] for engine in (other, own) if engine), default=None)
    return (f"| {name} | {len(reference.text.encode()):,} | {cell(ours)} | {cell(other)}{note} | {cell(own)} "
            f"| {cell(reference)} | {f'{slowest / micros[ours]:.1f}' if slowest else ''} | {ratio(reference)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--all", action="store_true", help="every template of llama.cpp's collection")
    parser.add_argument("templates", nargs="*", metavar="TEMPLATE")
    arguments = parser.parse_args()
    template_environment.enter()
    sources = template_environment.sources()
    names = arguments.templates or (sources if arguments.all else TEMPLATES)
    process = subprocess.Popen([template_environment.PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print("| template | bytes | here, µs | minijinja, µs | own tojson, µs | Jinja2, µs | minijinja / here "
          "| Jinja2 / here |\n|---|---|---|---|---|---|---|---|")
    for name in names:
        line = measure(name, sources[name], process, arguments.rounds)
        if line:
            print(line, flush=True)


if __name__ == "__main__":
    main()

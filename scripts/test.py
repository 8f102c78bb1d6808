#!/usr/bin/env python3
"""Runs the built Swift tests and then the integration suite, and ends with the count of both on one line.

Usage: scripts/test.py --model FILE.gguf [PYTEST-ARGUMENT...]

`make test` calls this after its build; further arguments go to pytest.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def counts(report):
    """Passed, failed and skipped tests of a JUnit report; one that was not written counts as a failure."""
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return 0, 1, 0
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def run(name, command, report, **settings):
    """Runs a suite; a suite that fails with no failed test in its report counts one."""
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, **settings).returncode
    passed, failed, skipped = counts(report)
    if code != 0 and failed == 0:
        failed = 1
    seconds = time.monotonic() - started
    print(f"{name}: {passed} passed, {failed} failed, {skipped} skipped in {seconds:.1f} s\n", flush=True)
    return passed, failed, skipped


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    arguments, pytest_arguments = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        # SwiftPM puts the report of Swift Testing beside that of XCTest, under this name.
        swift = run(
            "swift", ["swift", "test", "-c", "release", "--skip-build", "--xunit-output", f"{folder}/swift.xml"],
            f"{folder}/swift-swift-testing.xml")
        python = run(
            "integration",
            [".drover/venv/bin/python3", "-m", "pytest", "Tests/Integration", "--junit-xml", f"{folder}/python.xml",
             *pytest_arguments],
            f"{folder}/python.xml",
            env={**os.environ, "DROVER_TEST_MODEL": str(Path(arguments.model).resolve())})
    passed, failed, skipped = (sum(pair) for pair in zip(swift, python))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

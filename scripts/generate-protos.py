#!/usr/bin/env python3
"""Writes the Swift messages of Sources/EngineWire/Generated from the .proto files beside them.

    scripts/generate-protos.py

Needs `protoc` (Debian: protobuf-compiler). Its Swift plugin is built from the swift-protobuf that SwiftPM has checked
out, so that messages and library are of one version.
"""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULE = ROOT / "Sources" / "EngineWire"
PROTOS = MODULE / "Protos"
GENERATED = MODULE / "Generated"
PLUGIN = "protoc-gen-swift"

# What the plugin imports, and what a pure module may.
FOUNDATION = """\
#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
"""
ESSENTIALS = "package import FoundationEssentials\n"


def main():
    protoc = shutil.which("protoc")
    if not protoc:
        sys.exit("protoc is missing: install protobuf-compiler")
    swift = ["swift", "build", "--configuration", "release"]
    subprocess.run([*swift, "--product", PLUGIN], cwd=ROOT, check=True)
    binaries = subprocess.run([*swift, "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    plugin = pathlib.Path(binaries.stdout.strip()) / PLUGIN
    for old in GENERATED.glob("*.pb.swift"):
        old.unlink()
    GENERATED.mkdir(exist_ok=True)
    subprocess.run(
        [
            protoc,
            f"--plugin={plugin}",
            f"--proto_path={PROTOS}",
            f"--swift_out={GENERATED}",
            "--swift_opt=Visibility=Package",
            "--swift_opt=UseAccessLevelOnImports=true",
            *sorted(path.name for path in PROTOS.glob("*.proto")),
        ],
        check=True,
    )
    for path in sorted(GENERATED.glob("*.pb.swift")):
        path.write_text(path.read_text().replace(FOUNDATION, ESSENTIALS))
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()

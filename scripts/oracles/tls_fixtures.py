#!/usr/bin/env python3
"""Makes the certificates of the TLS tests: an authority, and a server's and a client's certificate that it signed.

Usage: scripts/oracles/tls_fixtures.py <folder>

Needs the openssl program. The keys are made anew each time and are worth nothing outside the tests.
"""

import pathlib
import subprocess
import sys
import tempfile

DAYS = "36500"
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def make_key(path):
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)


def sign(folder, scratch, name, extension):
    make_key(folder / f"{name}-key.pem")
    request, extensions = scratch / "request.pem", scratch / "extensions"
    extensions.write_text(extension)
    openssl("req", "-new", "-key", folder / f"{name}-key.pem", "-subj", f"/CN={name}", "-out", request)
    openssl(
        "x509", "-req", "-in", request, "-CA", folder / "authority.pem", "-CAkey", scratch / "authority-key.pem",
        "-CAcreateserial", "-CAserial", scratch / "serial", "-days", DAYS, "-extfile", extensions,
        "-out", folder / f"{name}.pem")  # fmt: skip


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        make_key(scratch / "authority-key.pem")
        openssl(
            "req", "-x509", "-new", "-key", scratch / "authority-key.pem", "-subj", "/CN=test authority",
            "-days", DAYS, "-out", folder / "authority.pem")  # fmt: skip
        sign(folder, scratch, "server", f"{NAMES}\nextendedKeyUsage=serverAuth\n")
        sign(folder, scratch, "client", "extendedKeyUsage=clientAuth\n")


main()

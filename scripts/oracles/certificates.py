#!/usr/bin/env python3
"""Makes the certificates of all tests of TLS anew; they prove nothing to anyone and are valid for a hundred years.

Usage: scripts/oracles/certificates.py

Each folder gets an authority and what it signed for a server and for a client. The authorities' keys are not kept.
"""

import subprocess
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2] / "Tests"
PLAIN_FOLDERS = [TESTS / "RPCTransportTests" / "Fixtures", TESTS / "HTTPEngineTests" / "Fixtures"]
GATEWAY_FOLDER = TESTS / "GatewayTests" / "Fixtures" / "certificates"
DAYS = "36500"
NAMES = "subjectAltName=DNS:localhost,DNS:engine.test,IP:127.0.0.1"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Certificates:
    """The files of one folder."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def file(self, name):
        return self.folder / name

    def key(self, name):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.file(f"{name}.key"))

    def authority(self, name):
        self.key(name)
        openssl("req", "-x509", "-new", "-key", self.file(f"{name}.key"), "-days", DAYS, "-subj",
                f"/CN=Drover test {name}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign", "-out", self.file(f"{name}.pem"))

    def leaf(self, name, issuer, extensions):
        self.key(name)
        with tempfile.TemporaryDirectory() as scratch:
            request, added = Path(scratch, "request"), Path(scratch, "extensions")
            added.write_text("".join(f"{line}\n" for line in ["basicConstraints=critical,CA:FALSE", *extensions]))
            openssl("req", "-new", "-key", self.file(f"{name}.key"), "-subj", f"/CN=Drover test {name}",
                    "-out", request)
            openssl("x509", "-req", "-in", request, "-CA", self.file(f"{issuer}.pem"), "-CAkey",
                    self.file(f"{issuer}.key"), "-set_serial", f"0x{name.encode().hex()}", "-days", DAYS, "-extfile",
                    added, "-out", self.file(f"{name}.pem"))

    def basis(self):
        """What every folder has; the authority's key is still there."""
        self.authority("authority")
        self.leaf("server", "authority", [NAMES, "extendedKeyUsage=serverAuth"])
        self.leaf("client", "authority", ["extendedKeyUsage=clientAuth"])

    def remove(self, *names):
        for name in names:
            self.file(name).unlink()


def main():
    for folder in PLAIN_FOLDERS:
        plain = Certificates(folder)
        plain.basis()
        plain.remove("authority.key")
    gateway = Certificates(GATEWAY_FOLDER)
    gateway.basis()
    gateway.authority("stranger")
    gateway.leaf("impostor", "stranger", ["extendedKeyUsage=clientAuth"])
    openssl("pkey", "-in", gateway.file("server.key"), "-aes-256-cbc", "-passout", "pass:secret",
            "-out", gateway.file("encrypted.key"))
    gateway.remove("authority.key", "stranger.key", "stranger.pem")


if __name__ == "__main__":
    main()

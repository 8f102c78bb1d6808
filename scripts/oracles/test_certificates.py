#!/usr/bin/env python3
"""Makes the certificates that tests of TLS use, anew; they prove nothing to anyone and never expire in practice."""

import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Tests" / "GatewayTests" / "Fixtures" / "certificates"
DAYS = "36500"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def key(name):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", FOLDER / f"{name}.key")


def authority(name):
    key(name)
    openssl("req", "-x509", "-new", "-key", FOLDER / f"{name}.key", "-days", DAYS, "-subj", f"/CN=Drover test {name}",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
            "-out", FOLDER / f"{name}.pem")


def leaf(name, issuer, extensions):
    key(name)
    with tempfile.TemporaryDirectory() as scratch:
        request, added = Path(scratch, "request"), Path(scratch, "extensions")
        added.write_text("".join(f"{line}\n" for line in ["basicConstraints=critical,CA:FALSE", *extensions]))
        openssl("req", "-new", "-key", FOLDER / f"{name}.key", "-subj", f"/CN={name}", "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", FOLDER / f"{issuer}.pem", "-CAkey", FOLDER / f"{issuer}.key",
                "-set_serial", f"0x{sum(name.encode()):x}", "-days", DAYS, "-extfile", added,
                "-out", FOLDER / f"{name}.pem")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    authority("authority")
    authority("stranger")
    leaf("server", "authority", ["subjectAltName=DNS:localhost,IP:127.0.0.1", "extendedKeyUsage=serverAuth"])
    leaf("client", "authority", ["extendedKeyUsage=clientAuth"])
    leaf("impostor", "stranger", ["extendedKeyUsage=clientAuth"])
    openssl("pkey", "-in", FOLDER / "server.key", "-aes-256-cbc", "-passout", "pass:secret",
            "-out", FOLDER / "encrypted.key")
    for unneeded in ["authority.key", "stranger.key", "stranger.pem"]:
        (FOLDER / unneeded).unlink()


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Writes the certificates of the TLS tests into $1: an authority, and what it signed for a server and for a client.
#
#   scripts/oracles/certificates.sh Tests/RPCTransportTests/Fixtures
#   scripts/oracles/certificates.sh Tests/HTTPEngineTests/Fixtures
set -euo pipefail
cd "$1"
days=36500
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1"; }

key "$work/authority.key"
openssl req -x509 -new -key "$work/authority.key" -days "$days" -subj "/CN=Drover test authority" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" -out authority.pem
for name in server client; do
  key "$name.key"
  openssl req -new -key "$name.key" -subj "/CN=Drover test $name" -out "$work/$name.csr"
  printf 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:engine.test,IP:127.0.0.1\n' > "$work/$name.ext"
  openssl x509 -req -in "$work/$name.csr" -CA authority.pem -CAkey "$work/authority.key" -set_serial "0x$(openssl rand -hex 8)" \
    -days "$days" -extfile "$work/$name.ext" -out "$name.pem" 2>/dev/null
done

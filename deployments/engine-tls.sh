#!/bin/sh
# Makes what TLS between the engine and its clients needs: an authority of its own (ca.crt, ca.key) and the engine's
# certificate (engine.crt, engine.key). Run again it keeps the authority and renews the certificate; the engine notices
# within a minute. Keep ca.key where the platform does not run. With a service's name instead it makes that service's own
# certificate, for an engine that asks for one (ENGINE_TLS_CLIENT_CA).
#
#   deployments/engine-tls.sh DIRECTORY [NAME...]     `engine` by default; more names and addresses that clients use
set -eu
directory=$1
shift
[ $# -gt 0 ] || set -- engine
umask 077
mkdir -p "$directory"
cd "$directory"

if [ ! -f ca.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=market-intel-brain engine authority" -keyout ca.key -out ca.crt
fi
names=
for name in "$@"; do
  case $name in *[!0-9.]*) names="$names,DNS:$name" ;; *) names="$names,IP:$name" ;; esac
done
printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\n' "${names#,}" > "$1.ext"
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key.new" -out "$1.csr"
openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile "$1.ext" -out "$1.crt.new"
mv "$1.key.new" "$1.key"
mv "$1.crt.new" "$1.crt"
rm -f "$1.csr" "$1.ext"
# The authority's certificate is public; the key is for its process alone (uid 1000 in the image).
chmod 644 ca.crt "$1.crt"
chmod 600 "$1.key"

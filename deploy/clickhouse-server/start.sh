#!/bin/sh
# Starts the image's own entrypoint. users.d/huiyu.xml takes hashes from variables: the passwords stay in their files.
set -eu

hash_of() {
    password=$(cat "/run/secrets/$1") || exit 1
    test -n "$password" || { echo "the secret $1 is empty" >&2; exit 1; }
    printf %s "$password" | sha256sum | cut -d ' ' -f 1
}

CLICKHOUSE_HUIYU_SHA256=$(hash_of clickhouse_password)
CLICKHOUSE_ANALYST_SHA256=$(hash_of clickhouse_analyst_password)
export CLICKHOUSE_HUIYU_SHA256 CLICKHOUSE_ANALYST_SHA256
exec /entrypoint.sh "$@"

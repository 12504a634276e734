#!/bin/sh
# Run once by the PostgreSQL image: makes the program's own login, which owns
# nothing. "saebaan migrate" gives it its rights.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$(cat /run/secrets/postgres_app)" <<'SQL'
CREATE ROLE saebaan_app LOGIN PASSWORD :'password';
SQL

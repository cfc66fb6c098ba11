#!/bin/sh
# schema print and migrate on a real MariaDB or PostgreSQL, started here in a folder of its own: the
# statements run, rows keep their values, and a scan of the dumped schema finds no difference.
# Without the server the test is skipped, unless BILLING_MUST_RUN names it.
#
#   schema_servers.sh METERLINT mariadb|postgres
set -u
meterlint=$1 engine=$2
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 2
PATH=$PATH:/usr/sbin
for bin in /usr/lib/postgresql/*/bin; do PATH=$PATH:$bin; done
server=

absent() {
    case " ${BILLING_MUST_RUN:-} " in
    *" $engine "*) fault "no $engine here" && finish ;;
    esac
    echo "no $engine here"
    exit 77
}

# until_up COMMAND...: waits half a minute at most.
until_up() {
    for _ in $(seq 150); do
        "$@" >"$work/said" 2>&1 && return 0
        sleep 0.2
    done
    fault "$engine does not start" "$work/said"
    finish
}

stop() {
    [ -n "$server" ] && kill "$server" && wait "$server"
    rm -rf "$work"
}
trap stop EXIT

case $engine in
mariadb)
    dialect=mysql
    command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null || absent
    mkdir scratch # of its own: a server that starts empties the folder for temporary tables
    mariadb-install-db --no-defaults --datadir="$work/data" --tmpdir="$work/scratch" --force \
        --auth-root-authentication-method=normal --skip-test-db >install.log 2>&1 || absent
    as_root=$([ "$(id -u)" = 0 ] && echo --user=root)
    mariadbd --no-defaults $as_root --datadir="$work/data" --tmpdir="$work/scratch" --socket="$work/socket" \
        --skip-networking --skip-log-bin >server.log 2>&1 &
    server=$!
    client() { mariadb --no-defaults -uroot --socket="$work/socket" -N -B "$@"; }
    until_up client -e 'SELECT 1'
    create() { client -e "CREATE DATABASE $1"; }
    into() { client "$1"; }
    dump() { mariadb-dump --no-defaults -uroot --socket="$work/socket" --no-data "$1"; }
    ;;
postgres)
    dialect=postgres
    command -v initdb >/dev/null && command -v postgres >/dev/null && command -v psql >/dev/null || absent
    user() { "$@"; }
    if [ "$(id -u)" = 0 ]; then # it refuses to run as root
        command -v setpriv >/dev/null || absent
        chmod 711 "$work"
        mkdir pg && chown nobody pg
        user() { setpriv --reuid nobody --clear-groups "$@"; }
    fi
    mkdir -p pg
    user initdb -D "$work/pg/data" -A trust -U tester >install.log 2>&1 || absent
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid nobody --clear-groups postgres -D "$work/pg/data" -k "$work/pg" -h '' >server.log 2>&1 &
    else
        postgres -D "$work/pg/data" -k "$work/pg" -h '' >server.log 2>&1 &
    fi
    server=$!
    client() { psql -X -q -A -t -F '	' -v ON_ERROR_STOP=1 -h "$work/pg" -U tester "$@"; }
    until_up client postgres -c 'SELECT 1'
    create() { client postgres -c "CREATE DATABASE $1"; }
    into() { client "$1"; }
    dump() { pg_dump -h "$work/pg" -U tester -s "$1"; }
    ;;
*) echo "usage: schema_servers.sh METERLINT mariadb|postgres"; exit 2 ;;
esac

# closed NAME: the dump of database NAME has no difference to the reference.
closed() {
    rm -rf dumped && mkdir dumped
    dump "$1" >dumped/schema.sql 2>"$work/said" || fault "$1: no dump" "$work/said"
    run 0 "$1: second scan" "$meterlint" schema diff --dialect $dialect dumped
    says '^no difference'
    run 0 "$1: second migration" "$meterlint" schema migrate --dialect $dialect dumped
    says 'nothing to do'
}

create complete
"$meterlint" schema print --dialect $dialect | into complete >"$work/said" 2>&1 || fault "print does not run" "$work/said"
closed complete

mkdir poor
case $engine in
mariadb)
    cat >poor/001.sql <<'SQL'
CREATE TABLE ai_model_usage (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT NOT NULL,
  model_id BIGINT NOT NULL, request_id VARCHAR(64) NOT NULL, usage_type VARCHAR(16) NOT NULL, input_tokens BIGINT,
  total_tokens INT, cost DECIMAL, status VARCHAR(16) NOT NULL, created_at DATETIME NOT NULL) ENGINE=InnoDB;
CREATE TABLE ai_billing_records (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT, usage_id BIGINT NOT NULL,
  billing_type ENUM('token', 'count') DEFAULT 'token', total_cost DECIMAL(20,4) NOT NULL, unit_price DOUBLE,
  input_price DECIMAL(14,12), currency CHAR(3) NOT NULL, note VARCHAR(40),
  FOREIGN KEY (usage_id) REFERENCES ai_model_usage (id) ON DELETE CASCADE) ENGINE=InnoDB;
CREATE TABLE ai_billing_monthly_summary (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT NOT NULL,
  billing_cycle CHAR(7) NOT NULL, billing_type VARCHAR(16) NOT NULL, currency CHAR(3) NOT NULL,
  total_cost DECIMAL(10,6) NOT NULL) ENGINE=InnoDB;
SQL
    ;;
postgres)
    cat >poor/001.sql <<'SQL'
CREATE TABLE ai_model_usage (id BIGSERIAL PRIMARY KEY, user_id BIGINT NOT NULL, model_id BIGINT NOT NULL,
  request_id VARCHAR(64) NOT NULL, usage_type VARCHAR(16) NOT NULL, total_tokens INTEGER, cost REAL,
  status VARCHAR(16) NOT NULL, created_at TIMESTAMPTZ NOT NULL);
CREATE TABLE ai_billing_records (id BIGSERIAL PRIMARY KEY, user_id BIGINT,
  usage_id BIGINT NOT NULL REFERENCES ai_model_usage (id) ON DELETE CASCADE,
  billing_type VARCHAR(16) CHECK (billing_type IN ('token', 'count')), total_cost NUMERIC(30,4) NOT NULL,
  unit_price DOUBLE PRECISION, currency CHAR(3) NOT NULL, note VARCHAR(40));
SQL
    ;;
esac
create poor
into poor <poor/001.sql
[ $engine = postgres ] || into poor <<'SQL'
INSERT INTO ai_model_usage (id, user_id, model_id, request_id, usage_type, cost, status, created_at)
  VALUES (1, 7, 1, 'r1', 'text', 1, 'success', '2026-01-02 03:04:05');
INSERT INTO ai_billing_records (id, user_id, usage_id, billing_type, total_cost, unit_price, currency, note)
  VALUES (3, 7, 1, 'token', 12.3456, 0.25, 'USD', 'kept');
SQL
run 1 "poor: first scan" "$meterlint" schema diff --dialect $dialect poor
"$meterlint" schema migrate --dialect $dialect poor >migration.sql
into poor <migration.sql >"$work/said" 2>&1 || fault "the migration does not run" "$work/said"
closed poor
seen=$(echo 'SELECT id, usage_id, total_cost, unit_price, note FROM ai_billing_records' | into poor)
[ $engine = postgres ] || [ "$seen" = '3	1	12.345600000000	0.250000000000	kept' ] ||
    fault "not the values that were: $seen"

finish

#!/bin/sh
# The ledger on a cluster: three MariaDB Galera nodes on loopback.
#
#   sh billing-core/tests/galera.sh BIN     BIN holds billing and billing_conformance_test
#
# Runs the conformance suite with its writers spread over two nodes, then lets
# two writers work through two nodes at once and kills one node under them:
# nothing acknowledged may be lost, nothing doubled. Needs Debian's
# mariadb-server, galera-4 and rsync. As root everything runs as user mysql in a
# folder it owns, because the state transfer refuses to run as root. Ends with
# 77 where the packages are missing.
set -eu
bin=${1:?the folder of the programs}
provider=/usr/lib/galera/libgalera_smm.so
PATH=$PATH:/usr/sbin:/usr/bin
for need in mariadbd mariadb-install-db rsync; do
    command -v "$need" >/dev/null || { echo "galera: $need is missing"; exit 77; }
done
[ -e "$provider" ] || { echo "galera: $provider is missing"; exit 77; }

dir=$(mktemp -d /tmp/billing-galera-XXXXXX)
port=$((20000 + $$ % 20000))
kill_node() { # kill_node NODE: the server itself, by the id it wrote down
    [ ! -s "$dir/$1.pid" ] || kill -9 "$(cat "$dir/$1.pid")" 2>/dev/null || true
}
finish() {
    for node in 1 2 3; do kill_node $node; done # nothing here is to be kept
    wait 2>/dev/null || true
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

run_as() { # run_as COMMAND...: the server's user, if we are root
    if [ "$(id -u)" = 0 ]; then setpriv --reuid mysql --regid mysql --clear-groups "$@"; else "$@"; fi
}
[ "$(id -u)" != 0 ] || chown mysql "$dir"

peers=127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2)),127.0.0.1:$((port + 3))
configure() { # configure NODE
    cat >"$dir/$1.cnf" <<END
[mysqld]
datadir=$dir/$1
tmpdir=$dir/$1.tmp
socket=$dir/$1.sock
pid-file=$dir/$1.pid
log-error=$dir/$1.log
port=$((port + 10 + $1))
bind-address=127.0.0.1
binlog_format=ROW
innodb_autoinc_lock_mode=2
innodb_buffer_pool_size=64M
innodb_flush_log_at_trx_commit=0
innodb_lock_wait_timeout=5
wsrep_on=ON
wsrep_provider=$provider
wsrep_cluster_name=billing$$
wsrep_cluster_address=gcomm://$peers
wsrep_node_name=node$1
wsrep_node_address=127.0.0.1:$((port + $1))
wsrep_sst_method=rsync
wsrep_sst_receive_address=127.0.0.1:$((port + 20 + $1))
wsrep_provider_options=gmcast.listen_addr=tcp://127.0.0.1:$((port + $1));ist.recv_addr=127.0.0.1:$((port + 30 + $1))
END
}
start() { # start NODE [OPTION]: returns once the node is synced
    node=$1
    shift
    run_as mariadbd --defaults-file="$dir/$node.cnf" "$@" >"$dir/$node.out" 2>&1 &
    for _ in $(seq 300); do
        state=$(mariadb --no-defaults -u root -S "$dir/$node.sock" -N -B \
            -e "SHOW STATUS LIKE 'wsrep_local_state_comment'" 2>/dev/null | cut -f 2) || state=
        [ "$state" != Synced ] || return 0
        sleep 0.2
    done
    echo "galera: node $node does not start"
    tail -n 20 "$dir/$node.log"
    exit 1
}

for node in 1 2 3; do
    configure $node
    run_as mkdir "$dir/$node.tmp"
    run_as mariadb-install-db --no-defaults --datadir="$dir/$node" --tmpdir="$dir/$node.tmp" --auth-root-authentication-method=normal \
        --force --skip-test-db >"$dir/install.log" 2>&1 || { cat "$dir/install.log"; exit 1; }
done
start 1 --wsrep-new-cluster
start 2
start 3
echo "galera: three nodes, cluster size $(mariadb --no-defaults -u root -S "$dir/1.sock" -N -B \
    -e "SHOW STATUS LIKE 'wsrep_cluster_size'" | cut -f 2)"

BILLING_TEST_SOCKETS="$dir/1.sock $dir/2.sock" "$bin/billing_conformance_test" mariadb >"$dir/suite.log" 2>&1 ||
    { cat "$dir/suite.log"; exit 1; }
tail -n 1 "$dir/suite.log"

# ---- two writers, one node dies ----
db() { echo "mariadb:///traffic?socket=$dir/$1.sock&user=root&timeout=3"; }
mariadb --no-defaults -u root -S "$dir/1.sock" -e "CREATE DATABASE traffic"
"$bin/billing" init --db "$(db 1)" >/dev/null
"$bin/billing" price set draw --type count --unit-price 0.01 --from 2025-01-01 --db "$(db 1)" >/dev/null
lines() { # lines WRITER COUNT
    i=0
    while [ $i -lt "$2" ]; do
        i=$((i + 1))
        echo "{\"request_id\":\"w$1-$i\",\"user_id\":$1,\"model\":\"draw\",\"method\":\"generateImage\",\"image_count\":1,\"occurred_at\":\"2025-01-21\"}"
    done
}
count=${BILLING_LOAD:-3000}
for writer in 2 3; do
    lines $writer "$count" >"$dir/in.$writer"
done
for writer in 2 3; do
    : >"$dir/out.$writer"
    "$bin/billing" record "$dir/in.$writer" --db "$(db $writer)" >"$dir/out.$writer" 2>"$dir/err.$writer" &
    eval "writer$writer=$!"
done
for _ in $(seq 200); do
    [ "$(wc -l <"$dir/out.3")" -lt 300 ] || break
    sleep 0.05
done
kill_node 3
wait "$writer3" && echo "galera: writer 3 had finished before its node died" || true
wait "$writer2" || { cat "$dir/err.2"; exit 1; }
sort -u "$dir/out.3" | wc -l >"$dir/acked"
echo "galera: node 3 killed after it had acknowledged $(cat "$dir/acked") of $count"

# what was acknowledged must be there: said again to node 1, each is "as before"
grep -c . "$dir/out.3" >/dev/null || { echo "galera: nothing was acknowledged"; exit 1; }
"$bin/billing" record "$dir/in.3" --db "$(db 1)" >"$dir/again.3"
cut -d : -f 1 "$dir/out.3" | sort -u >"$dir/names.acked"
grep 'as before' "$dir/again.3" | cut -d : -f 1 | sort -u >"$dir/names.kept"
lost=$(comm -23 "$dir/names.acked" "$dir/names.kept" | wc -l)
rows=$(mariadb --no-defaults -u root -S "$dir/2.sock" -N -B -e 'SELECT COUNT(*) FROM traffic.ai_billing_records')
distinct=$(mariadb --no-defaults -u root -S "$dir/2.sock" -N -B -e 'SELECT COUNT(DISTINCT usage_id) FROM traffic.ai_billing_records')
"$bin/billing" reconcile --db "$(db 2)" >"$dir/reconcile" || { cat "$dir/reconcile"; exit 1; }
echo "galera: $lost lost, $rows bills of $((2 * count)) calls, $distinct distinct, $(cat "$dir/reconcile")"
[ "$lost" = 0 ] && [ "$rows" = $((2 * count)) ] && [ "$distinct" = "$rows" ]

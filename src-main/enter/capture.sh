#podglass:capture/1
# Packets of a net namespace, as a pcap file on stdout, until stdin ends. Arguments: SECONDS (the longest, whoever asks),
# bytes kept of a packet, a filter as tcpdump takes it (or ""), the same in perl and in python3 for a node without
# tcpdump, and the namespace as open_namespace takes it (namespaces.sh). Nothing is written anywhere.
set -uf
may_enter
seconds=$1 snap=$2 filter=$3 perl=$4 python=$5
open_namespace "$6" "$7" "$8" "$9"
if command -v tcpdump >/dev/null; then
  limit=
  # Old busybox has another grammar for it; then the end of stdin is the only end.
  if timeout 5 true 2>/dev/null; then limit="timeout $seconds"; fi
  echo "by tcpdump" >&2
  # shellcheck disable=SC2086
  nsenter $flags -- $limit tcpdump -i any -n -U -s "$snap" -w - -- ${filter:+"$filter"} </dev/null &
  child=$!
  # A shell gives its background an empty stdin before anything else: ours goes there by another number.
  exec 9<&0
  {
    cat >/dev/null
    kill -TERM "$child"
  } <&9 2>/dev/null &
  watcher=$!
  wait "$child"
  code=$?
  kill "$watcher" 2>/dev/null
  # 124: timeout ended it. 143: TERM did.
  case $code in 124 | 143) exit 0 ;; esac
  exit "$code"
fi
[ -z "$filter" ] || no "there is no tcpdump on this node, and without it nothing there understands a filter: capture without --filter, and filter when you read (tcpdump -r FILE EXPRESSION)"
if command -v perl >/dev/null; then
  echo "by a packet socket of perl, since the node has no tcpdump" >&2
  there perl -e "$perl" "$seconds" "$snap"
elif command -v python3 >/dev/null; then
  echo "by a packet socket of python3, since the node has no tcpdump" >&2
  there python3 -c "$python" "$seconds" "$snap"
else
  no "there is neither tcpdump nor perl nor python3 on this node: nothing can be captured"
fi

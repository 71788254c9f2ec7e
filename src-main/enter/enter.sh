#podglass:enter/1
# Runs a program in namespaces of others. Arguments: ROWS COLUMNS TERM (empty: no terminal is made for us), how many
# namespaces, then of each four as open_namespace takes them (namespaces.sh). Then the program and its words; none: a
# shell. Nothing is written anywhere.
set -uf
# A terminal that was raw for us (transport/script.ts) becomes a person's. As it was before would not do: where the
# system's ssh shares a connection and has no terminal itself, it makes one whose modes are all off (OpenSSH, mux.c).
if [ -n "$1" ]; then
  stty sane
  stty iutf8 2>/dev/null
  stty rows "$1" columns "$2" 2>/dev/null
fi
case ${TERM:-dumb} in dumb) [ -z "$3" ] || export TERM="$3" ;; esac
shift 3
may_enter
count=$1
shift
while [ "$count" -gt 0 ]; do
  open_namespace "$1" "$2" "$3" "$4"
  shift 4
  count=$((count - 1))
done
if [ $# -eq 0 ]; then
  set -- sh
  # A shell of the node's own where the programs are the node's; in a mnt namespace, what every image with a shell has.
  [ -n "$inside" ] || [ ! -x "${SHELL:-/nowhere}" ] || set -- "$SHELL"
fi
# The terminal's own signals go to all that stand on it: we stay for the status.
trap : INT QUIT
there "$@"
code=$?
trap - INT QUIT
if [ -n "$watch" ] && [ "$(start_of "$watch")" != "$since" ]; then
  echo "podglass: process $watch of the pod has ended meanwhile; what it alone held has ended with this" >&2
fi
exit "$code"

#podglass:lab-bench/1
# One round of one kind: makes pods by up.sh (make_pod, put before this by bench.ts), measures them, takes them away.
# shellcheck disable=SC2046,SC2086,SC2154
# arguments: prefix pods sandbox pause-x86_64 pause-aarch64 now
enter_first_mounts "$@"
prefix=$1 count=$2 sandbox=$3 elf_a=$4 elf_b=$5 now=$6
[ "$(id -u)" = 0 ] || refuse privilege "making pods needs root"
cleanup() {
  code=$?
  trap '' EXIT
  set +e
  i=1
  while [ "$i" -le "$count" ]; do
    remove_pod "$prefix-$i" "$RUN/pins/none"
    i=$((i + 1))
  done
  exit "$code"
}
trap cleanup EXIT
trap 'exit 12' HUP INT TERM PIPE
account_for "$prefix-shell"

say step create
before=$(charged)
used=$(cpu_usec)
begun=$(clock)
i=1
while [ "$i" -le "$count" ]; do
  make_pod "$prefix-$i" "$sandbox" 1 0 0 0 0 0 "$RUN/pins/none" "$elf_a" "$elf_b" "$now" "" >/dev/null || fail "pod $i of $count could not be made"
  i=$((i + 1))
done
say fact createMs $((($(clock) - begun) * 10))
create=$(($(cpu_usec) - used))
say fact chargedBytes $(($(charged) - before))

set -- $ROOTS
say fact cgroups "$(find "$1/podglass-lab" -mindepth 1 -type d -path "*/$prefix-[0-9]*" | wc -l)"
set -- $(cat "$1"/podglass-lab/"$prefix"-[0-9]*/*/cgroup.procs)
tell_memory "$@"
tell_mounts "$LAB" "$@"

say step remove
used=$(cpu_usec)
begun=$(clock)
i=1
while [ "$i" -le "$count" ]; do
  remove_pod "$prefix-$i" "$RUN/pins/none"
  i=$((i + 1))
done
say fact removeMs $((($(clock) - begun) * 10))
say fact nodeCpuMs $(((create + $(cpu_usec) - used) / 1000))

# What the benches share, behind the lab's common.sh: the way of one round, and what is measured.
# A bench has make NAME, remove NAME and members, sets $own_groups and $charge if it can, and calls run_bench.
# shellcheck disable=SC2034,SC2046,SC2086,SC2154

# One round. Whatever ends it takes all away again: its end, a failure, a signal, and its asker's silence.
run_bench() { # PREFIX PODS RUNTIME CTR-NAMESPACE
  prefix=$1 count=$2 shell=$1-shell
  [ "$(id -u)" = 0 ] || refuse privilege "making pods needs root"
  need_name "$prefix"
  made=0 doing='' watcher=''
  trap leave_bench EXIT
  trap 'exit 12' HUP INT TERM PIPE
  watch_asker
  own_folder "$RUN"
  make_folder "$LAB/$shell/pins"
  pins=$LAB/$shell/pins
  say "$$ $(start_of $$) $count $3 ${4:-}" >"$LAB/$shell/bench"
  for root in $ROOTS; do
    make_folder "$root/podglass-lab/$shell"
    printf '%s' $$ >"$root/podglass-lab/$shell/cgroup.procs"
  done

  doing=create
  say step create
  [ -z "${charge:-}" ] || before=$(charged)
  used=$(cpu_usec)
  begun=$(clock)
  while [ "$made" -lt "$count" ]; do
    made=$((made + 1))
    make "$prefix-$made"
    say at "$made"
  done
  say fact createMs $((($(clock) - begun) * 10))
  create=$(($(cpu_usec) - used))
  [ -z "${charge:-}" ] || say fact chargedBytes $(($(charged) - before))

  doing=measure
  set -- $(members)
  tell_memory "$@"
  tell_mounts "$@"
  tell_groups "$@"

  doing=remove
  say step remove
  used=$(cpu_usec)
  begun=$(clock)
  while [ "$made" -gt 0 ]; do
    remove "$prefix-$made"
    made=$((made - 1))
    say at "$((count - made))"
  done
  say fact removeMs $((($(clock) - begun) * 10))
  say fact nodeCpuMs $(((create + $(cpu_usec) - used) / 1000))
}
# Nobody can say goodbye who was killed, or whose line was cut: our stdin ends then, and only then.
watch_asker() {
  own=$(start_of $$)
  exec 3<&0 </dev/null
  {
    while read -r _ <&3; do :; done
    [ "$(start_of $$)" != "$own" ] || kill -HUP $$
  } >/dev/null 2>&1 &
  watcher=$!
  exec 3<&-
}
leave_bench() {
  code=$?
  trap '' EXIT HUP INT TERM PIPE
  set +e
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null
  case $doing-$code in
    -* | *-0 | *-12 | remove-11) ;;
    create-*) say no failed "pod $made of $count could not be made: $(tail -n 1 "$LAB/$shell/words" 2>/dev/null)" ;;
    *) say no failed "the round ended with status $code at $doing" ;;
  esac
  while [ "$made" -gt 0 ]; do
    remove "$prefix-$made"
    made=$((made - 1))
  done
  # Out of our own group, which goes too.
  for root in $ROOTS; do printf '%s' $$ >"$root/cgroup.procs"; done
  rm -f "$LAB/$shell/bench"
  remove_pod "$shell" "$RUN/pins/none"
  remove_shared
  exit "$code"
}
hold_pins() { # POD: net, ipc and uts of its own, held by nothing but mounts
  at=$pins/$1
  mkdir "$at"
  touch "$at/net" "$at/ipc" "$at/uts"
  unshare --net="$at/net" --ipc="$at/ipc" --uts="$at/uts" true
}
drop_pins() { # POD
  for mount in $(mounts_below "$pins/$1"); do umount "$mount" || :; done
  rm -rf "${pins:?}/$1"
}

first_of() { say "$1"; }
# Hundredths of a second since boot: date +%N is not everybody's.
clock() {
  read -r up _ </proc/uptime
  say "${up%.*}${up#*.}"
}
cpu_usec() {
  for root in $ROOTS; do
    [ ! -e "$root/podglass-lab/cpuacct.usage" ] || { say $(($(cat "$root/podglass-lab/cpuacct.usage") / 1000)) && return; }
    [ ! -e "$root/podglass-lab/cpu.stat" ] || ! awk '$1 == "usage_usec" { print $2; f = 1 } END { exit !f }' "$root/podglass-lab/cpu.stat" || return 0
  done
  say 0
}
# Bytes charged to podglass-lab, the kernel's own for groups and processes among them (where it accounts those).
charged() {
  for root in $ROOTS; do
    for file in memory.usage_in_bytes memory.current; do
      [ ! -e "$root/podglass-lab/$file" ] || { cat "$root/podglass-lab/$file" && return; }
    done
  done
  say 0
}
# Tells what these processes take. Small ones read 4 kB in VmRSS on some kernels; smaps_rollup is right.
tell_memory() { # PID...
  say fact processes $#
  for pid in "$@"; do cat "/proc/$pid/smaps_rollup" 2>/dev/null || :; done |
    awk '$1 == "Rss:" { r += $2 } $1 == "Pss:" { p += $2 } END { print "fact rssBytes", r * 1024; print "fact pssBytes", p * 1024 }'
}
# Mounts of ours in the node's first mount namespace, and all in the namespaces of these processes.
tell_mounts() { # PID...
  mounts=$(awk -v p="$LAB/$prefix-" 'index($5, p) == 1' /proc/self/mountinfo | wc -l)
  own=$(inode /proc/self/ns/mnt)
  for pid in "$@"; do printf '%s %s\n' "$(inode "/proc/$pid/ns/mnt" || say "$own")" "$pid"; done |
    awk -v own="$own" '$1 != own && !seen[$1]++ { print $2 }' | while read -r pid; do cat "/proc/$pid/mountinfo" || :; done |
    awk -v m="$mounts" 'END { print "fact mounts", m + NR }'
}
# Below podglass-lab where the bench has its pods there, else the groups that the processes are in.
tell_groups() { # PID...
  if [ -n "${own_groups:-}" ]; then
    say fact cgroups "$(find "$(first_of $ROOTS)/podglass-lab" -mindepth 1 -type d -path "*/$prefix-[0-9]*" | wc -l)"
  else
    say fact cgroups "$(for pid in "$@"; do grep -E ':memory:|^0::' "/proc/$pid/cgroup" | tail -n 1; done | sort -u | wc -l)"
  fi
}

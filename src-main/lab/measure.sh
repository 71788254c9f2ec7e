# What the benches share, behind the lab's common.sh: the node's clock, processor time and memory of what was made.

# Hundredths of a second since boot: date +%N is not everybody's.
clock() {
  read -r up _ </proc/uptime
  say "${up%.*}${up#*.}"
}
# Moves this shell into a group of its own below podglass-lab, so that its work and its pods' can be told from others'.
account_for() { # NAME
  for root in $ROOTS; do
    mkdir -p "$root/podglass-lab/$1"
    printf '%s' $$ >"$root/podglass-lab/$1/cgroup.procs"
  done
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
# Mounts in the node's first mount namespace below a folder, and all in the namespaces of these processes.
tell_mounts() { # FOLDER PID...
  mounts=$(mounts_below "$1" | wc -l)
  own=$(inode /proc/self/ns/mnt)
  shift
  for pid in "$@"; do printf '%s %s\n' "$(inode "/proc/$pid/ns/mnt" || say "$own")" "$pid"; done |
    awk -v own="$own" '$1 != own && !seen[$1]++ { print $2 }' | while read -r pid; do cat "/proc/$pid/mountinfo" || :; done |
    awk -v m="$mounts" 'END { print "fact mounts", m + NR }'
}

#podglass:lab-bench-containerd/1
# One round of containerd pods of one container, made with ctr: joined to a pause, or to pins. One shim a pod, as the CRI
# has it. The image is the first that is there.
# arguments: prefix pods kind (pause or pinned)
# shellcheck disable=SC2046,SC2086,SC2154
enter_first_mounts "$@"
prefix=$1 count=$2 kind=$3
[ "$(id -u)" = 0 ] || refuse privilege "making pods needs root"
command -v ctr >/dev/null || refuse tools "there is no ctr here"
image=''
for space in k8s.io default; do
  image=$(ctr -n "$space" images ls -q 2>/dev/null | grep -v -e pause -e '^sha256:' | head -n 1)
  [ -z "$image" ] || break
done
[ -n "$image" ] || refuse tools "containerd has no image here: pull one that has a sleep"
pins=$LAB/$prefix
remove() { # NAME
  for each in "$1-c" "$1-pause"; do
    ctr -n "$space" task rm -f "$each" >/dev/null 2>&1 || :
    ctr -n "$space" container rm "$each" >/dev/null 2>&1 || :
  done
  for mount in $(mounts_below "$pins/$1"); do umount "$mount" || :; done
  rm -rf "${pins:?}/$1"
  for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ ! -d "$root/podglass-lab/$1" ] || empty_group "$root/podglass-lab/$1" || :
  done
}
cleanup() {
  code=$?
  trap '' EXIT
  set +e
  i=1
  while [ "$i" -le "$count" ]; do
    remove "$prefix-$i"
    i=$((i + 1))
  done
  rmdir "$pins" 2>/dev/null
  for root in /sys/fs/cgroup/*; do rmdir "$root/podglass-lab" 2>/dev/null; done
  exit "$code"
}
trap cleanup EXIT
trap 'exit 12' HUP INT TERM PIPE
own_folder "$RUN"
mkdir -p "$pins"
account_for "$prefix-shell"

start() { # POD LEAF OPTION...
  name=$1-$2
  group="--annotation io.containerd.runc.v2.group=$1 --cgroup /podglass-lab/$1/$2"
  shift 2
  ctr -n "$space" run -d --null-io $group "$@" "$image" "$name" sleep 1000000 >/dev/null
}
pid_of() { ctr -n "$space" task ls | awk -v id="$1" '$1 == id { print $2 }'; }
make() { # NAME
  if [ "$kind" = pause ]; then
    start "$1" pause
    at=/proc/$(pid_of "$1-pause")/ns
  else
    at=$pins/$1
    mkdir "$at"
    touch "$at/net" "$at/ipc" "$at/uts"
    unshare --net="$at/net" --ipc="$at/ipc" --uts="$at/uts" true
  fi
  start "$1" c --with-ns "network:$at/net" --with-ns "ipc:$at/ipc" --with-ns "uts:$at/uts"
}
say step create
used=$(cpu_usec)
begun=$(clock)
i=1
while [ "$i" -le "$count" ]; do
  make "$prefix-$i" || fail "ctr could not make pod $i of $count"
  i=$((i + 1))
done
say fact createMs $((($(clock) - begun) * 10))
create=$(($(cpu_usec) - used))

# A pod's processes, and the shim above them.
pids=$(ctr -n "$space" task ls | awk -v p="$prefix-" 'index($1, p) == 1 { print $2 }')
set -- $pids $(for pid in $pids; do awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status"; done | sort -nu)
tell_memory "$@"
tell_mounts "$pins" "$@"
set -- $ROOTS
say fact cgroups "$(find "$1/podglass-lab" -mindepth 1 -type d -path "*/$prefix-[0-9]*" | wc -l)"

say step remove
used=$(cpu_usec)
begun=$(clock)
i=1
while [ "$i" -le "$count" ]; do
  remove "$prefix-$i"
  i=$((i + 1))
done
say fact removeMs $((($(clock) - begun) * 10))
say fact nodeCpuMs $(((create + $(cpu_usec) - used) / 1000))

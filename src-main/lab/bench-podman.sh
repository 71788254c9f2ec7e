#podglass:lab-bench-podman/1
# One round of podman pods of one container: with infra, without, or without but with pinned net, ipc and uts.
# arguments: prefix pods kind (true, false or pinned)
# shellcheck disable=SC2046,SC2086,SC2154
enter_first_mounts "$@"
prefix=$1 count=$2 kind=$3
[ "$(id -u)" = 0 ] || refuse privilege "making pods needs root"
command -v podman >/dev/null || refuse tools "there is no podman here"
image=$(podman images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null | grep -v -e podman-pause -e '<none>' | head -n 1)
[ -n "$image" ] || refuse tools "podman has no image here: pull one that has a sleep"
pins=$LAB/$prefix
remove() { # NAME
  podman pod rm -f -t 0 "$1" >/dev/null 2>&1 || :
  for mount in $(mounts_below "$pins/$1"); do umount "$mount" || :; done
  rm -rf "${pins:?}/$1"
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
  exit "$code"
}
trap cleanup EXIT
trap 'exit 12' HUP INT TERM PIPE
own_folder "$RUN"
mkdir -p "$pins"
account_for "$prefix-shell"

make() { # NAME
  options='' how="--infra=$kind"
  case $kind in
    true) how="--infra=true --network none" ;;
    false) options="--network none" ;;
    pinned)
      how=--infra=false
      mkdir "$pins/$1"
      touch "$pins/$1/net" "$pins/$1/ipc" "$pins/$1/uts"
      unshare --net="$pins/$1/net" --ipc="$pins/$1/ipc" --uts="$pins/$1/uts" true
      options="--network ns:$pins/$1/net --ipc ns:$pins/$1/ipc --uts ns:$pins/$1/uts"
      ;;
  esac
  podman pod create $how --name "$1" >/dev/null
  podman run -d --pod "$1" --name "$1-c" $options "$image" sleep 1000000 >/dev/null
}
say step create
used=$(cpu_usec)
begun=$(clock)
i=1
while [ "$i" -le "$count" ]; do
  make "$prefix-$i" || fail "podman could not make pod $i of $count"
  i=$((i + 1))
done
say fact createMs $((($(clock) - begun) * 10))
create=$(($(cpu_usec) - used))

# A container's process and the conmon above it.
pids=$(podman ps --filter "name=^$prefix-" --format '{{.Pid}}'
  podman ps --format '{{.Pid}} {{.PodName}}' --pod | awk -v p="$prefix-" 'index($2, p) == 1 { print $1 }')
pids=$(say "$pids" | sort -nu)
set -- $pids $(for pid in $pids; do awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status"; done | sort -nu | grep -v '^1$' || :)
tell_memory "$@"
tell_mounts "$pins" "$@"
say fact cgroups "$(for pid in "$@"; do grep -E ':memory:|^0::' "/proc/$pid/cgroup" | tail -n 1; done | sort -u | wc -l)"

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

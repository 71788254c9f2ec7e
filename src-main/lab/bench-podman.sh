#podglass:lab-bench-podman/1
# One round of podman pods of one container: with infra, without, or without but with pinned net, ipc and uts.
# arguments: prefix pods kind (true, false or pinned)
# shellcheck disable=SC2034,SC2086,SC2154
enter_first_mounts "$@"
kind=$3
[ "$(id -u)" = 0 ] || refuse privilege "making pods needs root"
command -v podman >/dev/null || refuse tools "there is no podman here"
image=$(podman images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null | grep -v -e podman-pause -e '<none>' | head -n 1)
[ -n "$image" ] || refuse tools "podman has no image here: pull one that has a sleep"
make() { # NAME
  options='' how="--infra=$kind"
  case $kind in
    true) how="--infra=true --network none" ;;
    false) options="--network none" ;;
    pinned)
      how=--infra=false
      hold_pins "$1"
      options="--network ns:$at/net --ipc ns:$at/ipc --uts ns:$at/uts"
      ;;
  esac
  podman pod create $how --name "$1" >/dev/null
  podman run -d --pod "$1" --name "$1-c" $options "$image" sleep 1000000 >/dev/null
}
remove() { # NAME
  remove_podman "$1"
  drop_pins "$1"
}
# A container's process and the conmon above it.
members() {
  pids=$(podman ps --filter "name=^$prefix-" --format '{{.Pid}}'
    podman ps --format '{{.Pid}} {{.PodName}}' --pod | awk -v p="$prefix-" 'index($2, p) == 1 { print $1 }')
  {
    say "$pids"
    for pid in $pids; do awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status"; done | grep -v '^1$' || :
  } | sort -nu
}
run_bench "$1" "$2" podman

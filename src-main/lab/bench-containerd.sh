#podglass:lab-bench-containerd/1
# One round of containerd pods of one container, made with ctr: joined to a pause, or to pins. One shim a pod, as the CRI
# has it. The image is the first that is there.
# arguments: prefix pods kind (pause or pinned)
# shellcheck disable=SC2034,SC2086,SC2154
enter_first_mounts "$@"
kind=$3 own_groups=1
[ "$(id -u)" = 0 ] || refuse privilege "making pods needs root"
command -v ctr >/dev/null || refuse tools "there is no ctr here"
image=''
for space in k8s.io default; do
  image=$(ctr -n "$space" images ls -q 2>/dev/null | grep -v -e pause -e '^sha256:' | head -n 1)
  [ -z "$image" ] || break
done
[ -n "$image" ] || refuse tools "containerd has no image here: pull one that has a sleep"

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
    hold_pins "$1"
  fi
  start "$1" c --with-ns "network:$at/net" --with-ns "ipc:$at/ipc" --with-ns "uts:$at/uts"
}
remove() { # NAME
  remove_containerd "$1" "$space"
  drop_pins "$1"
}
# A pod's processes, and the shim above them.
members() {
  pids=$(ctr -n "$space" task ls | awk -v p="$prefix-" 'index($1, p) == 1 { print $2 }')
  {
    say "$pids"
    for pid in $pids; do awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status"; done
  } | sort -nu
}
run_bench "$1" "$2" containerd "$space"

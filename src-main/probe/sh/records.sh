# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2089,SC2090,SC2154
# Lists what runtimes wrote down, one line a file: device, inode, size, mtime, ctime, type, path. $L: daemons and monitors
# that are believed, as PID/NAME; $K: folders that did not answer, in octal. "=at FOLDER" comes before each; "=gone PID FILE":
# a configuration that is not there; "=lost PID FOLDER": dockerd's containers that are not; "=outline": until the next
# "=at" static pods, of which only an outline is told.
PODGLASS_RECORDS="$watch"'
nl="
"
# From where it stands: dockerd --config-file daemon.json
full() { f=$1; case $f in /*) ;; *) f=$(readlink "/proc/$p/cwd")/${f#./};; esac; }
at() { case $K in *"$nl$1$nl"*) return 1;; esac; printf "=at %s\n" "$1"; }
tell() { [ $# -eq 0 ] || stat -L -c "%d %i %s %Y %Z %F %n" "$@"; }
list() {
folders= task= storage= docker= static= config="0 /etc/containerd/config.toml
0 /etc/crio/crio.conf
0 /etc/containers/containers.conf
0 /usr/share/containers/containers.conf
0 /etc/containers/storage.conf
0 /var/lib/kubelet/config.yaml
0 /etc/docker/daemon.json"
pidfiles=
K=$nl$(printf "%b." "$K"); K=${K%.}$nl
rs=$(printf "\036")
cd /proc || return
a=; for p in $L; do a="$a ${p%/*}/cmdline"; done
words=
if [ -n "$a" ]; then words=$(grep -aH "" $a | tr "\000\036\n" "\036\037\n"); fi
set -f
IFS=$nl
for line in $words; do
  p=${line%%/*}; text=${line#*:}
  c=${L##*" $p/"}; c=${c%% *}
  IFS=$rs; set -- $text; IFS=$nl
  case $c in
  shim) w=$(readlink "/proc/$p/cwd"); w=${w% (deleted)}
    case $w in /*) case "$nl$task$nl" in *"$nl${w%/*}$nl"*) ;; *) task=$task$nl${w%/*};; esac;; esac;;
  conmon) while [ $# -gt 1 ]; do case $1 in
      -b|--bundle) b=${2%/*}; b=${b%/*}; case "$nl$storage$nl" in *"$nl$b$nl"*) ;; *) storage=$storage$nl$b;; esac;;
      -p|--container-pidfile) pidfiles=$pidfiles$nl$2;; esac; shift; done;;
  dockerd) while [ $# -gt 0 ]; do case $1 in
      --data-root=*|--graph=*) full "${1#*=}"; docker="$docker$nl$p $f";; --data-root|-g|--graph) full "$2"; docker="$docker$nl$p $f";;
      --config-file=*) full "${1#*=}"; config="$config$nl$p $f";; --config-file) full "$2"; config="$config$nl$p $f";; esac; shift; done;;
  containerd|crio|kubelet) while [ $# -gt 0 ]; do case $1 in
      --config=*) full "${1#*=}"; config="$config$nl$p $f";; --config|-c) full "$2"; config="$config$nl$p $f";;
      --config-dir=*) full "${1#*=}"; folders=$folders$nl$f;; --config-dir|-d) full "$2"; folders=$folders$nl$f;;
      --root-dir=*) full "${1#*=}"; config="$config${nl}0 $f/config.yaml";; --root-dir) full "$2"; config="$config${nl}0 $f/config.yaml";;
      --pod-manifest-path=*) full "${1#*=}"; static=$static$nl$f;; --pod-manifest-path) full "$2"; static=$static$nl$f;; esac; shift; done;;
  esac
done
set +f
cd /
tell /proc /sys
IFS=$nl
for line in $config; do p=${line%% *} f=${line#* }
  at "${f%/*}" || continue
  if [ -f "$f" ]; then tell "$f"; case $f in *.yaml) static=$static$nl$(sed -n "s/^[^a-z]*staticPodPath\"*[ 	]*:[ 	]*\"*\(\/[^\" 	,]*\).*/\1/p" "$f" | head -n 1);; esac; elif [ $p != 0 ] && [ ! -e "$f" ]; then printf "=gone %s %s\n" $p "$f"; fi
  case $f in *.toml|*.conf|*.yaml) continue;; esac
  docker="$docker$nl$p $(sed -n "s/.*\"data-root\"[ 	]*:[ 	]*\"\(\/[^\"]*\)\".*/\1/p; s/.*\"graph\"[ 	]*:[ 	]*\"\(\/[^\"]*\)\".*/\1/p" "$f" | head -n 1)"
done
for d in /etc/crio/crio.conf.d /etc/containers/containers.conf.d /etc/containerd/conf.d $folders; do
  at "$d" && tell "$d"/*.conf "$d"/*.toml
done
for t in /run/containerd /run/k3s/containerd; do
  at $t && for d in $t/io.containerd.runtime.v2.task/*; do [ -d "$d" ] && tell "$d"/*/config.json "$d"/*/init.pid "$d"/*/sandbox; done
done
for d in /etc/kubernetes/manifests /var/lib/rancher/rke2/agent/pod-manifests /var/lib/rancher/k3s/agent/pod-manifests $static; do
  at "$d" && [ -d "$d" ] && echo "=outline" && tell "$d"/*
done
for d in $task; do at "$d" && tell "$d"/*/config.json "$d"/*/init.pid "$d"/*/sandbox; done
for d in /run/containers/storage/overlay-containers /run/containers/storage/vfs-containers /run/containers/storage/btrfs-containers $storage /var/lib/containers/storage/overlay-containers /var/lib/containers/storage/vfs-containers /var/lib/containers/storage/btrfs-containers; do
  at "${d%/*}" && [ -d "$d" ] && tell "$d"/*/userdata/config.json "$d"/*/userdata/state.json
done
for f in $pidfiles; do at "${f%/*}" && [ -f "$f" ] && tell "$f"; done
at /run/crun && tell /run/crun/*/status
for line in "0 /var/lib/docker" $docker; do p=${line%% *} d=${line#* }
  [ -n "$d" ] && at "$d" || continue
  tell "$d"/containers/*/config.v2.json "$d"/containers/*/hostconfig.json
  # With userns-remap everything is one folder further down.
  tell "$d"/[0-9]*.[0-9]*/containers/*/config.v2.json "$d"/[0-9]*.[0-9]*/containers/*/hostconfig.json
  [ $p = 0 ] || [ -d "$d/containers" ] || { set -- "$d"/[0-9]*.[0-9]*; [ -d "$1" ]; } || printf "=lost %s %s\n" $p "$d"
done
at /run/podglass && tell /run/podglass/pins/*/manifest.json /run/podglass/lab/*/manifest.json
}
guard 16 list'
export PODGLASS_RECORDS

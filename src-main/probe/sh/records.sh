# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2089,SC2090,SC2154
# Lists what runtimes wrote down, one line a file: inode, size, mtime, type, path. $L: pids of monitors that are believed.
PODGLASS_RECORDS='exec 2>/dev/null
nl="
"
folders= task= storage= docker= config="/etc/containerd/config.toml /etc/crio/crio.conf /etc/containers/containers.conf
/usr/share/containers/containers.conf /etc/containers/storage.conf /var/lib/kubelet/config.yaml"
pidfiles= daemon=/etc/docker/daemon.json
rs=$(printf "\036")
cd /proc || exit
a=; for p in $L; do a="$a $p/cmdline"; done
words=
if [ -n "$a" ]; then words=$(grep -aH "" $a | tr "\000\036\n" "\036\037\n"); fi
set -f
IFS=$nl
for line in $words; do
  p=${line%%/*}; text=${line#*:}
  IFS=$rs; set -- $text; IFS=$nl
  case ${1##*/} in
  containerd-shim*) w=$(ls -ld "/proc/$p/cwd"); w=${w#* -> }; w=${w% (deleted)}
    case $w in /*) case "$nl$task$nl" in *"$nl${w%/*}$nl"*) ;; *) task=$task$nl${w%/*};; esac;; esac;;
  conmon) while [ $# -gt 1 ]; do case $1 in
      -b|--bundle) b=${2%/*}; b=${b%/*}; case "$nl$storage$nl" in *"$nl$b$nl"*) ;; *) storage=$storage$nl$b;; esac;;
      -p|--container-pidfile) pidfiles=$pidfiles$nl$2;; esac; shift; done;;
  dockerd) while [ $# -gt 0 ]; do case $1 in
      --data-root=*|--graph=*) docker=$docker$nl${1#*=};; --data-root|-g|--graph) docker=$docker$nl$2;;
      --config-file=*) daemon=$daemon$nl${1#*=};; --config-file) daemon=$daemon$nl$2;; esac; shift; done;;
  containerd|crio|kubelet) while [ $# -gt 0 ]; do case $1 in
      --config=*) config=$config$nl${1#*=};; --config|-c) config=$config$nl$2;;
      --config-dir=*) folders=$folders$nl${1#*=};; --config-dir|-d) folders=$folders$nl$2;;
      --root-dir=*) config=$config$nl${1#*=}/config.yaml;; --root-dir) config=$config$nl$2/config.yaml;; esac; shift; done;;
  esac
done
cd /
set +f
tell() { [ $# -eq 0 ] || stat -L -c "%i %s %Y %F %n" "$@"; }
IFS=" $nl"
for f in $config; do [ -f "$f" ] && tell "$f"; done
IFS=$nl
for d in /etc/crio/crio.conf.d /etc/containers/containers.conf.d /etc/containerd/conf.d $folders; do
  tell "$d"/*.conf "$d"/*.toml
done
for d in /run/containerd/io.containerd.runtime.v2.task/* /run/k3s/containerd/io.containerd.runtime.v2.task/* $task; do
  [ -d "$d" ] && tell "$d"/*/config.json "$d"/*/init.pid "$d"/*/sandbox
done
for d in /run/containers/storage/overlay-containers /run/containers/storage/vfs-containers $storage /var/lib/containers/storage/overlay-containers /var/lib/containers/storage/vfs-containers /var/lib/containers/storage/btrfs-containers; do
  [ -d "$d" ] && tell "$d"/*/userdata/config.json
done
for f in $pidfiles; do [ -f "$f" ] && tell "$f"; done
tell /run/crun/*/status
for f in $daemon; do
  [ -f "$f" ] || continue
  tell "$f"
  docker=$docker$nl$(sed -n "s/.*\"data-root\"[ 	]*:[ 	]*\"\(\/[^\"]*\)\".*/\1/p; s/.*\"graph\"[ 	]*:[ 	]*\"\(\/[^\"]*\)\".*/\1/p" "$f")
done
for d in /var/lib/docker $docker; do tell "$d"/containers/*/config.v2.json "$d"/containers/*/hostconfig.json; done
tell /run/podglass/pins/*/manifest.json /run/podglass/lab/*/manifest.json'
export PODGLASS_RECORDS

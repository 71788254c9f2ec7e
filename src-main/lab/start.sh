# How the first process of a container starts, for scripts that start one: behind common.sh.
# shellcheck shell=sh disable=SC2154,SC2086 # ROOTS: plain names; pivot: one or two words of ours
find_pivot() {
  # Not every util-linux brings pivot_root; the pivot itself is one system call (155, and 41 on arm64).
  if command -v pivot_root >/dev/null; then
    pivot=pivot_root
  elif busybox --list 2>/dev/null | grep -qx pivot_root; then
    pivot='busybox pivot_root'
  elif command -v perl >/dev/null; then
    case $(uname -m) in x86_64) pivot='perl 155' ;; *) pivot='perl 41' ;; esac
  else
    refuse tools "there is no pivot_root on this node (util-linux or busybox has it, perl would do)"
  fi
}
# Becomes the first process of a container: a root of its own with the node's programs and nothing of its mounts (a
# copy of another pod's pin would keep that pod's namespace), then the sleeper. It closes stdout last: who reads the
# pid reads it when all is done.
# shellcheck disable=SC2016
inside='set -eu
dir=$1 kind=$2 zombies=$3 hog=$4 pivot=$5 elf=$6
mount -t tmpfs -o mode=755,size=256k podglass "$dir/root"
cd "$dir/root"
for d in bin sbin lib lib32 lib64 libx32 usr etc nix dev; do
  if [ -h "/$d" ]; then ln -s "$(readlink "/$d")" "$d"
  elif [ -d "/$d" ]; then mkdir "$d"; mount --bind "/$d" "$d"; fi
done
mkdir proc tmp run old
mount -t proc proc proc
if [ -d dev/shm ]; then mount --bind "$dir/shm" dev/shm; fi
case $pivot in
  perl*) perl -e "exit(syscall(${pivot#perl }, \$ARGV[0], \$ARGV[1]) != 0)" . old ;;
  *) $pivot . old ;;
esac
cd /
umount -l /old
rmdir /old
i=0
while [ "$i" -lt "$zombies" ]; do sleep 1 >/dev/null 2>&1 & i=$((i + 1)); done
if [ "$hog" = 1 ]; then { sleep 1; exec tail /dev/zero; } >/dev/null 2>&1 & fi
if [ "$kind" = pause ] && [ -n "$elf" ] && printf %s "$elf" | base64 -d >/pause && chmod 700 /pause; then exec /pause >/dev/null 2>&1; fi
if [ "$kind" = pause ]; then
  trap "exit 0" TERM INT
  exec >/dev/null 2>&1
  while :; do sleep 2147483647 & wait $!; done
fi
exec sleep 2147483647 >/dev/null 2>&1'
# Says the pid of its first child, which is pid 1 where a PID namespace was unshared.
# shellcheck disable=SC2016
first_child='setsid sh -c "$@" </dev/null & echo $!'
in_group() { # GROUP COMMAND...: moves this (sub)shell, then becomes the command
  for root in $ROOTS; do
    enter_group "$root/$1"
    printf 0 >cgroup.procs
  done
  cd /
  shift
  case $1 in joined) "$@" ;; *) exec "$@" ;; esac
}
# Enters the pod's namespaces, those of the folder $at, and becomes the command.
joined() { # OPTION... COMMAND...
  exec nsenter --net="$at/net" --ipc="$at/ipc" --uts="$at/uts" "$@"
}
# Says the pid of a new container's first process, in the pod's namespaces.
start_container() { # GROUP FIRST (the pid whose PID namespace it joins, or nothing) ZOMBIES HOG
  if [ -n "$2" ]; then
    in_group "$1" joined --pid=/proc/"$2"/ns/pid --no-fork unshare --mount sh -c "$first_child" - "$inside" c "$dir" c "$3" "$4" "$pivot" ""
  else
    in_group "$1" joined unshare --mount --pid sh -c "$first_child" - "$inside" c "$dir" c "$3" "$4" "$pivot" ""
  fi
}

# What the lab's scripts share, behind actions/common.sh.
# Patterns are wanted here: every name is one that Podglass made, of letters, digits and "-".
set +f
LAB=$RUN/lab
ROOTS=$(cgroup_roots)

# Makes a folder below one that another lab script may be taking away just now, since the last pod takes it along.
make_folder() { # FOLDER
  tries=0
  until mkdir -p "$1" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || fail "$1 could not be made"
  done
}
# Removes all of these lab pods, also of one that was left half made: by what its name says, not by its manifest. All at
# once, so that 200 of them are not 200 times as many programs.
# shellcheck disable=SC2046,SC2086
remove_pods() { # NAME PINS... (PINS: the folder of pins that actions may have made for it)
  names='' groups='' folders='' locks=''
  while [ $# -gt 1 ]; do
    [ ! -f "$LAB/$1/bench" ] || end_bench "$1"
    names="$names $1"
    folders="$folders $LAB/$1 $2"
    locks="$locks $RUN/locks/${2##*/}"
    for root in $ROOTS; do groups="$groups $root/podglass-lab/$1"; done
    shift 2
  done
  empty_group $groups || fail "a process of$names does not end"
  for name in $names; do
    [ ! -f "$LAB/$name/bench" ] || remove_bench "${name%-shell}" "$LAB/$name/bench"
  done
  for mount in $(say $folders | mounts_in); do umount "$mount" || umount -l "$mount"; done
  rm -rf $folders
  rm -f $locks
  for number in $(addresses | awk -v names="$names " 'index(names, " " $2 " ") { print $1 }'); do
    ip link del "pgl$number" 2>/dev/null || :
    rm -f "$LAB/.address/$number"
  done
}
remove_pod() { remove_pods "$1" "$2"; }
# Mount points at or below the folders that stdin names, last mounted first.
mounts_in() {
  awk 'NR == FNR { for (i = 1; i <= NF; i++) folder[$i]; next }
    { for (path = $5; path != ""; sub("/[^/]*$", "", path)) if (path in folder) { print $5; break } }' - /proc/self/mountinfo | sort -r
}
# Which pod has which address: NUMBER NAME.
# shellcheck disable=SC2012 # the names are numbers of ours
addresses() { ls -l "$LAB/.address" 2>/dev/null | awk '$(NF - 1) == "->" { print $(NF - 2), $NF }'; }
# The folders that all pods share go with the last one.
remove_shared() {
  rmdir /sys/fs/cgroup/podglass-lab /sys/fs/cgroup/*/podglass-lab 2>/dev/null || :
  rmdir "$LAB/.address" "$LAB" "$RUN/pins" "$RUN/locks" "$RUN" 2>/dev/null || :
}

# A bench's shell writes into its folder who it is and what it makes: pid, start time, pods, runtime, ctr's namespace.
end_bench() { # NAME
  read -r pid start _ <"$LAB/$1/bench" || :
  [ "$(start_of "${pid:-0}")" != "${start:-none}" ] || kill -KILL "$pid" 2>/dev/null || :
}
# Pods that a runtime made for a bench whose shell is gone: no lab script would find them.
remove_bench() { # PREFIX FILE
  read -r _ _ pods runtime space <"$2" || :
  i=1
  while [ "$i" -le "${pods:-0}" ]; do
    case ${runtime:-} in
      podman) remove_podman "$1-$i" ;;
      containerd) remove_containerd "$1-$i" "$space" ;;
    esac
    i=$((i + 1))
  done
}
remove_podman() { podman pod rm -f -t 0 "$1" >/dev/null 2>&1 || :; }
remove_containerd() { # POD NAMESPACE
  for each in "$1-c" "$1-pause"; do
    ctr -n "$2" task rm -f "$each" >/dev/null 2>&1 || :
    ctr -n "$2" container rm "$each" >/dev/null 2>&1 || :
  done
  # runc makes its groups in every hierarchy, also in those that limit nothing.
  empty_group /sys/fs/cgroup/podglass-lab/"$1" /sys/fs/cgroup/*/podglass-lab/"$1" || :
}

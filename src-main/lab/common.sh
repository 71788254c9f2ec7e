# What the lab's scripts share, behind actions/common.sh.
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
# A lab pod's name is a folder's and a group's: nothing in it that a path or a shell could take for more.
need_name() { # NAME
  case $1 in '' | -* | *[!a-z0-9-]*) refuse name "$1 is no name of a lab pod" ;; esac
}
need_pins() { # the folder of pins that actions may have made for a pod
  case $1 in "$RUN"/pins/*/* | "$RUN"/pins/ | "$RUN"/pins/.*) ;; "$RUN"/pins/*) return 0 ;; esac
  refuse name "$1 is no folder of pins"
}
# Removes all of these lab pods, also of one that was left half made: by what its name says, not by its manifest. All at
# once, so that 200 of them are not 200 times as many programs.
remove_pods() { # NAME PINS...
  each_pod need_pod "$@"
  each_pod end_bench "$@"
  remove_groups "$@"
  each_pod remove_bench "$@"
  for mount in $(each_pod say_folders "$@" | mounts_in); do umount "$mount" || umount -l "$mount"; done
  each_pod remove_folders "$@"
  addresses | while read -r number name; do
    case $number in '' | *[!0-9]*) continue ;; esac
    each_pod free_address "$@"
  done
}
remove_pod() { remove_pods "$1" "$2"; }
each_pod() { # COMMAND NAME PINS...: runs it with each pair
  command=$1
  shift
  while [ $# -gt 1 ]; do
    "$command" "$1" "$2"
    shift 2
  done
}
need_pod() { need_name "$1" && need_pins "$2"; }
say_folders() { printf '%s\n' "$LAB/$1" "$2"; }
remove_folders() {
  rm -rf "${LAB:?}/$1" "$2"
  rm -f "$RUN/locks/${2##*/}"
}
free_address() { # NAME, of the address number $number that is $name's
  [ "$1" = "$name" ] || return 0
  ip link del "pgl$number" 2>/dev/null || :
  rm -f "$LAB/.address/$number"
}
remove_groups() { # NAME PINS...: the groups take the pairs' place
  pairs=$#
  while [ "$pairs" -gt 1 ]; do
    for root in $ROOTS; do set -- "$@" "$root/podglass-lab/$1"; done
    shift 2
    pairs=$((pairs - 2))
  done
  empty_groups "$@" || fail "a process of these pods does not end"
}
# Ends every process of these groups and below them, then removes the groups. Five seconds at most.
empty_groups() { # FOLDER...
  tries=0
  for each in "$@"; do
    shift
    [ ! -d "$each" ] || { (enter_group "$each") && set -- "$@" "$each"; } || return
  done
  while :; do
    for each in "$@"; do
      shift
      [ ! -d "$each" ] || set -- "$@" "$each"
    done
    [ $# -gt 0 ] || return 0
    [ "$tries" -lt 250 ] || return 1
    # The kernel's words, from folders that were looked at: a pid a line.
    for pid in $(find "$@" -name cgroup.procs -exec cat {} + 2>/dev/null || :); do
      ! is_pid "$pid" || kill -KILL "$pid" 2>/dev/null || :
    done
    find "$@" -depth -type d -exec rmdir {} + 2>/dev/null || :
    [ "$tries" -lt 3 ] || sleep 0.02 2>/dev/null || sleep 1
    tries=$((tries + 1))
  done
}
# Mount points at or below the folders that stdin names, one a line; last mounted first.
mounts_in() {
  awk 'NR == FNR { folder[$0]; next }
    { for (path = $5; path != ""; sub("/[^/]*$", "", path)) if (path in folder) { print $5; break } }' - /proc/self/mountinfo | sort -r
}
# Which pod has which address: NUMBER NAME.
# shellcheck disable=SC2012 # the names are numbers of ours
addresses() { ls -l "$LAB/.address" 2>/dev/null | awk '$(NF - 1) == "->" { print $(NF - 2), $NF }'; }
# The folders that all pods share go with the last one.
remove_shared() {
  for mount in $(cgroup_mounts); do rmdir "$mount/podglass-lab" 2>/dev/null || :; done
  rmdir "$LAB/.address" "$LAB" "$RUN/pins" "$RUN/locks" "$RUN" 2>/dev/null || :
}

# A bench's shell writes into its folder who it is and what it makes: pid, start time, pods, runtime, ctr's namespace.
end_bench() { # NAME
  [ -f "$LAB/$1/bench" ] || return 0
  read -r pid start _ <"$LAB/$1/bench" || :
  ! is_pid "${pid:-}" || send_signal KILL "$pid" "${start:-none}"
}
# Pods that a runtime made for a bench whose shell is gone: no lab script would find them.
remove_bench() { # NAME
  [ -f "$LAB/$1/bench" ] || return 0
  read -r _ _ pods runtime space <"$LAB/$1/bench" || :
  i=1
  while [ "$i" -le "${pods:-0}" ]; do
    case ${runtime:-} in
      podman) remove_podman "${1%-shell}-$i" ;;
      containerd) remove_containerd "${1%-shell}-$i" "$space" ;;
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
  pod=$1
  set --
  for mount in $(cgroup_mounts); do set -- "$@" "$mount/podglass-lab/$pod"; done
  empty_groups "$@" || :
}

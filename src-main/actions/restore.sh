#podglass:restore/1
# Starts a stand-in that holds a pod's pinned namespaces as pause did, in a leaf group of the pod's. Twice is once.
# arguments: folder dropped-pid dropped-start manifest-head manifest-tail count group... type=inode...
# groups: the pod's folders in each hierarchy; the stand-in's identity goes between head and tail of the manifest
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3 head=$4 tail=$5
shift 5
keep_groups "$@"
shift $((groups + 1))
[ "$(id -u)" = 0 ] || refuse privilege "entering a pod's namespaces needs root"
lock "${folder##*/}"

say step checks
pins_hold "$folder" "$@"
if [ "$(start_of "$pid" || :)" = "$start" ]; then refuse identity "process $pid lives: there is nothing to restore"; fi
say ok checks "the pins hold the same namespaces, and process $pid is gone"

old=$(cat "$folder/manifest.json")
standin='' standin_start='' started=''
undo() {
  code=$?
  trap '' EXIT HUP INT TERM PIPE
  set +e
  if [ "$code" != 0 ]; then
    # Only what this script started is ended, by pid and start time.
    if [ -n "$started" ] && [ -n "$standin_start" ] && digits "$standin" && [ "$(start_of "$standin")" = "$standin_start" ]; then
      kill -KILL "$standin" && say undone stand-in "process $standin ended"
    fi
    each_group take_leaf_back
    write_whole "$folder/manifest.json" "$old"
  fi
  unlock
  exit "$code"
}
take_leaf_back() { # GROUP
  eval "[ -n \"\${made_$turn:-}\" ]" || return 0
  tries=0
  until (enter_group "$1" && rmdir podglass-pause) 2>/dev/null || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.02 2>/dev/null || sleep 1
  done
  own_group_goes "$1"
}
trap undo EXIT
trap 'exit 12' HUP INT TERM PIPE

say step group
make_leaf() { # GROUP
  # A pod without a group of its own has one of ours.
  ! own_group "$1" || mkdir -p "$1"
  need_group "$1"
  if (enter_group "$1" && [ -d podglass-pause ]); then
    # One that another made is his: he could put his own processes into it.
    (enter_group "$1" && [ "$(stat -c %u podglass-pause)" = 0 ]) || refuse cgroup "$1/podglass-pause is not root's: somebody made it"
  else
    (enter_group "$1" && mkdir podglass-pause) || fail "$1/podglass-pause could not be made"
    eval "made_$turn=1"
  fi
  # A v1 cpuset takes no process before it has processors and memory (Documentation/admin-guide/cgroup-v1/cpusets.rst).
  (
    enter_group "$1"
    for file in cpuset.cpus cpuset.mems; do
      [ ! -e "$file" ] || [ -e cgroup.controllers ] || cat "$file" >"podglass-pause/$file"
    done
  )
}
each_group make_leaf
say ok group "podglass-pause below $groups groups"

say step stand-in
enter=''
for pair in "$@"; do enter="$enter --${pair%%=*}=$folder/${pair%%=*}"; done
holds() { # PID TYPE=INODE...
  who=$1
  shift
  for pair in "$@"; do [ "$(inode "/proc/$who/ns/${pair%%=*}")" = "${pair#*=}" ] || return 1; done
}
# One that a shell which was cut off had started does as well. The leaf is root's, so only root can have put it there.
look_for_standin() { # GROUP
  [ -z "$standin" ] || return 0
  standin=$(enter_group "$1" && head -n 1 podglass-pause/cgroup.procs) || :
}
each_group look_for_standin
if ! digits "$standin" || [ "$standin" = 0 ] || ! holds "$standin" "$@"; then
  started=1
  join_leaf() { # GROUP
    enter_group "$1"
    printf 0 >podglass-pause/cgroup.procs
  }
  # shellcheck disable=SC2086
  standin=$(
    each_group join_leaf
    cd /
    nsenter $enter setsid sh -c 'exec sleep 2147483647 </dev/null >/dev/null 2>&1 9>&-' &
    say $!
  )
fi
standin_start=$(start_of "$standin") || fail "the stand-in ended at once"
holds "$standin" "$@" || fail "the stand-in is not in the namespaces of the plan"
say ok stand-in "process $standin holds them"

say step manifest
write_whole "$folder/manifest.json" "$head{\"pid\":$standin,\"startTicks\":$standin_start}$tail"
say ok manifest "$folder/manifest.json"
say fact stand-in "$standin $standin_start"

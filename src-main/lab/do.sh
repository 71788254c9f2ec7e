#podglass:lab-do/3
# Does to a lab pod on purpose what happens to pods: ends a process, starts a container again, takes memory, sets a limit.
# Nothing outside the pod's own groups is touched: a pid counts only with its start time and inside the member's group.
# arguments: operation name member pid start bytes pins-folder pause-pid pause-start
# member: c1, pause, or nothing for the pod
# shellcheck disable=SC2154,SC2034
enter_first_mounts "$@"
operation=$1 name=$2 member=$3 pid=$4 start=$5 bytes=$6 pins=$7 pause=$8 pause_start=$9
need_name "$name"
[ -z "$member" ] || need_name "$member"
need_pins "$pins"
for each in "$pid" "$pause"; do
  [ -z "$each" ] || is_pid "$each" || refuse identity "$each is no process of a lab pod"
done
case $bytes in '' | *[!0-9]*) refuse arguments "$bytes is no number of bytes" ;; esac
[ "$(id -u)" = 0 ] || refuse privilege "changing a lab pod needs root"
dir=$LAB/$name
group=podglass-lab/$name${member:+/$member}
[ -f "$dir/manifest.json" ] || refuse pod "there is no lab pod $name on this node"
lock "${pins##*/}"
take_back() { :; }
guard

nap() { sleep 0.1 2>/dev/null || sleep 1; }
lives() { [ "$(start_of "$pid" || :)" = "$start" ]; }
in_its_group() {
  for root in $ROOTS; do
    (enter_group "$root/$group" && grep -qx "$pid" cgroup.procs) || refuse identity "process $pid is not in $root/$group"
  done
}
end_it() {
  in_its_group
  send_signal KILL "$pid" "$start"
  left=50
  while lives; do
    [ "$left" -gt 0 ] || fail "process $pid does not end"
    left=$((left - 1))
    nap
  done
}
memory_file() { # V2-NAME V1-NAME: the one that this node has
  for root in $ROOTS; do
    (enter_group "$root/$group") || return
    for each in "$root/$group/$1" "$root/$group/$2"; do
      [ ! -e "$each" ] || { say "$each"; return 0; }
    done
  done
  refuse controller "the memory controller has no group $group here"
}

say step "$operation"
case $operation in
  kill)
    lives || refuse identity "process $pid has ended"
    end_it
    say ok kill "process $pid was killed"
    ;;
  restart)
    shared_pid=''
    if [ -n "$pause" ] && [ "$(inode "/proc/$pid/ns/pid")" = "$(inode "/proc/$pause/ns/pid")" ]; then shared_pid=$pause; fi
    if lives; then end_it; fi
    # As a runtime does: it joins what the pod's record names, a process or a file.
    if [ -n "$pause" ]; then
      [ "$(start_of "$pause" || :)" = "$pause_start" ] ||
        refuse sandbox "/proc/$pause/ns/net: no such process. The container joins its pod through pause, and pause is gone"
      at=/proc/$pause/ns
    else
      at=$dir/pins
    fi
    find_pivot
    pid=$(start_container "$group" "$shared_pid" 0 0 9>&-)
    start=$(start_of "$pid") || fail "the container ended at once"
    ask_manifest "$pid" "$start"
    write_whole "$dir/manifest.json" "$manifest" || fail "$dir/manifest.json could not be written whole: is there room in $RUN?"
    say ok restart "$member runs again as pid $pid"
    ;;
  grow)
    lives || refuse identity "process $pid has ended"
    in_its_group
    usage=$(memory_file memory.current memory.usage_in_bytes)
    events=$(memory_file memory.events memory.oom_control)
    before=$(cat "$usage")
    kills=$(awk '$1 == "oom_kill" { print $2 }' "$events")
    # tail keeps a line that never ends; who reads from it waits, so that the memory stays.
    # shellcheck disable=SC2016
    (in_group "$group" nsenter -t "$pid" -m -n -i -u -p setsid sh -c 'head -c "$1" /dev/zero | tail | sleep 600' - "$bytes") </dev/null >/dev/null 2>&1 9>&- &
    left=50
    until [ "$(cat "$usage")" -ge $((before + bytes / 10 * 9)) ]; do
      now=$(awk '$1 == "oom_kill" { print $2 }' "$events")
      [ "$now" = "$kills" ] || break
      [ "$left" -gt 0 ] || break
      left=$((left - 1))
      nap
    done
    if [ "${now:-$kills}" = "$kills" ]; then say ok grow "$member uses $(($(cat "$usage") / 1048576)) MiB"; else say ok grow "that was too much: the kernel killed a process in $group"; fi
    ;;
  limit)
    file=$(memory_file memory.max memory.limit_in_bytes)
    printf %s "$bytes" >"$file" || fail "the kernel did not take $bytes in $file"
    say ok limit "$file is $bytes"
    ;;
  *) refuse operation "there is no operation $operation" ;;
esac

#podglass:drop/2
# Ends a pod's pause process, when nothing of the pod ends with it: TERM, then KILL after a grace.
# arguments: folder pid start hierarchy cgroup grace-seconds manifest stand-in count group... type=inode...
# stand-in: 1 when the process is one of ours; then its leaves in these groups go with it
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3 hierarchy=$4 cgroup=$5 grace=$6 manifest=$7 standin=$8
shift 8
keep_groups "$@"
shift $((groups + 1))
need_pairs "$@"
[ "$(id -u)" = 0 ] || refuse privilege "ending another's process needs root"
lock "${folder##*/}"

say step checks
enter_process "$pid" "$start" "$hierarchy" "$cgroup"
same_namespaces "$@"
pins_hold "$folder" "$@"
if [ "$standin" = 1 ]; then need_stand_in "$pid" "$@"; else alone_in_pid_namespace "$pid"; fi
say ok checks "process $pid is the plan's, every namespace is pinned, and nobody ends with it"

# A pod that shares nothing has no pins, and needs the manifest all the same.
own_folder "$RUN/pins"
own_folder "$folder"
killed='' written=''
take_back() {
  [ -z "$killed" ] || return 0
  [ -z "$written" ] || manifest_back "$folder"
  rmdir "$folder" 2>/dev/null
  say undone manifest "as it was"
}
guard
# Before the process ends, so that another computer knows what to bring back if we are cut off in between.
say step manifest
written=1
write_manifest "$folder" "$manifest"
say ok manifest "$folder/manifest.json says that process $pid is being dropped"

wait_for_end() { # TENTHS OF A SECOND
  left=$1
  while same_process "$start"; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    sleep 0.1 2>/dev/null || { sleep 1 && left=$((left - 9)); }
  done
}
say step term
same_process "$start" || refuse identity "process $pid has ended by itself"
killed=1
send_signal TERM "$pid" "$start"
if wait_for_end $((grace * 10)); then
  say ok term "process $pid ended on TERM$sent"
else
  say ok term "process $pid did not end within $grace s"
  say step kill
  send_signal KILL "$pid" "$start"
  wait_for_end 100 || fail "process $pid does not end on KILL: it waits for the kernel, look at /proc/$pid/stack"
  say ok kill "process $pid ended on KILL$sent"
fi
[ "$standin" = 0 ] || { each_group leaf_goes; rm -f "$(mark)"; }
manifest_stays "$folder"
pins_hold "$folder" "$@"

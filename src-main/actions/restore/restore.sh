#podglass:restore/3
# Starts a stand-in that holds a pod's pinned namespaces as pause did, in a leaf group of the pod's. Twice is once.
# arguments: folder dropped-pid dropped-start count group... type=inode...
# groups: the pod's folders in each hierarchy. Who writes the manifest is told the stand-in's identity, and answers with its text.
# shellcheck disable=SC2154
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3
shift 3
keep_groups "$@"
shift $((groups + 1))
need_pairs "$@"
[ "$(id -u)" = 0 ] || refuse privilege "entering a pod's namespaces needs root"
lock "${folder##*/}"

say step checks
pins_hold "$folder" "$@"
if [ "$(start_of "$pid" || :)" = "$start" ]; then refuse identity "process $pid lives: there is nothing to restore"; fi
# Before anything is made: a user may have named these groups, and let them lead anywhere.
look_at_group() (
  if ours "$group" && [ ! -d "$group" ]; then exit 0; fi
  enter_group "$group"
)
each_group look_at_group
say ok checks "the pins hold the same namespaces, and process $pid is gone"

started='' standin='' written=''
take_back() {
  if [ -n "$started" ]; then
    send_signal KILL "$standin" "$started"
    wait_for_end
    say undone stand-in "process $standin ended"
  fi
  each_group leaf_goes
  [ -z "$written" ] || manifest_back "$folder"
}
wait_for_end() {
  left=50
  while [ "$left" -gt 0 ] && [ "$(start_of "$standin" || :)" = "$started" ]; do
    left=$((left - 1))
    sleep 0.02 2>/dev/null || sleep 1
  done
}
guard

say step group
make_leaf() (
  # A pod without a group of its own has one of ours.
  ! ours "$group" || mkdir -p "$group"
  enter_group "$group"
  # One that another made is his: he could end or move what is in it.
  [ -d podglass-pause ] || mkdir podglass-pause || fail "$group/podglass-pause could not be made"
  [ "$(stat -c %u podglass-pause)" = 0 ] || refuse cgroup "$group/podglass-pause is not root's: somebody made it"
  # A v1 cpuset takes no process before it has processors and memory (Documentation/admin-guide/cgroup-v1/cpusets.rst).
  for file in cpuset.cpus cpuset.mems; do
    [ ! -e "$file" ] || [ -e cgroup.controllers ] || cat "$file" >"podglass-pause/$file"
  done
)
each_group make_leaf
say ok group "podglass-pause below $groups groups"

say step stand-in
# One that a shell which was cut off had started does as well.
find_stand_in() {
  for member in $(enter_group "$group" && leaf_members); do
    ! is_stand_in "$member" "$@" || standin=$member
  done
}
join_leaf() {
  enter_group "$group"
  printf 0 >podglass-pause/cgroup.procs || fail "the stand-in could not enter $group/podglass-pause"
}
each_group find_stand_in "$@"
if [ -z "$standin" ]; then
  : >>"$(mark)" || fail "$(mark) could not be made: is there room in $RUN?"
  exec 4>&1
  standin=$(
    # What is refused in here is told on our stdout; the pid alone is the result.
    exec 3>&1 >&4
    each_group join_leaf
    cd /
    for pair in "$@"; do
      shift
      set -- "$@" "--${pair%%=*}=$folder/${pair%%=*}"
    done
    # In a user namespace of another's it is his to look into and to steer: our environment and our stdout stay outside.
    env -i PATH="$PATH" nsenter "$@" setsid sh -c 'exec sleep 2147483647 </dev/null 2>&1' >/dev/null 3>&- 4>&- 8<"$(mark)" 9>&- &
    say $! >&3
  )
  exec 4>&-
  started=$(start_of "$standin") || fail "the stand-in ended at once"
fi
begun=${started:-$(start_of "$standin")} || fail "the stand-in has ended"
# nsenter becomes the sleeper in a moment: until then it is not where it should be.
left=50
until is_stand_in "$standin" "$@"; do
  [ "$left" -gt 0 ] || fail "the stand-in $standin is not in the pinned namespaces"
  left=$((left - 1))
  sleep 0.02 2>/dev/null || sleep 1
done
say ok stand-in "process $standin holds them"

say step manifest
written=1
ask_manifest "$standin" "$begun"
write_manifest "$folder" "$manifest"
manifest_stays "$folder"
say ok manifest "$folder/manifest.json"
say fact stand-in "$standin $begun"

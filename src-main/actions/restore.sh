#podglass:restore/1
# Starts a stand-in that holds a pod's pinned namespaces as pause did, in a leaf group of the pod's. Twice is once.
# arguments: folder dropped-pid dropped-start groups manifest-head manifest-tail type=inode...
# groups: the pod's folders in each hierarchy; the stand-in's identity goes between head and tail of the manifest
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3 groups=$4 head=$5 tail=$6
shift 6
[ "$(id -u)" = 0 ] || refuse privilege "entering a pod's namespaces needs root"
lock "${folder##*/}"

say step checks
pins_hold "$folder" "$@"
if [ "$(start_of "$pid" || :)" = "$start" ]; then refuse identity "process $pid lives: there is nothing to restore"; fi
say ok checks "the pins hold the same namespaces, and process $pid is gone"

old=$(cat "$folder/manifest.json")
made='' standin=''
undo() {
  code=$?
  trap '' EXIT HUP INT TERM PIPE
  set +e
  if [ "$code" != 0 ]; then
    [ -z "$standin" ] || { kill -KILL "$standin" && say undone stand-in "process $standin ended"; }
    for leaf in $made; do empty_group "$leaf"; done
    for group in $groups; do own_group_goes "$group"; done
    write_whole "$folder/manifest.json" "$old"
  fi
  unlock
  exit "$code"
}
trap undo EXIT
trap 'exit 12' HUP INT TERM PIPE

say step group
for group in $groups; do
  # A pod without a group of its own has one of ours.
  case $group in
    */podglass/*)
      [ -d "$group" ] || made="$group $made"
      mkdir -p "$group"
      ;;
    *) [ -d "$group" ] || fail "the pod's group $group is gone" ;;
  esac
  leaf=$group/podglass-pause
  if [ ! -d "$leaf" ]; then
    mkdir "$leaf"
    made="$leaf $made"
  fi
  # A v1 cpuset takes no process before it has processors and memory (Documentation/admin-guide/cgroup-v1/cpusets.rst).
  for file in cpuset.cpus cpuset.mems; do
    [ ! -e "$group/$file" ] || [ -e "$group/cgroup.controllers" ] || cat "$group/$file" >"$leaf/$file"
  done
done
say ok group "podglass-pause below $(printf '%s\n' "$groups" | wc -w) groups"

say step stand-in
enter=''
for pair in "$@"; do enter="$enter --${pair%%=*}=$folder/${pair%%=*}"; done
# One that a shell which was cut off had started does as well.
for leaf in $groups; do
  read -r standin <"$leaf/podglass-pause/cgroup.procs" || :
done
if [ -z "$standin" ]; then
  # shellcheck disable=SC2086
  standin=$(
    for group in $groups; do printf 0 >"$group/podglass-pause/cgroup.procs"; done
    cd /
    nsenter $enter setsid sh -c 'exec sleep 2147483647 </dev/null >/dev/null 2>&1 9>&-' &
    say $!
  )
fi
standin_start=$(start_of "$standin") || fail "the stand-in ended at once"
for pair in "$@"; do
  [ "$(inode "/proc/$standin/ns/${pair%%=*}")" = "${pair#*=}" ] || fail "the stand-in is not in ${pair%%=*} ${pair#*=}"
done
say ok stand-in "process $standin holds them"

say step manifest
write_whole "$folder/manifest.json" "$head{\"pid\":$standin,\"startTicks\":$standin_start}$tail"
say ok manifest "$folder/manifest.json"
say fact stand-in "$standin $standin_start"

#podglass:checks/1
# Looks, and changes nothing: what a plan needs to know that no snapshot tells.
# shellcheck disable=SC2154
# arguments: folder pid start hierarchy cgroup stand-in count group... type=inode...
# pid 0 when there is no sandbox process; stand-in: 1 where that is ours; group: the pod's folders, count of them
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3 hierarchy=$4 cgroup=$5 standin=$6
shift 6
keep_groups "$@"
shift $((groups + 1))
say fact uid "$(id -u)"
[ -z "${PODGLASS_ENTERED:-}" ] || say fact entered "pid $first's mount namespace, through nsenter"
for tool in mount umount nsenter flock stat awk xargs; do
  command -v "$tool" >/dev/null || say fact missing "$tool"
done
for each in "$RUN" "$RUN/pins" "$folder"; do
  [ ! -h "$each" ] || say fact link "$each"
  [ -h "$each" ] || [ ! -d "$each" ] || [ "$(stat -c '%u %a' "$each")" = "0 700" ] || say fact open "$each"
done
[ -h "$folder" ] || [ ! -f "$folder/manifest.json" ] || say fact manifest "$(head -c 65536 "$folder/manifest.json" | tr -d '\n')"
for pair in "$@"; do
  there=$(pin_at "$folder/${pair%%=*}")
  [ -z "$there" ] || say fact pin "$there"
done
# A pin that is there, but in our own mount namespace only, is no pin: it goes with the shell that made it.
copies "$folder"
if command -v flock >/dev/null && [ -f "$RUN/locks/${folder##*/}" ]; then
  flock -n "$RUN/locks/${folder##*/}" true || say fact locked "another action is being done on this pod just now"
fi
# What is no group says so as a check that does not hold; the others are still looked at.
look_at_group() { # GROUP
  members=$(enter_group "$1" && { [ ! -d podglass-pause ] || sed 's/^/fact stand-in /' podglass-pause/cgroup.procs; }) && code=0 || code=$?
  [ "$code" != 1 ] || own_group "$1" || say fact nogroup "$1"
  [ -z "$members" ] || say "$members"
}
each_group look_at_group
# Each of the next two may refuse, which ends the script: what it says then is the check's result.
if [ "$pid" != 0 ]; then
  enter_process "$pid" "$start" "$hierarchy" "$cgroup"
  same_namespaces "$@"
  say ok identity "process $pid, started at tick $start, in $cgroup"
  # A stand-in of ours lives in the node's own PID namespace and is no first process of any: nobody ends with it.
  [ "$standin" = 1 ] || alone_in_pid_namespace "$pid" "$start"
  say ok pid-namespace "nobody else is in its PID namespace or below it"
fi

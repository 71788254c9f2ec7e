#podglass:checks/1
# Looks, and changes nothing: what a plan needs to know that no snapshot tells.
# shellcheck disable=SC2154
# arguments: folder pid start hierarchy cgroup leaves groups type=inode...; pid 0 when there is no sandbox process
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3 hierarchy=$4 cgroup=$5 leaves=$6 groups=$7
shift 7
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
for group in $groups; do
  case $group in */podglass/*) ;; *) [ -d "$group" ] || say fact nogroup "$group" ;; esac
  [ ! -e "$group/podglass-pause/cgroup.procs" ] || while read -r member; do say fact stand-in "$member"; done <"$group/podglass-pause/cgroup.procs"
done
# Each of the next two may refuse, which ends the script: what it says then is the check's result.
if [ "$pid" != 0 ]; then
  enter_process "$pid" "$start" "$hierarchy" "$cgroup"
  same_namespaces "$@"
  say ok identity "process $pid, started at tick $start, in $cgroup"
  alone_in_pid_namespace "$pid" "$start" "$leaves"
  say ok pid-namespace "nobody else is in its PID namespace or below it"
fi

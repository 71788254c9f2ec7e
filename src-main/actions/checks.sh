#podglass:checks/2
# Looks, and changes nothing: what a plan needs to know that no snapshot tells.
# shellcheck disable=SC2154
# arguments: folder pid start hierarchy cgroup stand-in count group... type=inode...
# pid 0 when there is no sandbox process; stand-in: 1 when it is one of ours
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3 hierarchy=$4 cgroup=$5 standin=$6
shift 6
keep_groups "$@"
shift $((groups + 1))
need_pairs "$@"
watch_time
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
look_at_group() ( # TYPE=INODE...
  if ours "$group" && [ ! -d "$group" ]; then exit 0; fi
  enter_group "$group"
  for member in $(leaf_members); do
    ! is_stand_in "$member" "$@" || say fact stand-in "$member"
  done
)
# What it refuses is the check's result, and no reason to look no further.
look_at_each() { look_at_group "$@" || :; }
each_group look_at_each "$@"
# Each of the next two may refuse, which ends the script: what it says then is the check's result.
if [ "$pid" != 0 ]; then
  enter_process "$pid" "$start" "$hierarchy" "$cgroup"
  same_namespaces "$@"
  say ok identity "process $pid, started at tick $start, in $cgroup"
  if [ "$standin" = 1 ]; then need_stand_in "$pid" "$@"; else alone_in_pid_namespace "$pid"; fi
  say ok pid-namespace "nobody else is in its PID namespace or below it"
fi

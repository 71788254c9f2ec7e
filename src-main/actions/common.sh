# Shared by what Podglass changes on a node; put behind the first line of each script by compose.ts.
# The scripts run as root, in pid 1's mount namespace, and tell what they do in lines on stdout:
#   step NAME | ok NAME DETAIL | no CHECK DETAIL | undone NAME DETAIL | fact NAME VALUE
# No name that a script is given becomes a pattern: where one is wanted, each_process makes it.
set -euf
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077
# shellcheck disable=SC2034
RUN=/run/podglass

say() { printf '%s\n' "$*"; }
# Refuses: a check of that name does not hold. Nothing has been changed by the step that calls it.
refuse() {
  say "no $*"
  exit 10
}
fail() {
  say "no failed $*"
  exit 11
}
each_process() { (set +f; printf '%s\n' /proc/[0-9]*"$1"); } # a path of each process: /ns/pid
inode() { stat -L -c %i "$1" 2>/dev/null; }
start_of() { # PID: its start time in clock ticks; a process's comm may hold blanks and brackets
  read -r line <"/proc/$1/stat" || return 1
  line=${line##*) }
  # shellcheck disable=SC2086
  set -- $line
  [ "$1" != Z ] && [ "$1" != X ] && say "${20}"
} 2>/dev/null

# The mount namespace in which a mount stays when our shell has gone: pid 1's; root may not look at a pid 1 that has
# more capabilities, then kthreadd's, which is the same one.
first=1
inode /proc/1/ns/mnt >/dev/null || first=2
# Runs the whole script ($s, see transport/script.ts) there if we are elsewhere: sshd with PrivateMounts, pam_namespace.
enter_first_mounts() {
  there=$(inode /proc/$first/ns/mnt) || refuse privilege "pid 1's namespaces cannot be read: not root here"
  [ "$(inode /proc/self/ns/mnt)" != "$there" ] || return 0
  [ -z "${PODGLASS_ENTERED:-}" ] || refuse mount-namespace "pid 1's mount namespace could not be entered"
  command -v nsenter >/dev/null || refuse mount-namespace "our shell is in a mount namespace of its own and there is no nsenter"
  export PODGLASS_ENTERED=1
  # shellcheck disable=SC2154
  exec nsenter -t "$first" -m -- sh -c "s=\$1; shift; eval \"\$s\"" sh "$s" "$@"
}

# A group's name may hold a blank, a pattern or a quote, and an ordinary user may have chosen it (systemd delegates
# user@.service). So groups come one an argument and live in group_1 … group_$groups, never in one word.
keep_groups() { # COUNT GROUP...; the caller shifts COUNT + 1 arguments away
  groups=$1
  digits "$groups" || fail "the count of groups is no number"
  turn=0
  while [ "$turn" -lt "$groups" ]; do
    shift
    turn=$((turn + 1))
    eval "group_$turn=\$1"
  done
}
each_group() { # FUNCTION: called with each group; $turn is its number
  turn=0
  while [ "$turn" -lt "$groups" ]; do
    turn=$((turn + 1))
    eval "\"\$1\" \"\$group_$turn\""
  done
}
digits() { case $1 in '' | *[!0-9]*) return 1 ;; esac }
# Goes into a group's folder, in a subshell: from then on relative paths are of that group, whatever happens to its name.
# Status 1: there is none. Refuses what is no group: it must be reached by no link, lie at or below the mount point of a
# hierarchy, and be on a cgroup file system (CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC in linux/magic.h).
enter_group() { # FOLDER
  newline='
'
  case $1 in *"$newline"*) refuse cgroup "a group's name has a newline in it" ;; esac
  cd -P -- "$1" 2>/dev/null || return 1
  [ "$(pwd -P)" = "$1" ] || refuse cgroup "$1 is not where it says: it is $(pwd -P)"
  below_hierarchy "$1" || refuse cgroup "$1 is below no hierarchy's mount point"
  case $(stat -f -c %t . 2>/dev/null) in
    27e0eb | 63677270) ;;
    *) refuse cgroup "$1 is on no cgroup file system" ;;
  esac
}
below_hierarchy() { # PATH
  awk '{ for (i = 7; i < NF; i++) if ($i == "-") { if ($(i + 1) ~ /^cgroup2?$/) print $5; break } }' /proc/self/mountinfo |
    (while IFS= read -r top; do case $1/ in "$top"/*) exit 0 ;; esac; done; exit 1)
}
# The same, where the script cannot go on without it.
need_group() { # FOLDER
  (enter_group "$1") && return 0 || code=$?
  [ "$code" != 1 ] || fail "the pod's group $1 is gone"
  exit "$code"
}

# A folder of root's that nobody else can have made or can enter: never a symbolic link.
own_folder() {
  [ ! -h "$1" ] || refuse privilege "$1 is a symbolic link: somebody made it, look at it and remove it"
  [ -d "$1" ] || mkdir -m 0700 "$1" 2>/dev/null || [ -d "$1" ] || fail "$1 could not be made"
  set -- "$1" "$(stat -c '%u %a' "$1")"
  [ "$2" = "0 700" ] || refuse privilege "$1 is not root's alone (owner and mode are $2): look at it and remove it"
}

# Writes a file whole or not at all, also when the power goes.
write_whole() { # FILE TEXT
  printf '%s\n' "$2" >"$1.new"
  sync "$1.new" 2>/dev/null || sync
  mv -f "$1.new" "$1"
}

# Mount points at or below a folder, last mounted first.
mounts_below() { awk -v d="$1" '$5 == d || index($5, d "/") == 1 { print $5 }' /proc/self/mountinfo | sort -r; }

# One action at a time on one pod. The kernel lets go of the lock when our shell ends, however it ends.
lock() { # NAME
  own_folder "$RUN"
  own_folder "$RUN/locks"
  command -v flock >/dev/null || refuse tools "there is no flock on this node (util-linux and busybox have it)"
  lock_file=$RUN/locks/$1
  exec 9>"$lock_file"
  flock -n 9 || refuse locked "another action is being done on this pod just now"
  # Whoever had it before us may have removed the file on its way out.
  [ "$(inode /proc/self/fd/9)" = "$(inode "$lock_file")" ] || refuse locked "another action on this pod has just ended: try again"
}
unlock() { rm -f "$lock_file"; }

# Enters a process and looks whether it is the one of the plan. From then on every read here is of that process or fails:
# the kernel never shows a stranger in a folder that was entered (fs/proc/base.c).
enter_process() { # PID START HIERARCHY CGROUP
  cd "/proc/$1" 2>/dev/null || refuse identity "process $1 has ended"
  same_process "$2" || refuse identity "pid $1 is another process now than the plan's (start time $2)"
  now=$(awk -F: -v h="$3" '$2 == h { sub(/^[^:]*:[^:]*:/, ""); print }' cgroup 2>/dev/null) || :
  [ "$now" = "$4" ] || refuse identity "process $1 is in the group ${now:-of nobody}, not in $4"
}
same_process() { [ "$(start_here)" = "$1" ]; }
start_here() {
  read -r line <stat || return 0
  line=${line##*) }
  # shellcheck disable=SC2086
  set -- $line
  [ "$1" = Z ] || [ "$1" = X ] || say "${20}"
} 2>/dev/null
# In the folder of a process: are its namespaces those of the plan?
same_namespaces() { # TYPE=INODE...
  for pair in "$@"; do
    now=$(inode "ns/${pair%%=*}") || refuse identity "the process has ended"
    [ "$now" = "${pair#*=}" ] || refuse identity "the process is in ${pair%%=*} $now, not in ${pair#*=}"
  done
}

# What is mounted at a path: "net:[4026531840]", or nothing.
pin_at() { awk -v p="$1" '$5 == p { root = $4 } END { if (root != "") print root }' /proc/self/mountinfo; }
pins_hold() { # FOLDER TYPE=INODE...
  in=$1
  shift
  for pair in "$@"; do
    now=$(pin_at "$in/${pair%%=*}")
    [ "$now" = "${pair%%=*}:[${pair#*=}]" ] || refuse pinned "$in/${pair%%=*} holds ${now:-nothing}, not ${pair%%=*}:[${pair#*=}]"
  done
}

# In the folder of a process: nobody else is in its PID namespace or below it. Its own /proc tells, where it has one of
# that namespace: a procfs lists the processes of its namespace and of those nested in it (pid_namespaces(7)).
alone_in_pid_namespace() { # PID START
  same=$(inode ns/pid)
  others=$(each_process /ns/pid | xargs stat -L -c '%i %n' 2>/dev/null |
    awk -v n="$same" -v own="/proc/$1/ns/pid" '$1 == n && $2 != own && found++ < 10 { split($2, part, "/"); printf "%s ", part[3] }')
  [ -z "$others" ] || refuse pid-namespace "in pause's PID namespace, and would end with it: ${others% }"
  # Its root is its own to arrange: only the root of a proc file system (inode 1) tells, and no link to another.
  if [ ! -h root/proc ] && [ "$(stat -f -c %t root/proc 2>/dev/null)" = 9fa0 ] && [ "$(inode root/proc)" = 1 ] &&
    [ "$(inode root/proc/1/ns/pid)" = "$same" ]; then
    below=$(set +f; set -- root/proc/[0-9]*; echo $(($# - 1)))
    [ "$below" = 0 ] || refuse pid-namespace "$below processes live in PID namespaces below pause's and would end with it"
    return 0
  fi
  # Without that view: is any process of the node nested deeper than this one?
  depth=$(awk '$1 == "NSpid:" { print NF }' status)
  deeper=$(each_process /status | xargs cat 2>/dev/null | awk -v d="$depth" '$1 == "NSpid:" && NF > d { n++ } END { print n + 0 }')
  [ "$deeper" = 0 ] || refuse pid-namespace "$deeper processes are nested deeper than pause, and whether below it cannot be told"
}

# Mounts below a folder that another mount namespace has as well: copy NAMESPACE PID ROOT PATH. One process of each
# namespace is asked, all by one grep: a node with 500 containers has 500 of them. Those of our own are not copies.
copies() { # FOLDER
  others=$(each_process /ns/mnt | xargs stat -L -c '%i %n' 2>/dev/null |
    awk -v own="$(inode /proc/self/ns/mnt)" '$1 != own && !seen[$1]++ { sub("/ns/mnt", "/mountinfo", $2); print }')
  {
    say "$others"
    say "$others" | cut -d' ' -f2 | xargs grep -sHF -e " $1/" /dev/null || :
  } | awk -v d="$1" '$1 ~ /^[0-9]+$/ { of[$2] = $1; next }
    index($5, d "/") == 1 { split($1, at, ":"); split(at[1], part, "/"); print "copy", of[at[1]], part[3], $4, $5 }'
}

# Roots of the hierarchies that limit: one on v2; memory, cpu, cpuacct, pids and freezer on v1.
cgroup_roots() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    say /sys/fs/cgroup
  else
    awk '$3 == "cgroup" && $4 ~ /(^|,)(memory|cpu|cpuacct|pids|freezer)(,|$)/ { print $2 }' /proc/mounts
  fi
}
# A group that restore made for a pod that has none: podglass/<its folder's name> at the top of a hierarchy.
own_group() { # GROUP
  top=${1%/podglass/"${folder##*/}"}
  [ "$top" != "$1" ] && cgroup_roots | grep -qxF -e "$top"
}
own_group_goes() { # GROUP: with the one that all of these share
  ! own_group "$1" || rmdir "$1" "${1%/*}" 2>/dev/null || :
}
leaf_goes() { # GROUP: the leaf of a stand-in, once nobody is in it
  (enter_group "$1" && rmdir podglass-pause) 2>/dev/null || :
  own_group_goes "$1"
}
# Ends every process of these groups of ours and below them, then removes the groups. Five seconds at most.
empty_group() { # FOLDER...
  tries=0
  while :; do
    for each in "$@"; do
      shift
      [ ! -d "$each" ] || set -- "$@" "$each"
    done
    [ $# -gt 0 ] || return 0
    [ "$tries" -lt 250 ] || return 1
    ! stat -f -c %t "$@" 2>/dev/null | grep -qvxE '27e0eb|63677270' || refuse cgroup "one of $* is on no cgroup file system"
    left=$(find "$@" -name cgroup.procs -exec cat {} + 2>/dev/null | grep -x '[0-9][0-9]*' || :)
    # shellcheck disable=SC2086
    [ -z "$left" ] || kill -KILL $left 2>/dev/null || :
    find "$@" -depth -type d -exec rmdir {} + 2>/dev/null || :
    [ "$tries" -lt 3 ] || sleep 0.02 2>/dev/null || sleep 1
    tries=$((tries + 1))
  done
}

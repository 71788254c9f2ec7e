# Shared by what Podglass changes on a node; put behind the first line of each script by compose.ts.
# The scripts run as root, in pid 1's mount namespace, and tell what they do in lines on stdout:
#   step NAME | ok NAME DETAIL | no CHECK DETAIL | undone NAME DETAIL | fact NAME VALUE
# What a user of the node may have named (groups, above all) is never part of a list in one word: lists are counted
# arguments, and no word is ever taken for a pattern (set -f).
set -euf
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077
# shellcheck disable=SC2034
RUN=/run/podglass
newline='
'

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
inode() { stat -L -c %i "$1" 2>/dev/null; }
# A pid that kill may be given: digits, no 0 (our own group), no 1, nothing below (whole groups, everybody).
is_pid() { case $1 in '' | *[!0-9]* | 0* | 1) return 1 ;; esac }
# Words for the kernel's own files, which have no blanks in them: the links "ns/TYPE" of all processes.
all_links() ( # ns/TYPE
  set +f
  printf '%s\n' /proc/[0-9]*/"$1"
)
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

# A folder of root's that nobody else can have made or can enter: never a symbolic link.
own_folder() {
  [ ! -h "$1" ] || refuse privilege "$1 is a symbolic link: somebody made it, look at it and remove it"
  [ -d "$1" ] || mkdir -m 0700 "$1" 2>/dev/null || [ -d "$1" ] || fail "$1 could not be made"
  set -- "$1" "$(stat -c '%u %a' "$1")"
  [ "$2" = "0 700" ] || refuse privilege "$1 is not root's alone (owner and mode are $2): look at it and remove it"
}

# Writes a file whole or not at all: a full /run shows when it is read back. It is gone with the power, like the mounts.
write_whole() { # FILE TEXT
  if printf '%s\n' "$2" >"$1.new" && [ "$(cat "$1.new")" = "$2" ]; then
    mv -f "$1.new" "$1"
  else
    rm -f "$1.new"
    return 1
  fi
} 2>/dev/null
# A manifest is written where its data are: the app, which is told of what has just been made, and answers
# with one line of JSON. Where nobody answers, what was begun is taken back.
ask_manifest() { # WHAT-WAS-MADE...
  say ask manifest "$*"
  { IFS= read -r manifest && [ -n "$manifest" ]; } || fail "nobody answered with the manifest: the connection was lost"
}
# The manifest of a folder as it was is kept beside the new one, since bringing it back must not need any room.
write_manifest() { # FOLDER TEXT
  rm -f "$1/manifest.old"
  [ ! -f "$1/manifest.json" ] || ln "$1/manifest.json" "$1/manifest.old" || fail "$1/manifest.json could not be kept"
  write_whole "$1/manifest.json" "$2" || fail "$1/manifest.json could not be written whole: is there room in ${1%/pins/*}?"
}
manifest_back() { # FOLDER
  if [ -f "$1/manifest.old" ]; then mv -f "$1/manifest.old" "$1/manifest.json"; else rm -f "$1/manifest.json"; fi
  # Where both are one file still, rename(2) does nothing.
  rm -f "$1/manifest.old"
}
manifest_stays() { rm -f "$1/manifest.old"; }

# Mount points at or below a folder, last mounted first.
mounts_below() { awk -v d="$1" '$5 == d || index($5, d "/") == 1 { print $5 }' /proc/self/mountinfo | sort -r; }

# A script that waits for what never comes (a file system that does not answer, a FIFO) is ended after a minute, with what
# it waits for; the pod's lock is free then, whoever of its children the kernel does not let go. Looks once a second, and
# ends with the script.
LIMIT=60
watch_time() {
  begun_at=$(start_of $$)
  trap 'say no time "it took more than $LIMIT s and was ended"; exit 13' ALRM
  {
    read -r own _ </proc/self/stat
    left=$LIMIT
    while [ "$(start_of $$)" = "$begun_at" ]; do
      sleep 1
      left=$((left - 1))
      case $left in
        0)
          stuck=$(children "$own")
          kill -ALRM $$
          sleep 1
          # A shell takes a signal only when the child that it waits for has ended; those of its undoing are others.
          for child in $stuck; do ! children "$own" | grep -qx "$child" || kill -KILL "$child"; done
          ;;
        -10)
          kill -KILL $$
          [ -z "${lock_file:-}" ] || rm -f "$lock_file"
          ;;
      esac
    done
  } </dev/null >/dev/null 2>&1 9>&- &
}
children() { # OWN: all of the script's but that one
  tr ' ' '\n' <"/proc/$$/task/$$/children" | grep -vx "$1" || :
}

# One action at a time on one pod. The kernel lets go of the lock when our shell ends, however it ends.
lock() { # NAME
  own_folder "$RUN"
  own_folder "$RUN/locks"
  command -v flock >/dev/null || refuse tools "there is no flock on this node (util-linux and busybox have it)"
  lock_file=$RUN/locks/$1
  exec 9>"$lock_file"
  flock -n 9 || refuse locked "another action is being done on this pod just now"
  # Whoever had it before us may have removed the file on its way out.
  watch_time
  [ "$(inode /proc/self/fd/9)" = "$(inode "$lock_file")" ] || refuse locked "another action on this pod has just ended: try again"
  # From here on it is ours to take away, also where a check refuses before there is anything to guard.
  trap 'rm -f "$lock_file"' EXIT
}
# Whatever ends the script: the lock goes, and where it did not do all it should, take_back first.
guard() {
  trap leave EXIT
  trap 'exit 12' HUP INT TERM PIPE
}
leave() {
  code=$?
  trap '' EXIT HUP INT TERM PIPE
  set +e
  [ "$code" = 0 ] || take_back
  rm -f "$lock_file"
  exit "$code"
}

# Enters a process and looks whether it is the one of the plan. From then on every read here is of that process or fails:
# the kernel never shows a stranger in a folder that was entered (fs/proc/base.c).
enter_process() { # PID START HIERARCHY CGROUP
  is_pid "$1" || refuse identity "$1 is no process of a pod"
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
# Ends a process by a signal, if it still is the one that started then. Through a handle on it where there is one
# (pidfd_open(2), pidfd_send_signal(2): 434 and 424 on all machines), which never means a stranger who got the pid: perl
# has system calls, python3 these since 3.9. Without them, and before Linux 5.3, between the check and kill(1) another
# process could get the pid, if the kernel went through all of them in that moment; $sent then says so.
# shellcheck disable=SC2034
send_signal() { # SIGNAL PID START
  is_pid "$2" || fail "$2 is no pid"
  sent=''
  ! command -v perl >/dev/null || ! by_perl "$@" 2>/dev/null || return 0
  ! command -v python3 >/dev/null || ! by_python "$@" 2>/dev/null || return 0
  sent=" (by its number: this node has no handle on processes)"
  [ "$(start_of "$2" || :)" != "$3" ] || kill -"$1" "$2" 2>/dev/null || :
}
by_perl() {
  # shellcheck disable=SC2016
  perl -e 'use strict; my ($signal, $pid, $start) = @ARGV; my %number = (TERM => 15, KILL => 9);
    my $handle = syscall(434, $pid + 0, 0);
    exit($!{ESRCH} ? 0 : 3) if $handle < 0;
    open(my $file, "<", "/proc/$pid/stat") or exit 0;
    my $line = <$file> // ""; $line =~ s/.*\) //s;
    my @field = split / /, $line;
    exit 0 if ($field[19] // "") ne $start;
    syscall(424, $handle, $number{$signal}, 0, 0) == 0 or exit($!{ESRCH} ? 0 : 3)' "$@"
}
# Without indentation, which is not sent (transport/script.ts).
by_python() {
  python3 -I -S -c 'import os, signal, sys
name, pid, start = sys.argv[1:]
try: handle = os.pidfd_open(int(pid)); line = open("/proc/%s/stat" % pid, "rb").read()
except (ProcessLookupError, FileNotFoundError): sys.exit(0)
if line.rsplit(b") ", 1)[1].split()[19] != start.encode(): sys.exit(0)
try: signal.pidfd_send_signal(handle, getattr(signal, "SIG" + name))
except ProcessLookupError: pass' "$@"
}
# What a pin is called and what it holds: TYPE=INODE.
is_pair() { case ${1#*=} in '' | *[!0-9]*) return 1 ;; esac && case ${1%%=*} in net | ipc | uts | user) ;; *) return 1 ;; esac }
need_pairs() { # TYPE=INODE...
  for pair in "$@"; do is_pair "$pair" || refuse arguments "$pair is not one of net, ipc, uts, user with an inode"; done
}
# In the folder of a process: are its namespaces those of the plan?
same_namespaces() { # TYPE=INODE...
  for pair in "$@"; do
    now=$(inode "ns/${pair%%=*}") || refuse identity "the process has ended"
    [ "$now" = "${pair#*=}" ] || refuse identity "the process is in ${pair%%=*} $now, not in ${pair#*=}"
  done
}

# A bind mount of what a link means, not of where it seems to lead: mount(8) would look that up.
bind() { # LINK PATH
  plain=--no-canonicalize
  mount --help 2>&1 | grep -q -- "$plain" || plain=''
  # shellcheck disable=SC2086
  mount $plain --bind "$1" "$2"
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
# that namespace: a procfs lists the processes of its namespace and of those nested in it (pid_namespaces(7)). The pod
# may have put anything there, so it is the root (inode 1) of one, with nothing mounted over its first process.
alone_in_pid_namespace() { # PID
  same=$(inode ns/pid)
  others=$(all_links ns/pid | xargs stat -L -c '%i %n' 2>/dev/null |
    awk -v n="$same" -v own="/proc/$1/ns/pid" '$1 == n && $2 != own && found++ < 10 { split($2, part, "/"); printf "%s ", part[3] }')
  [ -z "$others" ] || refuse pid-namespace "in pause's PID namespace, and would end with it: ${others% }"
  if [ ! -h root/proc ] && [ "$(stat -f -c %t root/proc 2>/dev/null)" = 9fa0 ] && [ "$(inode root/proc)" = 1 ] &&
    [ "$(stat -c %d root/proc)" = "$(stat -c %d root/proc/1)" ] && [ "$(inode root/proc/1/ns/pid)" = "$same" ]; then
    below=$(find root/proc/ -maxdepth 1 -name '[0-9]*' ! -name 1 | wc -l)
    [ "$below" -eq 0 ] || refuse pid-namespace "$below processes live in PID namespaces below pause's and would end with it"
    return 0
  fi
  # Without that view: is any process of the node nested deeper than this one?
  depth=$(awk '$1 == "NSpid:" { print NF }' status)
  deeper=$(all_links status | xargs cat 2>/dev/null | awk -v d="$depth" '$1 == "NSpid:" && NF > d { n++ } END { print n + 0 }')
  [ "$deeper" = 0 ] || refuse pid-namespace "$deeper processes are nested deeper than pause, and whether below it cannot be told"
}

# A stand-in lives in the node's own PID namespace and is no first process of any: nobody ends with it.
need_stand_in() { # PID TYPE=INODE...
  is_stand_in "$@" || refuse identity "process $1 is no stand-in of ours"
}

# Mounts below a folder that another mount namespace has as well: copy NAMESPACE PID ROOT PATH. One process of each
# namespace is asked, all by one grep: a node with 500 containers has 500 of them. Those of our own are not copies.
copies() { # FOLDER
  others=$(all_links ns/mnt | xargs stat -L -c '%i %n' 2>/dev/null |
    awk -v own="$(inode /proc/self/ns/mnt)" '$1 != own && !seen[$1]++ { sub("/ns/mnt", "/mountinfo", $2); print }')
  {
    say "$others"
    say "$others" | cut -d' ' -f2 | xargs grep -sHF -e " $1/" /dev/null || :
  } | awk -v d="$1" '$1 ~ /^[0-9]+$/ { of[$2] = $1; next }
    index($5, d "/") == 1 { split($1, at, ":"); split(at[1], part, "/"); print "copy", of[at[1]], part[3], $4, $5 }'
}

# Mount points of cgroup file systems; one of an unusual name is not a node's own way to its groups.
cgroup_mounts() {
  awk '{ for (i = 7; i < NF && $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/ && $5 !~ /[^A-Za-z0-9\/_.,=@+-]/) print $5 }' /proc/self/mountinfo
}
# Roots of the hierarchies that limit: one on v2; memory, cpu, cpuacct, pids and freezer on v1. Plain names, so that a
# list of them may be one word.
cgroup_roots() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    say /sys/fs/cgroup
  else
    awk '$3 == "cgroup" && $4 ~ /(^|,)(memory|cpu|cpuacct|pids|freezer)(,|$)/ && $2 !~ /[^A-Za-z0-9\/_.,=@+-]/ { print $2 }' /proc/mounts
  fi
}

# Enters a group's folder, or refuses. A user of the node may have named it, and what its name seems to say may lie
# anywhere: it counts when it is where it says, by no link, in a cgroup file system (by its magic number, statfs(2)) and
# below that one's mount. What is read and written there by a relative path is the kernel's from then on: in such a file
# system nobody can make a link or a file of his own.
enter_group() { # GROUP
  case $1 in
    *"$newline"*) refuse cgroup "a group's name has a newline in it" ;;
    /*) ;;
    *) refuse cgroup "$1 is no group's folder" ;;
  esac
  cd -P -- "$1" 2>/dev/null || refuse cgroup "the group $1 is gone"
  [ "$(pwd -P)" = "$1" ] || refuse cgroup "$1 is not where it says: it is $(pwd -P)"
  case $(stat -f -c %t .) in 27e0eb | 63677270) ;; *) refuse cgroup "$1 is in no cgroup file system" ;; esac
  for mount in $(cgroup_mounts); do case $1 in "$mount"/*) return 0 ;; esac; done
  refuse cgroup "$1 is below no hierarchy's mount point"
}
# Keeps the groups of a script's arguments: how many, then each. They are gone through by each_group.
keep_groups() { # COUNT GROUP... (what follows is not looked at)
  case $1 in '' | *[!0-9]*) refuse arguments "$1 is no number of groups" ;; esac
  groups=$1 kept=0 group=''
  [ "$1" -lt $# ] || refuse arguments "$1 groups were promised, $(($# - 1)) came"
  while [ "$kept" -lt "$groups" ]; do
    shift
    kept=$((kept + 1))
    eval "group_$kept=\$1"
  done
}
each_group() { # COMMAND...: runs it with each of them as $group
  at_group=0
  while [ "$at_group" -lt "$groups" ]; do
    at_group=$((at_group + 1))
    eval "group=\$group_$at_group"
    "$@"
  done
}
# A pod that has no group of its own gets one of ours, MOUNT/podglass/<hash>, which goes with its stand-in.
ours() { # GROUP
  case $1 in */podglass/"${folder##*/}") ;; *) return 1 ;; esac
  cgroup_mounts | grep -qxF -- "${1%/podglass/*}"
}
# Takes the leaf of a stand-in that has ended away; nothing where the group is gone, or the leaf has somebody in it.
leaf_goes() { # $group
  (enter_group "$group" >/dev/null && rmdir podglass-pause 2>/dev/null) || :
  ! ours "$group" || rmdir "$group" "${group%/*}" 2>/dev/null || :
}
# In a group's folder: the pids in the leaf of stand-ins.
leaf_members() { [ ! -d podglass-pause ] || cat podglass-pause/cgroup.procs; }
# A stand-in holds this file of root's open, as its descriptor 8: nobody else can, so what does was started by restore.
mark() { say "$folder/stand-in"; }
is_stand_in() ( # PID TYPE=INODE...
  is_pid "$1" && cd "/proc/$1" 2>/dev/null || exit 1
  shift
  file=$(stat -c %d:%i "$(mark)") && [ "$(stat -L -c %d:%i fd/8)" = "$file" ] || exit 1
  for pair in "$@"; do [ "$(inode "ns/${pair%%=*}")" = "${pair#*=}" ] || exit 1; done
) 2>/dev/null

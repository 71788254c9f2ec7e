# Shared by what Podglass changes on a node; put behind the first line of each script by compose.ts.
# The scripts run as root, in pid 1's mount namespace, and tell what they do in lines on stdout:
#   step NAME | ok NAME DETAIL | no CHECK DETAIL | undone NAME DETAIL | fact NAME VALUE
set -eu
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
# Reads the next argument, a line in our encoding (transport/encoding.ts), into $arg. The dot keeps last newlines.
next() {
  IFS= read -r arg || fail "the connection ended before all arguments had come"
  arg=$(printf '%b.' "$arg")
  arg=${arg%.}
}

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
enter_first_mounts() { # SCRIPT: runs all of it there if we are elsewhere (sshd with PrivateMounts, pam_namespace)
  there=$(inode /proc/$first/ns/mnt) || refuse privilege "pid 1's namespaces cannot be read: not root here"
  [ "$(inode /proc/self/ns/mnt)" != "$there" ] || return 0
  [ -z "${PODGLASS_ENTERED:-}" ] || refuse mount-namespace "pid 1's mount namespace could not be entered"
  command -v nsenter >/dev/null || refuse mount-namespace "our shell is in a mount namespace of its own and there is no nsenter"
  export PODGLASS_ENTERED=1
  exec nsenter -t "$first" -m -- sh -c "$1"
}

# A folder of root's that nobody else can have made or can enter: never a symbolic link.
own_folder() {
  [ ! -h "$1" ] || refuse privilege "$1 is a symbolic link: somebody made it, look at it and remove it"
  [ -d "$1" ] || mkdir -m 0700 "$1"
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

# Mounts below a folder that another mount namespace has as well: copy NAMESPACE PID ROOT PATH. One process of each
# namespace is asked; those of our own are not copies.
copies() { # FOLDER
  printf '%s\n' /proc/[0-9]*/ns/mnt | xargs stat -L -c '%i %n' 2>/dev/null |
    awk -v own="$(inode /proc/self/ns/mnt)" '$1 != own && !seen[$1]++ { sub("/ns/mnt", "", $2); print }' |
    while read -r namespace process; do
      awk -v n="$namespace" -v p="${process#/proc/}" -v d="$1" \
        'index($5, d "/") == 1 { print "copy", n, p, $4, $5 }' "$process/mountinfo" 2>/dev/null || :
    done
}

# Roots of the hierarchies that limit: one on v2; memory, cpu, cpuacct, pids and freezer on v1.
cgroup_roots() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    say /sys/fs/cgroup
  else
    awk '$3 == "cgroup" && $4 ~ /(^|,)(memory|cpu|cpuacct|pids|freezer)(,|$)/ { print $2 }' /proc/mounts
  fi
}
# Ends every process of a group and below it, in one hierarchy root, then removes the group. Five seconds at most.
empty_group() { # FOLDER
  tries=0
  while [ -d "$1" ]; do
    [ "$tries" -lt 250 ] || return 1
    left=$(find "$1" -name cgroup.procs -exec cat {} + 2>/dev/null || :)
    # shellcheck disable=SC2086
    [ -z "$left" ] || kill -KILL $left 2>/dev/null || :
    find "$1" -depth -type d -exec rmdir {} \; 2>/dev/null || :
    [ ! -d "$1" ] || [ "$tries" -lt 3 ] || sleep 0.02 2>/dev/null || sleep 1
    tries=$((tries + 1))
  done
}

# Shared by what runs in namespaces of others: opens them, and makes sure of them. Each is opened first and then looked
# at, so that what is entered is what was looked at. The flags of nsenter are then in $flags; our open files are 3 to 9.
# Some of these are for those who include this file.
# shellcheck disable=SC2034
PATH=${PATH:-/bin}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
no() {
  echo "podglass: $*" >&2
  exit 1
}
start_of() {
  read -r line <"/proc/$1/stat" || return 1
  line=${line##*) }
  # shellcheck disable=SC2086
  set -- $line
  [ "$1" != Z ] && [ "$1" != X ] && echo "${20}"
} 2>/dev/null
may_enter() {
  [ "$(id -u)" = 0 ] || no "entering a namespace takes root on this node, and this login is $(id -un): log in as root, or use --sudo"
  command -v nsenter >/dev/null || no "there is no nsenter on this node (util-linux has it, and busybox can): nothing was entered"
}
flags='' watch='' since='' inside='' file=2
open_namespace() { # TYPE INODE, and what holds it: PID START (ticks), or PATH and ""
  case $1 in
    net) flag=n ;; ipc) flag=i ;; uts) flag=u ;; pid) flag=p ;; mnt) flag=m inside=1 ;; user) flag=U ;;
    cgroup) flag=C ;; time) flag=T ;; *) no "a namespace of the type $1 cannot be entered" ;;
  esac
  path=$3
  if [ -n "$4" ]; then
    path=/proc/$3/ns/$1
    [ "$(start_of "$3")" = "$4" ] || no "process $3 has ended, or its number is another's now: nothing was entered; look at the pod again"
    watch=$3 since=$4
  fi
  file=$((file + 1))
  (: <"$path") 2>/dev/null || no "$path cannot be opened: nothing was entered"
  eval "exec $file<\"\$path\""
  [ "$(stat -L -c %i "/proc/$$/fd/$file" 2>/dev/null)" = "$2" ] ||
    no "$path is not the $1 namespace $2 any more: nothing was entered; look at the pod again"
  # Still the same process after it was opened: so was what was opened.
  [ -z "$4" ] || [ "$(start_of "$3")" = "$4" ] || no "process $3 has ended meanwhile: nothing was entered"
  flags="$flags -$flag/proc/$$/fd/$file"
}
# Runs a program there, without our open files: in a shell of its own, since dash closes a command's files in itself for
# as long as that runs.
there() (
  exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
  trap - INT QUIT
  # shellcheck disable=SC2086
  exec nsenter $flags -- "$@"
)

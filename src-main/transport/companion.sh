#podglass:companion/1
# Beside a terminal of ours: TTY PID. Lines "ROWS COLUMNS" set its size; when nobody asks any more, what still runs on it
# is told that it hangs up (PID leads it, as long as it is the same process).
set -uf
case $1 in /dev/pts/*[!0-9]* | /dev/pts/) exit 2 ;; /dev/pts/*) ;; *) exit 2 ;; esac
case $2 in '' | *[!0-9]* | 0* | 1) exit 2 ;; esac
start_of() {
  read -r line <"/proc/$1/stat" || return 1
  line=${line##*) }
  # shellcheck disable=SC2086
  set -- $line
  echo "${20}"
} 2>/dev/null
start=$(start_of "$2") || exit 0
while read -r rows columns; do
  case $rows$columns in '' | *[!0-9]*) continue ;; esac
  stty -F "$1" rows "$rows" columns "$columns" 2>/dev/null
done
sleep 1
[ "$(start_of "$2")" = "$start" ] && kill -HUP "$2" 2>/dev/null
exit 0

#podglass:lab-bench-sweep/1
# Takes away what benches left: those whose shell is gone, or the one that is named, whose shell gets a while to end.
# arguments: prefix ("" for all) seconds
enter_first_mounts "$@"
mine=$1 patience=$2
[ "$(id -u)" = 0 ] || refuse privilege "removing pods needs root"
alive() { # NAME
  read -r pid start _ <"$LAB/$1/bench" || return 1
  [ "$(start_of "$pid")" = "$start" ]
} 2>/dev/null
[ -z "$mine" ] || need_name "${mine%-}"
# Names of ours in folders of root's: the patterns below are meant.
set +f
named() { # what bears the prefix: folders, and groups in any hierarchy
  for each in "$LAB/$1"-[0-9]* "$LAB/$1-shell"; do [ ! -d "$each" ] || say "${each##*/}"; done
  for root in $ROOTS; do
    for each in "$root/podglass-lab/$1"-[0-9]* "$root/podglass-lab/$1-shell"; do [ ! -d "$each" ] || say "${each##*/}"; done
  done
}
for folder in "$LAB"/bench-*-shell; do
  [ -d "$folder" ] || continue
  shell=${folder##*/}
  case $shell in "$mine"*) ;; *) continue ;; esac
  # One that has just begun has not written yet who it is.
  [ -f "$folder/bench" ] || sleep 1
  while alive "$shell" && [ "$patience" -gt 0 ]; do
    sleep 1
    patience=$((patience - 1))
  done
  [ -n "$mine" ] || ! alive "$shell" || continue
  say step "$shell"
  # The shell first: it may be at making another.
  remove_pod "$shell" "$RUN/pins/none"
  set --
  for name in $(named "${shell%-shell}" | sort -u); do set -- "$@" "$name" "$RUN/pins/none"; done
  [ $# = 0 ] || remove_pods "$@"
  say ok "$shell" removed
done
remove_shared

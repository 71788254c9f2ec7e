#podglass:lab-down/1
# Takes lab pods away, also half made ones and those whose making was killed.
# arguments: for each pod its name and the folder of its pins
enter_first_mounts "$@"
[ "$(id -u)" = 0 ] || refuse privilege "removing a pod needs root"
while [ $# -gt 1 ]; do
  say step "$1"
  remove_pod "$1" "$2"
  say ok "$1" removed
  shift 2
done
remove_shared

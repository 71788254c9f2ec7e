#podglass:lab-down/2
# Takes lab pods away, also half made ones and those whose making was killed.
# shellcheck disable=SC2154
# arguments: for each pod its name and the folder of its pins
enter_first_mounts "$@"
[ "$(id -u)" = 0 ] || refuse privilege "removing a pod needs root"
[ $# = 0 ] || remove_pods "$@"
say_removed() { say ok "$1" removed; }
each_pod say_removed "$@"
remove_shared

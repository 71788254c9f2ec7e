#podglass:lab-down/1
# Takes lab pods away, also half made ones and those whose making was killed.
# shellcheck disable=SC2154
# arguments: for each pod its name and the folder of its pins
enter_first_mounts "$@"
[ "$(id -u)" = 0 ] || refuse privilege "removing a pod needs root"
names=''
[ $# = 0 ] || remove_pods "$@"
for name in $names; do say ok "$name" removed; done
remove_shared

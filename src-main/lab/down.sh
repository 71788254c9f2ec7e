#podglass:lab-down/1
# Takes lab pods away, also half made ones and those whose making was killed.
# arguments: for each pod its name and the folder of its pins; then an empty name
# shellcheck disable=SC2154
enter_first_mounts "$podglass_script"
[ "$(id -u)" = 0 ] || refuse privilege "removing a pod needs root"
while next && [ -n "$arg" ]; do
  name=$arg
  next
  say step "$name"
  remove_pod "$name" "$arg"
  say ok "$name" removed
done
remove_shared

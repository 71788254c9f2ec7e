#podglass:lab-list/1
# Tells what of ours is on the node: lab pods, and what a crash may have left of one (groups, links, mounts, pins).
enter_first_mounts "$@"
[ "$(id -u)" = 0 ] || refuse privilege "$RUN is root's alone"
for dir in "$LAB"/*/; do
  [ -d "$dir" ] || continue
  dir=${dir%/}
  say pod "${dir##*/}"
  [ ! -f "$dir/manifest.json" ] || say manifest "$(head -c 65536 "$dir/manifest.json" | tr -d '\n')"
  mounts_below "$dir" | sed 's/^/mount /'
done
for root in $ROOTS; do
  find "$root/podglass-lab" -type d 2>/dev/null | while read -r group; do
    say group "${group#"$root"}" "$root"
    sed 's/^/member /' "$group/cgroup.procs" 2>/dev/null || : # it has gone meanwhile
  done
done
for link in "$LAB"/.address/*; do
  [ ! -h "$link" ] || say address "${link##*/}" "$(readlink "$link")"
done
for link in /sys/class/net/pgl*; do
  [ ! -e "$link" ] || say link "${link##*/}"
done
for manifest in "$RUN"/pins/*/manifest.json; do
  [ ! -f "$manifest" ] || say pins "$(head -c 65536 "$manifest" | tr -d '\n')"
done
# Other mount namespaces that hold a copy of a mount of ours: unshared or cloned while it was there.
copies "$RUN"

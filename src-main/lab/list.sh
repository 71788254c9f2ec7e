#podglass:lab-list/2
# Tells what of ours is on the node: lab pods, and what a crash may have left of one (groups, links, mounts, pins).
# One program asks for all pods at once: with 200 of them a program for each takes longer than a person waits.
enter_first_mounts "$@"
[ "$(id -u)" = 0 ] || refuse privilege "$RUN is root's alone"
# Files of these names, which are root's: the only patterns here.
set +f
for dir in "$LAB"/*/; do
  dir=${dir%/}
  [ ! -d "$dir" ] || say pod "${dir##*/}"
done
tell_files() { # WORD FILE...: each file's text, in one line
  word=$1
  shift
  grep -sH '' "$@" | awk -v word="$word" -v l="$LAB/" '{
    at = index($0, ":")
    file = substr($0, 1, at - 1)
    if (file != last) {
      if (last != "") print ""
      if (index(file, l) == 1) { name = substr(file, length(l) + 1); sub("/.*", "", name); print "pod", name }
      printf "%s ", word
      last = file
    }
    printf "%s", substr($0, at + 1, 65536)
  } END { if (last != "") print "" }'
}
tell_files manifest "$LAB"/*/manifest.json
tell_files pins "$RUN"/pins/*/manifest.json
for link in /sys/class/net/pgl*; do
  [ ! -e "$link" ] || say link "${link##*/}"
done
set -f
awk -v l="$LAB/" 'index($5, l) == 1 { name = substr($5, length(l) + 1); sub("/.*", "", name); print "pod", name; print "mount", $5 }' /proc/self/mountinfo
for root in $ROOTS; do
  # A group may go meanwhile.
  find "$root/podglass-lab" -type d 2>/dev/null | awk -v r="$root" '{ print "group", substr($0, length(r) + 1), r }'
  find "$root/podglass-lab" -name cgroup.procs -exec grep -sH '' {} + 2>/dev/null | awk -F : -v r="$root" '{
    group = substr($1, length(r) + 1)
    sub("/cgroup.procs$", "", group)
    if (group != last) print "group", group, r
    last = group
    print "member", $2
  }'
done
addresses | sed 's/^/address /'
# Other mount namespaces that hold copies of mounts of ours, unshared or cloned while those were there: how many each.
copies "$RUN" | awk '{ n[$2]++; process[$2] = $3 } END { for (each in n) if (shown++ < 100) print "copies", each, process[each], n[each] }'

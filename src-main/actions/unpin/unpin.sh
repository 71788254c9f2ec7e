#podglass:unpin/2
# Lets go of a pod's namespaces. A process of the pod must still hold them, unless the pod is gone (pid 0).
# arguments: folder pid start hierarchy cgroup keep-manifest manifest count (path type=inode)... type=inode...
# path: a pin of the runtime's, which holds that namespace for new members where there is no process
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3 hierarchy=$4 cgroup=$5 keep=$6 manifest=$7
others=$8
shift 8
case $others in '' | *[!0-9]*) refuse arguments "$others is no number of pins" ;; esac
held=''
while [ "$others" -gt 0 ]; do
  [ $# -gt 1 ] || refuse arguments "a pin of the runtime's is missing"
  need_pairs "$2"
  there=$(pin_at "$1")
  [ "$there" = "${2%%=*}:[${2#*=}]" ] || refuse last-holder "$1 holds ${there:-nothing}, not ${2%%=*}:[${2#*=}]"
  held="$held${held:+, }$1"
  shift 2
  others=$((others - 1))
done
need_pairs "$@"
[ "$(id -u)" = 0 ] || refuse privilege "unmounting needs root"
lock "${folder##*/}"
[ -d "$folder" ] || refuse pinned "there is no $folder: nothing is pinned"
own_folder "$folder"

say step last-holder
if [ "$pid" != 0 ]; then
  enter_process "$pid" "$start" "$hierarchy" "$cgroup"
  same_namespaces "$@"
  say ok last-holder "process $pid holds them too"
elif [ -n "$held" ]; then
  say ok last-holder "$held hold them too"
else
  say ok last-holder "the pod is gone, nobody needs them"
fi

# Before anything is taken away: what would keep the folder, and with it half of an unpin.
strange=$(find "$folder" -mindepth 1 -maxdepth 1 | sed 's|.*/||' | grep -vxE 'net|ipc|uts|user|stand-in|manifest\.(json|json\.new|old)') || :
[ "$keep" = 1 ] || [ -z "$strange" ] || refuse pinned "$folder has something in it that is not ours: $(say "$strange" | head -n 3 | tr '\n' ' ')"

# Each namespace of the process is held open under a number of its own until all is done, so that it can be mounted again
# though the process has ended meanwhile. Through the process: an open pin could not be unmounted.
number() { case $1 in net) say 4 ;; ipc) say 5 ;; uts) say 6 ;; user) say 7 ;; esac }
gone='' written=''
take_back() {
  for type in $gone; do
    [ -z "$(pin_at "$folder/$type")" ] || continue
    : >"$folder/$type" && bind "/proc/$$/fd/$(number "$type")" "$folder/$type" && say undone "$type" "mounted again"
  done
  [ -z "$written" ] || manifest_back "$folder"
}
guard
need_holder() { [ "$pid" = 0 ] || same_process "$start" || refuse last-holder "process $pid, which held them too, has ended meanwhile"; }
say step manifest
written=1
write_manifest "$folder" "$manifest"
say ok manifest "says that it is being unpinned"

for file in "$folder"/net "$folder"/ipc "$folder"/uts "$folder"/user; do
  [ -e "$file" ] || continue
  type=${file##*/}
  say step "$type"
  need_holder
  if [ "$pid" != 0 ] && [ "$(pin_at "$file")" = "$type:[$(inode "ns/$type")]" ]; then
    eval "exec $(number "$type")<ns/$type"
    gone="$type $gone"
  fi
  while [ -n "$(pin_at "$file")" ]; do umount "$file" || fail "unmounting $file failed"; done
  rm -f "$file"
  say ok "$type" "$file unmounted"
done
need_holder
copies "$folder"
manifest_stays "$folder"
if [ "$keep" = 0 ]; then
  rm -f "$folder/manifest.json" "$folder/stand-in"
  rmdir "$folder" || :
fi

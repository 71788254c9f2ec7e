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

gone='' written=''
undo() {
  code=$?
  trap '' EXIT HUP INT TERM PIPE
  set +e
  if [ "$code" != 0 ]; then
    for type in $gone; do
      [ "$pid" != 0 ] && : >"$folder/$type" && mount --bind "ns/$type" "$folder/$type" && say undone "$type" "mounted again"
    done
    [ -z "$written" ] || manifest_back "$folder"
  fi
  unlock
  exit "$code"
}
trap undo EXIT
trap 'exit 12' HUP INT TERM PIPE
say step manifest
written=1
write_manifest "$folder" "$manifest"
say ok manifest "says that it is being unpinned"

for file in "$folder"/net "$folder"/ipc "$folder"/uts "$folder"/user; do
  [ -e "$file" ] || continue
  type=${file##*/}
  say step "$type"
  while [ -n "$(pin_at "$file")" ]; do umount "$file" || fail "unmounting $file failed"; done
  gone="$type $gone"
  rm -f "$file"
  say ok "$type" "$file unmounted"
done
copies "$folder"
manifest_stays "$folder"
if [ "$keep" = 0 ]; then
  rm -f "$folder/manifest.json" "$folder/stand-in"
  rmdir "$folder" || fail "$folder is not empty: something that is not ours is in it"
fi

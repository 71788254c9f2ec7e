#podglass:pin/2
# Holds a pod's namespaces by bind mounts, from one of its processes. Twice is once.
# arguments: folder pid start hierarchy cgroup manifest type=inode...
enter_first_mounts "$@"
folder=$1 pid=$2 start=$3 hierarchy=$4 cgroup=$5 manifest=$6
shift 6
need_pairs "$@"
[ "$(id -u)" = 0 ] || refuse privilege "a bind mount needs root"
lock "${folder##*/}"
own_folder "$RUN/pins"

say step identity
enter_process "$pid" "$start" "$hierarchy" "$cgroup"
same_namespaces "$@"
say ok identity "process $pid, started at tick $start, is the plan's"

made='' written=''
take_back() {
  for type in $made; do
    umount "$folder/$type" && rm -f "$folder/$type" && say undone "$type" unmounted
  done
  [ -z "$written" ] || manifest_back "$folder"
  rmdir "$folder" 2>/dev/null
}
guard
own_folder "$folder"
say step manifest
written=1
write_manifest "$folder" "$manifest"
say ok manifest "$folder/manifest.json"

for pair in "$@"; do
  type=${pair%%=*}
  inode=${pair#*=}
  say step "$type"
  there=$(pin_at "$folder/$type")
  if [ "$there" = "$type:[$inode]" ]; then
    say ok "$type" "was pinned already"
    continue
  fi
  [ -z "$there" ] || refuse pinned "$folder/$type holds $there already: unpin it first"
  : >"$folder/$type"
  # Our folder is /proc/<pid> still: if the process ended just now this fails, and never takes another's namespace.
  bind "ns/$type" "$folder/$type" || fail "mounting ns/$type of process $pid at $folder/$type failed"
  made="$type $made"
  [ "$(inode "$folder/$type")" = "$inode" ] || fail "$folder/$type holds another namespace than the plan's"
  say ok "$type" "$type:[$inode] at $folder/$type"
done
manifest_stays "$folder"

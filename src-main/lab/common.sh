# What the lab's scripts share, behind actions/common.sh.
LAB=$RUN/lab
ROOTS=$(cgroup_roots)

# Removes all of one lab pod, also one that was left half made: by what its name says, not by its manifest.
remove_pod() { # NAME PINS (the folder of pins that actions may have made for it)
  for root in $ROOTS; do
    empty_group "$root/podglass-lab/$1" || fail "a process in $root/podglass-lab/$1 does not end"
  done
  for folder in "$LAB/$1" "$2"; do
    for mount in $(mounts_below "$folder"); do umount "$mount" || umount -l "$mount"; done
    rm -rf "$folder"
  done
  rm -f "$RUN/locks/${2##*/}"
  for link in "$LAB"/.address/*; do
    [ "$(readlink "$link" || :)" = "$1" ] || continue
    ip link del "pgl${link##*/}" 2>/dev/null || :
    rm -f "$link"
  done
}
# The folders that all pods share go with the last one.
remove_shared() {
  for root in $ROOTS; do rmdir "$root/podglass-lab" 2>/dev/null || :; done
  rmdir "$LAB/.address" "$LAB" "$RUN/pins" "$RUN/locks" "$RUN" 2>/dev/null || :
}

#podglass:lab-up/3
# Makes one pod by hand: cgroups, a sandbox (a pause process, or pins and no process), containers that join it.
# Whatever stops this half way leaves only things that down.sh finds by the pod's name.
# arguments: name sandbox containers share-pid memory-bytes quota-usec zombies hog pins-folder pause-x86_64 pause-aarch64 sysctls
# Who writes the manifest is told what was made, and answers with its text (ask_manifest).
# shellcheck disable=SC2154,SC2086
enter_first_mounts "$@"
name=$1 sandbox=$2 containers=$3 share_pid=$4 memory=$5 quota=$6 zombies=$7 hog=$8 pins=$9
shift 9
elf_x86_64=$1 elf_aarch64=$2 sysctls=$3
need_name "$name"
need_pins "$pins"
[ "$(id -u)" = 0 ] || refuse privilege "making a pod needs root"
for tool in unshare nsenter mount umount setsid; do
  command -v "$tool" >/dev/null || refuse tools "there is no $tool on this node (util-linux has it)"
done
find_pivot
dir=$LAB/$name
group=podglass-lab/$name
# The last pod's end takes the shared folders along, perhaps just now.
tries=0
until own_folder "$RUN" && make_folder "$LAB" && mkdir "$dir" 2>/dev/null; do
  tries=$((tries + 1))
  if [ -e "$dir" ] || [ "$tries" -ge 5 ]; then
    refuse exists "there is a lab pod $name already: podglass lab down takes it away"
  fi
done
trap 'code=$?; trap "" EXIT; if [ $code != 0 ]; then set +e; say "undone up everything that was made"; remove_pod "$name" "$pins"; remove_shared; fi; exit $code' EXIT
trap 'exit 12' HUP INT TERM PIPE

say step cgroups
put() { printf '%s' "$2" >"$1" || fail "the kernel did not take $2 in $1"; }
delegate() { # v2: children of a group have a controller only where its subtree_control says so
  for c in memory cpu pids; do
    case " $(cat "$1/cgroup.controllers") " in *" $c "*) put "$1/cgroup.subtree_control" "+$c" ;; esac
  done
}
limit() { # GROUP TIMES: memory and cpu limits, TIMES containers together
  if [ "$memory" != 0 ]; then
    [ ! -e "$1/memory.max" ] || put "$1/memory.max" $((memory * $2))
    [ ! -e "$1/memory.swap.max" ] || put "$1/memory.swap.max" 0
    [ ! -e "$1/memory.limit_in_bytes" ] || put "$1/memory.limit_in_bytes" $((memory * $2))
  fi
  if [ "$quota" != 0 ]; then
    [ ! -e "$1/cpu.max" ] || put "$1/cpu.max" "$((quota * $2)) 100000"
    [ ! -e "$1/cpu.cfs_quota_us" ] || put "$1/cpu.cfs_quota_us" $((quota * $2))
  fi
}
for root in $ROOTS; do
  make_folder "$root/$group"
  (enter_group "$root/$group")
  if [ -e "$root/cgroup.controllers" ]; then
    for above in "$root" "$root/podglass-lab" "$root/$group"; do delegate "$above"; done
  fi
  limit "$root/$group" "$containers"
  [ "$sandbox" = pinned ] || mkdir "$root/$group/pause"
  i=1
  while [ "$i" -le "$containers" ]; do
    mkdir "$root/$group/c$i"
    limit "$root/$group/c$i" 1
    i=$((i + 1))
  done
done
say ok cgroups "$group in $(say "$ROOTS" | wc -l) hierarchies"

mkdir "$dir/root" "$dir/shm"
mount -t tmpfs -o mode=1777,size=64m,nosuid,nodev,noexec podglass "$dir/shm"

say step sandbox
pause=''
if [ "$sandbox" = pause ]; then
  case $(uname -m) in x86_64) elf=$elf_x86_64 ;; aarch64) elf=$elf_aarch64 ;; *) elf= ;; esac
  pause=$(in_group "$group/pause" unshare --net --ipc --uts --mount --pid sh -c "$first_child" - "$inside" pause "$dir" pause 0 0 "$pivot" "$elf")
  pause_start=$(start_of "$pause") || fail "the pause process ended at once"
  at=/proc/$pause/ns
else
  mkdir "$dir/pins"
  at=$dir/pins
  touch "$at/net" "$at/ipc" "$at/uts"
  unshare --net="$at/net" --ipc="$at/ipc" --uts="$at/uts" true
fi
say ok sandbox "$sandbox ${pause:-without a process}"

say step network
address=''
number=''
# busybox has an ip, but one that makes no veth pairs.
if ip -V 2>/dev/null | grep -q iproute2; then
  mkdir -p "$LAB/.address"
  number=$(printf %s "$name" | cksum | awk '{ print $1 % 32768 }')
  until ln -s "$name" "$LAB/.address/$number" 2>/dev/null; do number=$(((number + 1) % 32768)); done
  # 198.18.0.0/15 is for measuring networks (RFC 2544), so hardly a node's own; two addresses a pod.
  net=198.$((18 + (number >> 14))).$((number >> 7 & 127))
  other=$(ip -4 route show | awk '$1 ~ /^198\.1[89]\./ && $3 !~ /^pgl/ { print $1, $3; exit }')
  [ -z "$other" ] || refuse address "this node uses 198.18.0.0/15 itself ($other)"
  low=$(((number & 127) * 2))
  address=$net.$((low + 1))
  # shellcheck disable=SC2016
  (joined sh -c 'hostname "$1"; ip link set lo up
    ip link add eth0 type veth peer name "$2" netns "$3"; ip addr add "$4/31" dev eth0; ip link set eth0 up' \
    - "$name" "pgl$number" $$ "$address") || fail "the network could not be made"
  ip addr add "$net.$low/31" dev "pgl$number"
  ip link set "pgl$number" up
  say ok network "$address on eth0, pgl$number outside"
else
  # shellcheck disable=SC2016
  (joined sh -c 'hostname "$1"; ip link set lo up || ifconfig lo up' - "$name") || :
  say ok network "there is no iproute2 here: no address"
fi
# Sysctls are written as one who has joined; in the node's own namespaces they would change the node.
[ -z "$sysctls" ] || for type in net ipc; do
  [ "$(inode "$at/$type")" != "$(inode "/proc/$first/ns/$type")" ] || refuse sysctl "the pod has the node's own $type namespace"
done
[ -z "$sysctls" ] || printf '%s\n' "$sysctls" | while IFS= read -r pair; do
  # shellcheck disable=SC2016
  (joined sh -c 'printf %s "$2" >"/proc/sys/$(printf %s "$1" | tr . /)"' - "${pair%%=*}" "${pair#*=}") || fail "the kernel did not take sysctl $pair: there is none of that name here, or no such value"
done

say step containers
processes=${pause:+ $pause $pause_start}
i=1
while [ "$i" -le "$containers" ]; do
  z=0 h=0
  if [ "$i" = 1 ]; then z=$zombies h=$hog; fi
  joined=''
  [ "$share_pid" = 0 ] || joined=$pause
  pid=$(start_container "$group/c$i" "$joined" "$z" "$h")
  start=$(start_of "$pid") || fail "container c$i ended at once"
  processes="$processes $pid $start"
  i=$((i + 1))
done
say ok containers "$containers"

ask_manifest "$(cat /proc/sys/kernel/random/boot_id)" "$(inode "$at/net")" "$(inode "$at/ipc")" "$(inode "$at/uts")" \
  "${address:--}" "${number:+pgl}${number:--}$processes"
write_whole "$dir/manifest.json" "$manifest" || fail "$dir/manifest.json could not be written whole: is there room in $RUN?"

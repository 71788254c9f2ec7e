# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2089,SC2090,SC2154
# What the awk reader has to be told; $nonce, $mode and $tier are set by probe.sh.
  PODGLASS_NONCE=$nonce PODGLASS_MODE=$mode PODGLASS_TIER=$tier PODGLASS_SELF=$$
  # AT_PAGESZ is 6 and AT_CLKTCK 17 in the auxiliary vector: getauxval(3).
  PODGLASS_PAGE=4096 PODGLASS_TICKS=100
  # shellcheck disable=SC2046
  set -- $(od -An -v -tu8 /proc/self/auxv 2>/dev/null)
  while [ $# -gt 1 ]; do
    case $1 in 6) PODGLASS_PAGE=$2 ;; 17) PODGLASS_TICKS=$2 ;; esac
    shift 2
  done
  PODGLASS_PRIVILEGE=user
  [ "$(id -u)" = 0 ] && PODGLASS_PRIVILEGE=root
  [ "$PODGLASS_PRIVILEGE" = root ] && [ -n "${SUDO_UID:-}" ] && PODGLASS_PRIVILEGE=sudo
  # shellcheck disable=SC2012
  PODGLASS_NS=$(ls -1iL /proc/self/ns 2>/dev/null | sed 's/^ *//')
  # Whose cgroup namespace can be entered where ours is not the first: pid 1's, or kthreadd's.
  PODGLASS_FIRST=
  for at in 2 1; do [ "$(readlink /proc/$at/ns/cgroup)" = "cgroup:[4026531835]" ] && PODGLASS_FIRST=$at; done
  PODGLASS_MOUNTS=$(grep -aE ' - cgroup2? ' /proc/self/mountinfo)
  PODGLASS_HIDEPID=$(grep -aE '^[^ ]+ [^ ]+ [^ ]+ / /proc .* - proc ' /proc/self/mountinfo |
    sed -n 's/.*\(hidepid=[124nip][a-z]*\).*/\1/p')
  PODGLASS_HUGE=
  for size in /sys/kernel/mm/hugepages/hugepages-*; do
    size=${size##*-} size=${size%kB}
    case $size in *[!0-9]* | '') continue ;; esac
    if [ "$size" -ge 1048576 ]; then size=$((size / 1048576))GB
    elif [ "$size" -ge 1024 ]; then size=$((size / 1024))MB
    else size=${size}KB; fi
    PODGLASS_HUGE="$PODGLASS_HUGE $size"
  done
  # Each mount point in a variable of its own: commands name it quoted, and no path becomes shell text.
  at=0
  while IFS=' ' read -r _ _ _ _ where _; do
    at=$((at + 1))
    case $where in
      *\\*) where=$(printf '%b.' "$(printf %s "$where" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')") where=${where%.} ;;
    esac
    export "PODGLASS_AT_$at=$where"
  done <<PODGLASS_LIST
$PODGLASS_MOUNTS
PODGLASS_LIST
  export PODGLASS_NONCE PODGLASS_MODE PODGLASS_TIER PODGLASS_SELF PODGLASS_PAGE PODGLASS_TICKS PODGLASS_PRIVILEGE
  export PODGLASS_NS PODGLASS_FIRST PODGLASS_MOUNTS PODGLASS_HIDEPID PODGLASS_HUGE

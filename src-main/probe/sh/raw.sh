# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2089,SC2090,SC2154
# What a first frame passes on as it stands (awk/raw.awk). Of a status only lines that are read: fixed words cost busybox's
# grep nothing, a pattern three times the file. 1 of grep is: nothing found; 2: a file is gone, or may not be read.
PODGLASS_STATS='cd /proc || exit; exec grep -aH "" [0-9]*/stat 2>/dev/null'
PODGLASS_RAW="$paths"'
bad=0; pass() { f=$1; shift; paths $f; grep -aH "$@" $a; [ $? -le 2 ] || bad=3; }
pass status -F -e Uid: -e NSpid: -e VmPTE: -e VmSwap: -e Seccomp: -e NoNewPrivs: -e CapEff: -e CapBnd:
pass cgroup ""
pass oom_score_adj ""
L=$S
# Without a security module none can be read (EINVAL).
[ -z "$L" ] || ! cat self/attr/current >/dev/null || { paths attr/current; grep -aH "" $a | tr -d "\000"; }
exit $bad'
PODGLASS_HEADS='tr "\n" "\000" | xargs -0 head -v -n 100000 2>/dev/null'
# Whether head says names and xargs takes such lists.
PODGLASS_BY_HEAD=
case $(printf '/proc/version\000' | xargs -0 head -v -n 1 2>/dev/null) in '==> /proc/version <=='*) PODGLASS_BY_HEAD=1 ;; esac
export PODGLASS_STATS PODGLASS_RAW PODGLASS_HEADS PODGLASS_BY_HEAD

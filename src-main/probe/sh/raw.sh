# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2089,SC2090,SC2154
# What a first frame passes on as it stands (awk/raw.awk): it goes to 3, the reader's own output, and only what awk needs itself
# comes to awk, at 8. $P: places (PID, PID/task/TID); without them all processes. In pieces, since a list of arguments ends
# somewhere (ARG_MAX). A stat goes three ways by tee, whose files are pipes (3 may be a socket, which cannot be opened by its
# path): on, what awk needs to awk, and into the order of starting, so that awk meets the oldest of each set of namespaces first.
PODGLASS_PASS="$watch;$paths"'
exec 8>&1
stats() { list | xargs -n 4000 | while read -r L; do paths stat; grep -aH "" $a; [ $? -le 2 ] || echo "=broken"; done; }
needed() { grep -aF -e "=broken" -e "(pause" -e "(catatonit" -e "(conmon" -e "(containerd" -e "(docker" -e "(crio" -e "(kubelet" -e "(podman" -e "(podglass-pause" -e "(lxc-start" -e ") Z "; }
pass() { grep -aH "$@" $a >&3; [ $? -le 2 ] || echo "=broken"; }
# What starts here by this name is in the place of a shell, whose open files would be looked at (watch).
ask() { exec grep -aH "" $a >&5; }
args() { { watch ask 5>&1 >&6 6>&- 8>&- | tr "\000\036" "\036\037" | cut -b -17000 >&3; } 6>&1; }
list() { if [ -n "$P" ]; then printf "%s\n" $P; else printf "%s\n" [0-9]*; fi; }
echo "=stats"
order=$({ { stats | tee /proc/self/fd/4 /proc/self/fd/7 >&3; } 7>&1 4>&9 | needed >&8; } 9>&1 | sed -n "s,/stat:.*) , ,p" | sort -k21,21n -k1,1n | sed "s, .*,,")
printf "%s\n" $order | xargs -n 4000 | while read -r L; do
  echo "=list $L"
  echo "=links"
  if [ -n "$PODGLASS_BY_FIND" ]; then eval "$PODGLASS_BY_FIND"; else eval "$PODGLASS_LINKS"; fi
  echo
  echo "=rest"
  all=$L n=0
  while :; do
    paths cmdline
    s=$(args)
    [ -n "$s" ] || break
    # Who does not answer is left out, and the others are asked once more: what is said twice counts the second time.
    s=${s##*=stuck } n=$((n + 1))
    printf "\n%s" "" >&3
    case $s in [0-9]*)
      echo "$s/stuck:1" >&3
      echo "=stuck $s"
      L=$(for p in $L; do case $p in $s|$s/*) ;; *) echo $p;; esac; done);;
    esac
    [ $n -le 6 ] || { printf "%s/unasked:1\n" $L >&3; break; }
  done
  L=$all
  paths status; pass -F -e Uid: -e NSpid: -e VmPTE: -e VmSwap: -e Seccomp: -e NoNewPrivs: -e CapEff: -e CapBnd:
  paths cgroup; pass ""
  paths oom_score_adj; pass ""
  # Without a security module none can be read (EINVAL).
  cat self/attr/current >/dev/null && { paths attr/current; grep -aH "" $a | tr -d "\000" >&3; }
done'
# Groups: the folders, then the files of each, which head names (-v). $@: where hierarchies are mounted. $K: a script for sed
# that makes the names of its files of a folder; $J: of v2, which folders. The members of a threaded group are nowhere but
# in cgroup.threads (cgroup-v2.rst).
PODGLASS_GROUPS='exec 2>/dev/null
heads() { tr "\n" "\000" | xargs -0 -r head -v -n 100000; }
F=$(find "$@" -xdev -type d)
printf "%s\n" "$F"
printf "%s\n" "$F" | sed -n "$(printf "%b" "$K")" | heads
[ -z "$J" ] || printf "%s\n" "$F" | sed -n "$(printf "%b" "$J")" | tr "\n" "\000" | xargs -0 -r grep -lx threaded | sed "s/type$/threads/" | heads'
# Whether the tools here can do that.
can_pass() { for tool in find sed sort cut tr tee; do command -v $tool || return; done
  case $(printf '/proc/version\000' | xargs -0 -r head -v -n 1) in '==> /proc/version <=='*) ;; *) return 1 ;; esac; }
PODGLASS_CAN_PASS=
can_pass >/dev/null 2>&1 && PODGLASS_CAN_PASS=1
export PODGLASS_PASS PODGLASS_GROUPS PODGLASS_CAN_PASS

# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2089,SC2090,SC2154
# Commands that the awk reader starts by name (eval of an exported variable); $L is a list of pids, digits only.
# What a file holds is told by grep's own prefix before each line, so no newline inside it can forge another.
# What may never answer (the mmap lock of a process, a mount whose server is gone) is waited for by another shell. watch:
# ends it, and says whose file it has open. guard SECONDS/4 WORK: where even that may not end it, ends ourselves; "=end"
# (with the nonce, where others' text is between) is then the last line, since the one who waits has our pipe still (and mawk
# reads no line before its buffer is full). place: a mount point as mountinfo writes it, with \040 for a blank; no when it leads
# elsewhere: another mount may stand over it.
watch='exec 2>/dev/null; nap() { sleep 0.25 >/dev/null 3>&- 5>&- || sleep 1 >/dev/null 3>&- 5>&-; }
bark() { n=0; while [ $n -lt 12 ]; do nap; kill -0 $g || exit; n=$((n + 1)); done
s=-; for f in /proc/$g/fd/*; do f=$(readlink $f); case $f in /proc/[0-9]*/*) f=${f#/proc/}; s=${f%%/*};; esac; done
printf "\n=stuck %s\n" $s; kill -9 $g; }
watch() { "$@" & g=$!; bark & w=$!; wait $g; kill $w; }
howl() { while [ $n -gt 0 ]; do nap; kill -0 $g || exit; n=$((n - 1)); done; kill -9 $g $$; printf "\n=silent %s\n=end%s\n%16384s\n" $g "$n0" ""; }
guard() { n=$1; $2 & g=$!; howl & w=$!; wait $g; kill $w; echo "=end$n0"; }
place() { where=$(printf "%b." "$where"); where=${where%.}; [ "$(stat -L -c %i "$where")" = "$i" ]; }'
paths='cd /proc || exit; exec 2>/dev/null; paths() { a=; [ -z "$L" ] || a=$(printf " %s/$1" $L); }'
PODGLASS_ARGS="$watch;$paths"'
paths cmdline; { watch grep -aH "" $a; } | tr "\000\036" "\036\037"'
PODGLASS_LINKS="$paths"'
paths ns; ls -1iL $a self/ns | tr "\n:" "\002\n"'
# Where find can say it, a line a process: "PID/ns NAME=TYPE:[INODE] …". It reads each link; ls, which follows it, costs twice.
PODGLASS_BY_FIND=
find /proc/self/ns/net -printf "" 2>/dev/null && PODGLASS_BY_FIND="$paths"'
paths ns; find $a \( -type d -printf "\n%p " \) -o -printf "%f=%l "; echo'
PODGLASS_LABELS="$paths"'
paths attr/current; grep -aH "" $a | tr -d "\000"'
PODGLASS_SMALL="$watch;$paths"'
paths cwd; ls -ldn $a
paths smaps_rollup; roll() { exec grep -aHE "^(Rss|Pss|Private_Clean|Private_Dirty|Swap):" $a >&$O; }; watch roll'
PODGLASS_TASKS='cd /proc/$L/task && printf "%s\n" [0-9]*'
PODGLASS_NET="$paths"'
for n in fib_trie if_inet6 dev; do paths net/$n; grep -aH "" $a; done'
# Of sockets those that listen: 0A is TCP_LISTEN, 07 a UDP socket that is not connected (include/net/tcp_states.h).
tables='tables() { grep -aHm 8000 -E "^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} (0A|07) " "$@"; }'
PODGLASS_NET_ALL="$paths;$tables"'
for n in fib_trie if_inet6 dev; do paths net/$n; grep -aH "" $a; done
for n in tcp tcp6 udp udp6; do paths net/$n; tables $a; done'
# Network namespaces that only a pin holds; $L: those that have a process.
PODGLASS_PINNED="$watch;$tables;"'grep " - nsfs " /proc/self/mountinfo | while read -r _ _ _ root where _; do
case $root in net:*) ;; *) continue;; esac
i=${root#net:?}; i=${i%?}
case " $L " in *" $i "*) continue;; esac
place || continue
L="$L $i"
for n in fib_trie if_inet6 dev; do nsenter --net="$where" cat /proc/net/$n </dev/null | sed "s,^,$i/net/$n:,"; done
for n in tcp tcp6 udp udp6; do nsenter --net="$where" cat /proc/net/$n </dev/null | tables - | sed "s,^[^:]*:,$i/net/$n:,"; done
done'
PODGLASS_THREADS="$paths"'
for p in $L; do ls -1iL $p/task/*/ns; done'
# Links as the kernel writes them, none followed. A path with a newline may forge such a line; so what is found is looked
# at again, by its device and inode.
PODGLASS_FDS="$paths"'
some() { [ -z "$a" ] || ls -ln $a | grep -aE "^[0-9]+/fd:|[0-9] -> (cgroup|ipc|mnt|net|pid|time|user|uts|socket):\[[0-9]+\]$"; a= n=0; }
q=$L; a= n=0; for p in $q; do a="$a $p/fd"; n=$((n + 1)); [ $n -lt 500 ] || some; done; some'
PODGLASS_FDS_SURE="$watch;$paths"'
sure() { stat -L -c "%d %i %n %f" self/ns/net $L; }
guard 12 sure'
PODGLASS_SYSCTLS="$watch"'
cd /proc/sys || exit
net="net/core/somaxconn net/ipv4/ip_forward net/ipv4/ip_local_port_range net/ipv4/ip_local_reserved_ports
net/ipv4/ip_unprivileged_port_start net/ipv4/ip_nonlocal_bind net/ipv4/ping_group_range net/ipv4/tcp_syncookies
net/ipv4/tcp_keepalive_time net/ipv4/tcp_keepalive_intvl net/ipv4/tcp_keepalive_probes net/ipv4/tcp_fin_timeout
net/ipv4/tcp_tw_reuse net/ipv4/tcp_max_syn_backlog net/ipv4/tcp_rmem net/ipv4/tcp_wmem net/ipv4/conf/all/forwarding
net/ipv4/conf/all/rp_filter net/ipv4/conf/all/route_localnet net/ipv6/conf/all/disable_ipv6 net/ipv6/conf/all/forwarding
net/ipv6/conf/all/accept_ra net/netfilter/nf_conntrack_max"
ipc="kernel/shmmax kernel/shmall kernel/shmmni kernel/shm_rmid_forced kernel/msgmax kernel/msgmnb kernel/msgmni kernel/sem
fs/mqueue/queues_max fs/mqueue/msg_max fs/mqueue/msgsize_max fs/mqueue/msg_default fs/mqueue/msgsize_default"
uts="kernel/hostname kernel/domainname"
for w in $L; do
t=${w%%/*}; p=${w##*/}
case $t in net) f=$net o=-n;; ipc) f=$ipc o=-i;; *) f=$uts o=-u;; esac
a=; for n in $f; do a="$a /proc/sys/$n"; done
echo "=$w"
if [ "$p" = 0 ]; then grep -aH "" $a; else nsenter -t $p $o grep -aH "" $a; fi
done
# Those that only a pin holds.
grep " - nsfs " /proc/self/mountinfo | while read -r _ _ _ root where _; do
t=${root%%:*}; i=${root#*:?}; i=${i%?}
case $t in net) f=$net o=--net;; ipc) f=$ipc o=--ipc;; uts) f=$uts o=--uts;; *) continue;; esac
case " $L" in *" $t/$i/"*) continue;; esac
place || continue
L="$L $t/$i/"
a=; for n in $f; do a="$a /proc/sys/$n"; done
echo "=$t/$i/pin"
nsenter "$o=$where" grep -aH "" $a </dev/null
done'
# Interfaces and routes, by ip(8) from inside; $L: INODE/PID, PID 0 for our own. Lines with the nonce tell what follows: an
# alias of an interface may hold any text, so /proc/net/dev tells which interfaces there are. Which number a namespace has for
# ours, where a parent may be, tells lsns(8). Busybox's own ip has no -d.
PODGLASS_WIRES="$watch"'
export n0=$PODGLASS_NONCE
wires() {
command -v ip || { echo "$n0 none"; return; } >&3
ip -d -o link show lo && d=-d || { d=; echo "$n0 plain" >&3; }
ask="echo \"\$n0 \$(readlink /proc/self/ns/net)\"; cat /proc/net/dev; l=\$(ip $d -o link); case \$l in *\"    macv\"*|*\"    ipv\"*|*\"    vlan \"*)
echo \"\$n0 ours \$(lsns -rn -p $$ -t net -o NETNSID)\";; esac; echo \"\$n0 links\"; printf \"%s\\n\" \"\$l\"
echo \"\$n0 4\"; ip -o -4 route; echo \"\$n0 6\"; ip -o -6 route"
{ for w in $L; do
p=${w##*/}
if [ "$p" = 0 ]; then sh -c "$ask"; else nsenter -t $p -n sh -c "$ask"; fi
done
grep " - nsfs " /proc/self/mountinfo | while read -r _ _ _ root where _; do
case $root in net:*) ;; *) continue;; esac
i=${root#net:?}; i=${i%?}
case " $L" in *" $i/"*) continue;; esac
place || continue
L="$L $i/"
nsenter --net="$where" sh -c "$ask" </dev/null
done; } >&3
echo "$n0 done" >&3; }
ask_wires() { wires 3>&1 >/dev/null </dev/null; }
guard 80 ask_wires'
PODGLASS_LOG='exec 2>/dev/null; dmesg | grep -aE "oom-kill:|[Oo]ut of memory|Killed process|oom_reaper" | tail -n 200'
PODGLASS_TICK='exec 2>/dev/null; IFS= read -r l && printf "%s\n" "$l"'
export PODGLASS_ARGS PODGLASS_LINKS PODGLASS_BY_FIND PODGLASS_LABELS PODGLASS_SMALL PODGLASS_NET PODGLASS_NET_ALL PODGLASS_PINNED PODGLASS_THREADS PODGLASS_TASKS PODGLASS_FDS
export PODGLASS_FDS_SURE PODGLASS_SYSCTLS PODGLASS_WIRES
export PODGLASS_LOG PODGLASS_TICK

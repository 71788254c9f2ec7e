# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2089,SC2090,SC2154
# Commands that the awk reader starts by name (eval of an exported variable); $L is a list of pids, digits only.
# What a file holds is told by grep's own prefix before each line, so no newline inside it can forge another.
paths='cd /proc || exit; exec 2>/dev/null; paths() { a=; for p in $L; do a="$a $p/$1"; done; }'
PODGLASS_ARGS="$paths"'
paths cmdline; grep -aH "" $a | tr "\000\036" "\036\037"'
PODGLASS_LINKS="$paths"'
paths ns; ls -1iL $a self/ns | tr "\n" " "'
PODGLASS_SMALL="$paths"'
paths smaps_rollup; grep -aHE "^(Rss|Pss|Private_Clean|Private_Dirty|Swap):" $a
paths cwd; ls -ld $a'
PODGLASS_NET="$paths"'
for n in fib_trie if_inet6 dev; do paths net/$n; grep -aH "" $a; done'
PODGLASS_NET_ALL="$paths"'
for n in fib_trie if_inet6 dev tcp tcp6 udp udp6; do paths net/$n; grep -aH "" $a; done'
# Network namespaces that only a pin holds; $L: those that have a process.
PODGLASS_PINNED='exec 2>/dev/null; grep " - nsfs " /proc/self/mountinfo | while read -r _ _ _ root where _; do
case $root in net:*) ;; *) continue;; esac
i=${root#net:?}; i=${i%?}
case " $L " in *" $i "*) continue;; esac
L="$L $i"
for n in fib_trie if_inet6 dev; do nsenter --net="$where" cat /proc/net/$n </dev/null | sed "s,^,$i/net/$n:,"; done
done'
PODGLASS_THREADS="$paths"'
for p in $L; do ls -1iL $p/task/*/ns; done'
# The device of a namespace file is told apart from every other open file by stat, which prints numbers and our own names.
PODGLASS_FDS="$paths"'
d=$(stat -L -c %d self/ns/net) || exit
some() { [ -z "$a" ] || stat -L -c "%d %n" $a; a= n=0; }
a=$(a= n=0; { for p in $L; do a="$a $p/fd/*"; n=$((n + 1)); [ $n -lt 50 ] || some; done; some; } | grep "^$d " | cut -d " " -f 2)
[ -n "$a" ] && ls -ld $a'
PODGLASS_SYSCTLS='exec 2>/dev/null; cd /proc/sys || exit
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
done'
PODGLASS_LOG='exec 2>/dev/null; dmesg | grep -aE "oom-kill:|[Oo]ut of memory|Killed process|oom_reaper" | tail -n 200'
PODGLASS_TICK='exec 2>/dev/null; IFS= read -r l && printf "%s\n" "$l"'
export PODGLASS_ARGS PODGLASS_LINKS PODGLASS_SMALL PODGLASS_NET PODGLASS_NET_ALL PODGLASS_PINNED PODGLASS_THREADS PODGLASS_FDS PODGLASS_SYSCTLS
export PODGLASS_LOG PODGLASS_TICK

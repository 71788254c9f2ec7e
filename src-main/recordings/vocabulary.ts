/**
 * Words that tell nothing about anyone: Linux's, the runtimes' and Kubernetes' own, and those of our own sentences.
 * Everything else in a text is replaced. A word is added here only if it could not name a customer, a project or a host.
 */
const words = `
slice scope service kubepods burstable besteffort guaranteed system user machine init container containers payload conmon
crio cri o containerd docker podman libpod moby runc crun io k8s kubernetes kubelet pod pods pause infra shim v1 v2 task
proc sys fs cgroup cgroups run var lib etc usr bin sbin dev tmp opt self root unified systemd memory cpu cpuacct cpuset
pids pid ppid tid freezer devices blkio net ipc uts mnt user time netns ipcns utsns userns pidns mntns ns cni nsfs tmpfs
overlay proc_fd for children name hugetlb misc rdma io perf event net_cls net_prio max min low high current stat events
local oom kill group pressure some full avg10 avg60 avg300 total usage usec weight shares quota period limit bytes in
usage_usec user_usec system_usec nr_periods nr_throttled throttled_usec throttled_time hierarchical anon file kernel shmem
inactive active unevictable populated frozen default nsenter mount umount unshare stat config json state status userdata
storage rootfs bundle overlay2 log logs address namespace id network netdev eth0 eth1 lo veth bridge host none
process processes namespaces sandbox dropped dead pinned pin pins bind mounts held holds hold fd fds open alive lives live
lost gone ended ends died killed is are was were be been has have had no not yes and or but if of to from at by on off as
it its the a an this that these those their they there which who what when where why how with without within only other
another each every all both two one three more most less than same own out up down over under below above into also so
could can cannot may must should would will do does did done make made makes read reads unread reading written say says
said name named names like record records annotation annotations manifest runtime runtimes evidence because while still
never ever any some shared shares share member members first last found find set sets unset permission denied right rights
rights login log root sudo ordinary deep slow places threads open sockets connection kernel node nodes command commands
cannot missing empty whole part kept keep keeps needs need joins joined join path paths type types number numbers value
containertype sandboxid true false null unknown initial private public socket space group groups tree level levels
constraint_memcg nodemask mems_allowed oom_memcg task_memcg uid gid total-vm anon-rss file-rss shmem-rss pgtables kb
oom_score_adj gfp_mask order invoked killer killed out invoked null memcg constraint
systemd-journald systemd-udevd systemd-logind systemd-networkd dbus-daemon sshd kthreadd kworker ksoftirqd rcu migration
containerd-shim containerd-shim-runc-v2 catatonit crond cron dockerd kube-proxy tini dumb-init
journald journal udevd logind networkd resolved timesyncd dbus daemon agetty getty kube proxy dumb
kswapd0 kcompactd0 khugepaged kauditd kdevtmpfs oom_reaper writeback events_unbound events_highpri mm_percpu_wq netns
busybox sh bash dash ash sleep tail head cat dd perl awk sed grep ps top sftp server
bookworm trixie bullseye buster sid jammy noble focal
app apps yes no linux debian ubuntu gnu amd64 arm64 x86_64 aarch64 generic cloud smp preempt dynamic
about absolute addresses after aftermath afterwards again allow alone already although anew answer apart arguments
around asked away back before being believed beside borrowed burst cadvisor calls cancelled capability changed clean
clock closed closes come configuration copies counted counts cpus create createcontainer cut damaged database decide
decided dies different dmesg domainname drops early effective else end entered entering exec exist exists exits fail
failed falls files finds finer finish fixed folders format freed frees freeze gave gets given gives goes hand handler
help here hierarchy holder hostconfig hostname idle image inside inspect instead interface ips itself kib kills know
known knows lacks latency leads leaves left length line lines listening long longer look lsns metrics mib middle
monitor monitors mounted neither networks new next nobody nor normal nothing notready now nowhere oci old ones
otherwise our outlives output owned owners parent parents partition peak pinns place plan plugin podglass podsandbox
posix probe procs property ready reaps reboot refresh refused refuses removed resize rest restart runs sandboxer
sandboxes seconds see seen sees session setns setting silently spoofed since snapshot something split stand start started
starts stay stays stop stopped stops stranger such systemctl table taken takes tell tells text their them themselves
then throttle time today together told too took until uptime use users vanish wait way whatever whoever whose worked
writes yet
core somaxconn local port range reserved ports keepalive intvl probes fin timeout syncookies tw reuse rmem wmem mem
max_syn_backlog syn backlog unprivileged start accept redirects forwarding disable conf all arp ignore announce bridge
nf conntrack neigh gc thresh1 thresh2 thresh3 ping shmall shmmni shm rmid forced shmmax msgmax msgmnb msgmni mqueue
msg msgsize queues domainname hostname failcnt kmem memsw mems swap swappiness zswap irq bfq hugetlb toml json
config.toml plugins grpc cri global link hybrid control sandbox_image systemd_cgroup drop_infra_ctr pids_limit d
net_ns ipv4 ipv6 tcp udp tcp6 udp6 ip_forward somaxconn conf rp_filter shmmax msgmax sem
`;

const known = new Set(words.trim().split(/\s+/));

/** Whether a word, or each part of a word with underscores, may stay as it is. Case does not matter. */
export const isPlain = (word: string): boolean =>
  known.has(word.toLowerCase()) ||
  word
    .toLowerCase()
    .split("_")
    .every((part) => part.length < 2 || known.has(part));

/**
 * Names that every node has, in paths, keys and the kernel's log: Linux's, systemd's, the runtimes' and Kubernetes' own.
 * Every other word of a node is replaced. One is added here only if it could not name a customer, a project or a host.
 * No words of our sentences: of those the parts are redacted (src-shared/sentences.ts).
 */
const words = `
slice scope service kubepods burstable besteffort guaranteed system user machine init container containers payload conmon
crio cri o containerd docker dockerd podman libpod moby runc crun io k8s kubernetes kubelet pod pods pause infra shim v1 v2
task tasks kube proxy cni oci lsns netns ipcns utsns userns pidns mntns ns lab podglass manifest pins pinns
proc sys fs cgroup cgroups run var lib etc usr bin sbin dev tmp opt self root unified home mnt srv boot snap
systemd journald journal udevd logind networkd resolved timesyncd dbus daemon agetty getty sshd crond cron catatonit tini
dumb systemctl nsenter mount umount unshare busybox sh bash dash ash sleep tail head cat dd perl awk sed grep ps top sftp
kthreadd kworker ksoftirqd rcu migration kswapd0 kcompactd0 khugepaged kauditd kdevtmpfs oom_reaper writeback
events_unbound events_highpri mm_percpu_wq
memory cpu cpuacct cpuset pids pid ppid tid freezer devices blkio net ipc uts time nsfs tmpfs overlay overlay2 hugetlb misc
rdma perf event net_cls net_prio max min low high current stat events local oom kill group pressure some full avg10 avg60
avg300 total usage usec weight shares quota period limit bytes usage_usec user_usec system_usec nr_periods nr_throttled
throttled_usec throttled_time hierarchical anon file kernel shmem inactive active unevictable populated frozen burst
in use under throttle procs effective freeze threads threaded reclaim latency recursive merged queued wait numa fail member
failcnt kmem memsw mems cpus swap swappiness zswap irq bfq idle peak partition constraint mems_allowed
config config.toml state status userdata storage rootfs bundle data images layers volumes plugins log logs hostname hosts
address namespace namespaces id ids name names network networks netdev eth0 eth1 lo veth bridge host none private public
socket default json toml conf d spec version runtime runtimes sandbox sandboxes process exec rootless link hybrid control
containertype sandboxid hostconfig domainname container-name annotation annotations label labels type types created source
true false null unknown image sandboxer createcontainer true drop_infra_ctr pids_limit sandbox_image systemd_cgroup grpc
cri global path kubename spoofed termination restartcount podsandbox attempt manager uid gid
exits level format command parent session bind node mounts property share empty
app apps linux debian ubuntu gnu amd64 arm64 x86_64 aarch64 generic cloud smp preempt dynamic bookworm trixie bullseye
buster sid jammy noble focal server
core somaxconn port range reserved ports keepalive intvl probes fin timeout syncookies tw reuse rmem wmem mem
max_syn_backlog syn backlog unprivileged start accept redirects forwarding disable conf all arp ignore announce
nf conntrack neigh gc thresh1 thresh2 thresh3 ping shmall shmmni shm rmid forced shmmax msgmax msgmnb msgmni mqueue
msg msgsize queues sem ipv4 ipv6 tcp udp tcp6 udp6 ip_forward rp_filter
out of killed invoked killer constraint_memcg memcg nodemask oom_memcg task_memcg total-vm anon-rss file-rss shmem-rss vm
rss pgtables kb oom_score_adj gfp_mask order for
`;

const known = new Set(words.trim().split(/\s+/));

/** Whether a word, or each part of a word with underscores, may stay as it is. Case does not matter. */
export const isPlain = (word: string): boolean =>
  known.has(word.toLowerCase()) ||
  word
    .toLowerCase()
    .split("_")
    .every((part) => part.length < 2 || known.has(part));

function init_cgroups(   v1, part, n, i, at, size) {
  wanted[""] = "cgroup.type cgroup.subtree_control cgroup.events cgroup.freeze cgroup.stat cgroup.pressure cpu.stat cpu.pressure irq.pressure io.pressure memory.pressure cgroup.procs"
  wanted["v2 cpu"] = "cpu.weight cpu.max cpu.max.burst cpu.idle"
  wanted["v2 cpuset"] = "cpuset.cpus cpuset.cpus.effective cpuset.mems cpuset.mems.effective cpuset.cpus.partition"
  wanted["v2 memory"] = "memory.current memory.peak memory.min memory.low memory.high memory.max memory.oom.group memory.events memory.events.local memory.swap.current memory.swap.max memory.swap.high memory.swap.events memory.zswap.current memory.zswap.max"
  wanted["v2 io"] = "io.stat io.max io.weight io.bfq.weight io.latency"
  wanted["v2 pids"] = "pids.current pids.max pids.peak pids.events"
  wanted["v1 cpu"] = "cpu.shares cpu.cfs_quota_us cpu.cfs_period_us cpu.cfs_burst_us cpu.idle cpu.stat"
  wanted["v1 cpuacct"] = "cpuacct.usage cpuacct.stat"
  wanted["v1 cpuset"] = "cpuset.cpus cpuset.mems cpuset.effective_cpus cpuset.effective_mems cpuset.cpu_exclusive"
  wanted["v1 memory"] = "memory.limit_in_bytes memory.usage_in_bytes memory.max_usage_in_bytes memory.soft_limit_in_bytes memory.failcnt memory.memsw.limit_in_bytes memory.memsw.usage_in_bytes memory.kmem.usage_in_bytes memory.oom_control memory.use_hierarchy memory.swappiness"
  wanted["v1 freezer"] = "freezer.state freezer.self_freezing freezer.parent_freezing"
  wanted["v1 pids"] = "pids.current pids.max pids.events"
  wanted["v1 blkio"] = "blkio.weight blkio.bfq.weight blkio.throttle.read_bps_device blkio.throttle.write_bps_device blkio.throttle.read_iops_device blkio.throttle.write_iops_device blkio.throttle.io_service_bytes"
  wanted["v1 devices"] = "devices.list"
  wanted["v1 net_cls"] = "net_cls.classid"
  n = split(ENVIRON["PODGLASS_HUGE"], part, " ")
  for (i = 1; i <= n; i++) {
    wanted["v2 hugetlb"] = wanted["v2 hugetlb"] " hugetlb." part[i] ".max hugetlb." part[i] ".current hugetlb." part[i] ".events"
    wanted["v1 hugetlb"] = wanted["v1 hugetlb"] " hugetlb." part[i] ".limit_in_bytes hugetlb." part[i] ".usage_in_bytes"
  }
  n = split("cgroup.events cgroup.procs cpu.stat cpu.pressure memory.pressure io.pressure irq.pressure memory.current memory.swap.current memory.events io.stat pids.current cpuacct.usage memory.usage_in_bytes memory.failcnt memory.events.local memory.oom_control freezer.state", part, " ")
  for (i = 1; i <= n; i++) hot[part[i]] = 1
}
function read_cgroups(deep,   name, cmd, path, top, key, number, n, i, list, top_name, refusals) {
  empty(seen_group)
  if (raw) { pass_groups(); return }
  # The folders are named by variables of the shell that listed the mounts; a group's name cannot hold a newline.
  cmd = "find"
  for (name in mount_of) { cmd = cmd " \"$PODGLASS_AT_" slot_of[name] "\""; top_name[mount_of[name]] = name }
  if (cmd == "find") return
  cmd = cmd " -type d 2>/dev/null"
  n = 0
  RS = "\n"
  while ((cmd | getline path) > 0) list[++n] = path
  close(cmd)
  # Each hierarchy begins with its own mount point.
  for (i = 1; i <= n; i++) {
    if (list[i] in top_name) { top = list[i]; name = top_name[top] }
    read_group(name, top, list[i], deep)
  }
  empty(top_name); empty(list)
  for (number in refused) refusals++
  if (refusals) gap("cgroups", "permission denied", mend, refusals)
  for (key in group_number) {
    if (key in seen_group) continue
    drop("C " group_number[key])
    delete warm[group_number[key]]; delete refused[group_number[key]]
    delete group_number[key]
  }
}
function read_group(name, top, folder, deep,   path, key, number, turn, files, part, n, i, file, text, said, id, changed) {
  path = substr(folder, length(top) + 1)
  if (path == "") path = "/"
  key = enc(name == "" ? "v2" : name) " " enc(path)
  if (!(key in group_number)) group_number[key] = ++next_group
  number = group_number[key]
  seen_group[key] = 1
  put("C " number, key)
  turn = whole || deep || number % turns == seq % turns || !(number in warm)
  if (!turn && !warm[number]) return
  n = split(files_for(name, folder, number, turn), part, " ")
  if (deep && (name == "" || name ~ /memory/)) part[++n] = "memory.stat"
  for (i = 1; i <= n; i++) {
    file = part[i]
    if ((!turn && !(file in hot)) || (path == "/" && file == "cgroup.procs")) continue
    text = slurp(folder "/" file)
    if (missing && file == "cgroup.procs") {
      file = "cgroup.threads"
      text = slurp(folder "/" file)
      # A folder that find saw, and nothing in it can be opened.
      if (missing) refused[number] = 1
    } else if (file == "cgroup.procs") delete refused[number]
    id = "f " number " " file
    if (missing) { if (turn && (id in last)) drop(id); continue }
    if ((id in last) && last[id] == text) continue
    last[id] = text
    said = said " " file " " enc(text)
  }
  if (said != "") say("f " number said)
  warm[number] = said != "" ? 3 : (warm[number] > 0 ? warm[number] - 1 : 0)
}
# Which files a group may have, by its controllers: one that it lacks is not there to be opened.
function files_for(name, folder, number, turn,   part, n, i, out) {
  if (name == "") {
    if (turn || !(number in enabled)) {
      enabled[number] = slurp(folder "/cgroup.controllers")
      if (!missing && ((("f " number " cgroup.controllers") in last) == 0 || last["f " number " cgroup.controllers"] != enabled[number])) {
        last["f " number " cgroup.controllers"] = enabled[number]
        say("f " number " cgroup.controllers " enc(enabled[number]))
      }
    }
    out = wanted[""]
    n = split(enabled[number], part, " ")
    for (i = 1; i <= n; i++) out = out " " wanted["v2 " part[i]]
    return out
  }
  out = "cgroup.procs"
  n = split(name, part, ",")
  for (i = 1; i <= n; i++) out = out " " wanted["v1 " part[i]]
  return out
}
# Half of a whole frame is its groups: a second awk reads them meanwhile. Its first line says that it runs; the others
# wait in the pipe until we have read the processes.
function start_groups(deep,   line) {
  groups = "PODGLASS_MODE=groups PODGLASS_TIER=" (deep ? "deep" : "quick") " exec $PODGLASS_AWK \"$PODGLASS_PROGRAM\" </dev/null"
  RS = "\n"
  return (groups | getline line) > 0 && line == "reading"
}
function groups_alone(deep,   key, i) {
  print "reading"
  fflush()
  whole = seq = keeping = 1
  find_hierarchies()
  keeping = 1
  # What find_hierarchies lacks is told by the other one.
  empty(gaps)
  begin_part("groups")
  read_cgroups(deep)
  for (key in refused) print "refused " key
  for (key in gaps) print "gap " gaps[key] " " key
  for (i = 2; i <= keeping; i++) printf "%s%d %s\n", nonce, length(kept[i]), kept[i]
  print "done"
}
function join_groups(   line, part, n, i, ended) {
  RS = "\n"
  while ((groups | getline line) > 0) {
    if (line == "done") { ended = 1; break }
    n = split(line, part, " ")
    if (part[1] == "refused") { refused[part[2]] = 1; continue }
    if (part[1] == "gap") { gaps[substr(line, length(part[2]) + 6)] += part[2]; continue }
    print line
    count++
    # What it said is known to us too: whatever stands there without an escape, the rest is said once more in its turn.
    if (part[2] == "C") {
      group_number[part[4] " " part[5]] = part[3]; seen_group[part[4] " " part[5]] = 1
      last["C " part[3]] = part[4] " " part[5]
      warm[part[3]] = 3
      if (part[3] + 0 > next_group) next_group = part[3] + 0
    } else for (i = 4; i < n; i += 2) {
      if (index(part[i + 1], "\\") == 0) last["f " part[3] " " part[i]] = part[i + 1]
    }
  }
  close(groups)
  if (!ended) gap("cgroups", "their reader ended early", "read again", 1)
}

function frame(deep,   up, key, fresh, line, again, helped) {
  count = 0
  if (unsaid) { whole = 1; unsaid = 0 }
  if (whole) { empty(gaps); empty(refused); empty(no_roll); empty(cut_args); empty(last); empty(numbers); empty(next_number); empty(group_number); empty(warm); empty(enabled); empty(signature); empty(mounted); empty(slow_net); empty(set_of); empty(x_number); empty(maps_known); told_deep = 0 }
  split(slurp("/proc/uptime"), up, " ")
  RS = "\n"
  # GNU date tells the fraction, once a whole frame; from there the uptime's hundredths go on (frames.ts).
  line = ""
  if (whole) { "date +%s.%N 2>/dev/null" | getline line; close("date +%s.%N 2>/dev/null") }
  if (line !~ /^[0-9]+\.[0-9]+$/) { "date +%s" | getline line; close("date +%s") }
  say("begin " seq " " (whole ? "whole" : "delta") " " (deep ? "deep" : "quick") " " line " " up[1])
  raw = whole && !deep && !frames++ && ENVIRON["PODGLASS_HIDEPID"] == "" && ENVIRON["PODGLASS_CAN_PASS"] != ""
  begin_part("now")
  read_node()
  helped = whole && !raw && start_groups(deep)
  fresh = read_processes(deep)
  read_hidden()
  again = deep || whole || fresh || seq % turns == 0
  begin_part("groups")
  if (helped) join_groups(); else read_cgroups(deep)
  if (again) {
    begin_part("again")
    find_holders()
    read_small()
    read_net(deep)
    if (raw) end_raw()
    read_records()
    if (whole || deep || seq % turns == 0) { begin_part("relations"); read_relations() }
  }
  # A quick look at two tables takes back nothing of what the deep one found in all of them.
  begin_part(deep || !told_deep ? "mounts" : "quick")
  read_mounts(deep)
  if (part_now == "quick") begin_part("quick")
  if (deep) { begin_part("deep"); read_deep() }
  if (!told_deep) {
    begin_part("deep")
    gap("threads of processes", "a slow place: read with --deep", "--deep", 1)
    gap("open files of processes", "a slow place: read with --deep", "--deep", 1)
    gap("sockets of processes", "a slow place: read with --deep", "--deep", 1)
    gap("memory.stat of cgroups", "a slow place: read with --deep", "--deep", 1)
  }
  begin_part("stuck")
  say_stuck()
  for (key in gaps) say("G " substr(key, index(key, " ") + 1) " " gaps[key])
  say("end " seq " " count)
  fflush()
}
# Threads, open files, sysctls and the runtimes' tools come as ready fields from one command, which bounds them in time.
function read_deep(   cmd, line, part, pid, list, all, key, root) {
  RS = "\n"
  for (pid in threads_of) if (threads_of[pid] > 1) { if (spaces_of[pid] == "denied") all++; else list = list " " pid }
  if (all) gap("threads of processes", "permission denied", mend, all)
  cmd = "L='" list "'; eval \"$PODGLASS_THREADS\""
  while ((cmd | getline line) > 0) {
    # PID/task/TID/ns: and below it INODE TYPE
    if (line ~ /^[0-9]+\/task\/[0-9]+\/ns:$/) { split(line, part, "/"); pid = part[1]; tid = part[3]; split(spaces_of[pid], ns_part, ","); continue }
    if (split(line, part, " ") != 2 || part[1] !~ /^[0-9]+$/ || part[2] ~ /_for_/ || tid == pid) continue
    for (key = 1; key <= 10; key++) if (links[key] == part[2] && ns_part[key] != "" && ns_part[key] != part[1]) say("t " pid " " tid " " part[2] " " part[1])
  }
  close(cmd)
  list = ""; all = 0
  for (pid in born) if (spaces_of[pid] == "denied") all++; else if (!kernel_of[pid]) list = list " " pid
  if (all) gap("open files of processes", "permission denied", mend, all)
  read_fds(list)
  read_wires()
  gap("sockets of processes", "whose namespace they hold only perl can ask here", ENVIRON["PODGLASS_PRIVILEGE"] == "user" ? mend : "", 1)
  list = ""
  for (key in holder) {
    split(key, part, SUBSEP)
    if (part[1] == "net" || part[1] == "ipc" || part[1] == "uts") list = list " " part[1] "/" part[2] "/" (part[2] == own[part[1]] ? 0 : holder[key])
  }
  cmd = "L='" list "'; eval \"$PODGLASS_SYSCTLS\""
  root = ""
  while ((cmd | getline line) > 0) {
    # "=type/inode/pid" begins one; "/proc/sys/a/b:value" follows
    if (line ~ /^=[a-z]+\/[0-9]+\/([0-9]+|pin)$/) {
      if (root ~ / .* .* /) say("S " root)
      split(substr(line, 2), part, "/")
      root = part[1] " " (part[3] == "0" ? 0 : part[2]) " " (part[3] + 0)
      continue
    }
    if (line !~ /^\/proc\/sys\//) continue
    key = substr(line, 11, index(line, ":") - 11)
    gsub(/\//, ".", key)
    root = root " " key " " enc(substr(line, index(line, ":") + 1))
  }
  close(cmd)
  if (root ~ / .* .* /) say("S " root)
  if (ENVIRON["PODGLASS_PRIVILEGE"] == "user") {
    gap("sysctls of namespaces", "permission denied", mend, 1)
    gap("the kernel log", "not an ordinary user's to read", mend, 1)
    RS = "\n"
    cmd = "command -v podman"
    if ((cmd | getline line) > 0) gap("what the runtimes' own tools say", "they are asked as root only", mend, 1)
    close(cmd)
    told_deep = 1
    return
  }
  cmd = "eval \"$PODGLASS_LOG\""
  while ((cmd | getline line) > 0) say("o " enc(line))
  close(cmd)
  read_tools()
  told_deep = 1
}
# Open files that are namespaces or sockets that listen: found by their links, then looked at again where that does not
# follow a link of others.
function read_fds(list,   cmd, line, part, pid, sure, n) {
  empty(fd_type); empty(fd_inode); empty(fd_told)
  cmd = "L='" list "'; eval \"$PODGLASS_FDS\""
  RS = "\n"
  while ((cmd | getline line) > 0) {
    if (line ~ /^[0-9]+\/fd:$/) { pid = line + 0; continue }
    if (pid == "" || !match(line, / [0-9]+ -> (cgroup|ipc|mnt|net|pid|time|user|uts|socket):\[[0-9]+\]$/)) continue
    line = substr(line, RSTART + 1)
    gsub(/[^0-9a-z]+/, " ", line)
    split(line, part, " ")
    if (part[2] == "socket" && !(part[3] in listening)) continue
    fd_type[pid "/fd/" part[1]] = part[2]
    fd_inode[pid "/fd/" part[1]] = part[3]
  }
  close(cmd)
  # A command's text is at most 128 KiB (MAX_ARG_STRLEN in binfmts.h).
  for (line in fd_type) { sure = sure " " line; if (++n % 4000 == 0) { look_again(sure); sure = "" } }
  if (sure != "") look_again(sure)
  if (cut_tables) gap("listening sockets of network namespaces", "more than 8000", "", cut_tables)
}
function look_again(sure,   cmd, line, part, device, where) {
  cmd = "L='" sure "'; eval \"$PODGLASS_FDS_SURE\""
  RS = "\n"
  while ((cmd | getline line) > 0 && line != "=end") {
    if (line ~ /^=silent/) { gap("open files of processes", "looking at them again took more than 3 s", "", 1); continue }
    if (split(line, part, " ") != 4) continue
    if (part[3] == "self/ns/net") { device = part[1]; continue }
    if (part[2] != fd_inode[part[3]]) continue
    split(part[3], where, "/")
    # 0xc000 is S_IFSOCK.
    if (fd_type[part[3]] == "socket") { if (part[4] ~ /^c...$/ && !fd_told[where[1], part[2]]++) say("l " where[1] " " part[2]) }
    else if (part[1] == device) say("d " where[1] " " where[3] " " fd_type[part[3]] " " part[2])
  }
  close(cmd)
}
# podman tells what is below its own root alone: into podman_root go those by which its monitors end their containers, at
# most four, as words in octal. A word with a newline makes two lines, and is not believed.
function podman_roots(   pid, list, cmd, line, lines, said, word, n, i, kind, root, seen, found) {
  for (pid in args_of) if (comm_of[pid] == "conmon" && !(pid in stuck) && distrust(pid) == "") list = list " " pid
  cmd = "L='" list "'; eval \"$PODGLASS_ARGS\""
  RS = "\n"
  if (list != "") {
    while ((cmd | getline line) > 0) if (match(line, /^[0-9]+\/cmdline:/)) { pid = line + 0; lines[pid]++; said[pid] = substr(line, RLENGTH + 1) }
    close(cmd)
  }
  for (pid in said) {
    if (lines[pid] > 1 || said[pid] !~ /podman/) continue
    n = split(said[pid], word, "\036"); root = kind = ""
    for (i = 1; i < n; i++) {
      if (word[i] != "--exit-command-arg") continue
      i++
      if (word[i] == "container") break
      # A program is named, and never a path: by now the pid may be another's.
      if (kind != "" && (kind != "--runtime" || word[i] !~ /\//)) root = root (root == "" ? "" : "\n") kind "\n" word[i]
      kind = kind == "" && word[i] ~ /^--(root|runroot|tmpdir|storage-driver|cgroup-manager|runtime|db-backend|volumepath|network-config-dir)$/ ? word[i] : ""
    }
    if (!(root in seen) && found < 4) { seen[root] = 1; podman_root[++found] = octal(root) }
  }
  if (!found) podman_root[++found] = ""
  return found
}
function read_tools(   pid, running, name, n, list, i, at) {
  for (pid in args_of) if (distrust(pid) ~ /^(elsewhere)?$/) running[comm_of[pid]] = 1
  n = podman_roots()
  for (i = 1; i <= n; i++) {
    at = i > 1 ? "-" (i - 1) : ""
    read_tool(1, "podman-pods" at, podman_root[i])
    name = "podman-containers" at
    read_tool(2, name, podman_root[i])
    # How often each was started again: older ones list it nowhere, and tell it of each.
    if (last["T " name] ~ /"Id"/ && last["T " name] !~ /"Restarts"/) read_tool(3, "podman-restarts" at, podman_root[i])
  }
  n = split("podman-pods podman-containers podman-restarts containerd cri-o crun docker kubelet podman runc lxc", list, " ")
  for (i = 1; i <= n; i++) {
    name = list[i]
    if (i <= 3 || ("n v." name) in last) continue
    if (name ~ /^(podman|runc|crun)$/ || ((name in program_of ? program_of[name] : name) in running)) read_tool(i, name)
  }
}
# A program that took too long is left alone for twenty slow readings.
function read_tool(number, name, words,   cmd, line, text, n, asked, done, part) {
  if (number in slow_tool && slow_tool[number]-- > 0) asked = 1
  else {
    cmd = "K='" words "' L=" number "; eval \"$PODGLASS_TOOL\""
    RS = "\n"
    while ((cmd | getline line) > 0 && line != "=end") {
      if (line == "=asked") asked = 1
      else if (line ~ /^=silent/) { slow_tool[number] = 20; if (number <= 2) slow_tool[2] = slow_tool[9] = 20 }
      else if (line == "=done") done = 1
      else text = n++ ? text "\n" line : line
    }
    close(cmd)
  }
  if (number > 3) { split(text, part, "\n"); if (done && part[1] != "") put("n v." name, enc(part[1])) }
  else if (done) { if (number < 3 || text != "") put("T " name, enc(text)) }
  else if (asked) gap("what " name " says", "it failed or took more than 8 s", "", 1)
}
BEGIN {
  init_escape(); init_cgroups(); init_secrets()
  turns = 8
  by_find = ENVIRON["PODGLASS_BY_FIND"] != ""
  most_stuck = 6
  mend = "log in as root, or allow sudo -n and use --sudo"
  # Root without some capability may not look into processes that have it (ptrace access, ptrace(2)).
  if (ENVIRON["PODGLASS_PRIVILEGE"] != "user") mend = "log in as a root that has CAP_SYS_PTRACE: this one lacks it, and these processes may do more than it may"
  # Both are looked up once a comm (role): busybox makes such a pattern anew each time.
  smalls = "^(pause|catatonit|conmon|containerd-shim|podglass-pause|docker-containerd-shim)"
  program_of["docker"] = "dockerd"; program_of["cri-o"] = "crio"; program_of["lxc"] = "lxc-start"
  monitors = "^(conmon|containerd-shim|docker-containerd|dockerd|containerd|crio|kubelet|podman|lxc-start)"
  split("cgroup ipc mnt net pid pid_for_children time time_for_children user uts", links, " ")
  for (key in links) link_number[links[key]] = key
  split("fib_trie if_inet6 dev tcp tcp6 udp udp6", net_file, " ")
  nonce = ENVIRON["PODGLASS_NONCE"] "."
  self = ENVIRON["PODGLASS_SELF"]
  if (ENVIRON["PODGLASS_MODE"] == "groups") { groups_alone(ENVIRON["PODGLASS_TIER"] == "deep"); exit 0 }
  find_mine()
  if (ENVIRON["PODGLASS_MODE"] == "once") {
    seq = 1; whole = 1
    frame(ENVIRON["PODGLASS_TIER"] == "deep")
    exit 0
  }
  tick = "eval \"$PODGLASS_TICK\""
  RS = "\n"
  while ((tick | getline asked) > 0) {
    close(tick)
    if (asked ~ /^tick [0-9]+ (whole|delta) (quick|deep)$/) {
      split(asked, word, " ")
      seq = word[2]; whole = word[3] == "whole"
      frame(word[4] == "deep")
    } else if (asked == "bye") exit 0
    RS = "\n"
  }
}

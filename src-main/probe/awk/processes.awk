# One pass of getline over /proc/PID/stat, then one command for whatever is new or due.
function find_mine(   pid, text, part) {
  mine[self] = 1
  pid = self
  while (pid > 1) {
    text = slurp("/proc/" pid "/stat")
    if (pid != self && text !~ /^[0-9]+ \(sudo\) /) break
    mine[pid] = 1
    match(text, /.*\)/)
    split(substr(text, RLENGTH + 2), part, " ")
    pid = part[2]
  }
}
function read_processes(deep,   cmd, pid, text, close_at, comm, part, start, same, look, n, i, rest, list, fresh) {
  empty(seen); empty(todo)
  seen_tasks = fresh = n = args_cut = 0
  cmd = "cd /proc && printf '%s\\n' [0-9]*"
  while ((cmd | getline pid) > 0) pids[++n] = pid
  close(cmd)
  for (i = 1; i <= n; i++) {
    pid = pids[i]
    text = slurp("/proc/" pid "/stat")
    if (!match(text, /.*\)/)) continue
    close_at = RLENGTH
    comm = index(text, "(")
    comm = substr(text, comm + 1, close_at - comm - 1)
    split(substr(text, close_at + 2), part, " ")
    if ((pid in mine) || (part[2] in mine)) { mine[pid] = 1; continue }
    seen[pid] = 1
    seen_tasks += part[18]
    threads_of[pid] = part[18]
    start = part[20]
    same = (pid in born) && born[pid] == start
    if (!same && (pid in born)) forget(pid)
    look = comm " " part[2] " " (part[1] == "Z" || part[1] == "X")
    if (!same || whole || deep || look_of[pid] != look || pid % turns == seq % turns) {
      if (!same) fresh++
      born[pid] = start; look_of[pid] = look; comm_of[pid] = comm; parent_of[pid] = part[2]
      state_of[pid] = part[1]; pages_of[pid] = part[22]; kernel_of[pid] = int(part[7] / 2097152) % 2
      todo[pid] = 1
    } else {
      rest = last["m " pid]
      sub(/^[^ ]+ [^ ]+/, part[1] " " part[22], rest)
      put("m " pid, rest)
    }
  }
  for (pid in born) if (!(pid in seen)) forget(pid)
  n = 0; list = ""
  for (pid in todo) {
    list = list " " pid
    if (++n == 4000) { read_batch(list); n = 0; list = "" }
  }
  if (n) read_batch(list)
  n = 0
  for (pid in born) if (spaces_of[pid] == "denied") n++
  if (n) gap("namespaces of processes", "permission denied", mend, n)
  if (args_cut) gap("command lines of processes", "longer than 16 KiB: the rest was left out", "", args_cut)
  return fresh
}
function forget(pid) {
  if (("m " pid) in last) drop("m " pid)
  if (("w " pid) in last) drop("w " pid)
  if (("r " pid) in last) drop("r " pid)
  if (("p " pid) in last) drop("p " pid)
  delete born[pid]; delete look_of[pid]; delete comm_of[pid]; delete parent_of[pid]; delete spaces_of[pid]
  delete args_of[pid]; delete threads_of[pid]; delete uid_of[pid]; delete cwd_of[pid]
}
# Lines are "PID/FILE:text" (grep -H), "PID/ns:" and below it "INODE TYPE" (ls -1iL): the name before each line is what
# a newline inside a comm or an argument cannot forge.
function read_batch(list,   cmd, line, at, slash, pid, kind, text, part, n, i) {
  empty(b_status); empty(b_group); empty(b_adjust); empty(b_score); empty(b_args); empty(b_link); empty(b_any)
  cmd = "L='" list "'; eval \"$PODGLASS_BATCH\""
  while ((cmd | getline line) > 0) {
    at = index(line, ":")
    if (at == 0) {
      if (split(line, part, " ") == 2 && part[1] ~ /^[0-9]+$/) { b_link[pid, part[2]] = part[1]; b_any[pid] = 1 }
      continue
    }
    slash = index(line, "/")
    if (slash == 0 || slash > at) continue
    pid = substr(line, 1, slash - 1)
    kind = substr(line, slash + 1, at - slash - 1)
    if (kind == "ns") continue
    text = substr(line, at + 1)
    if (kind == "cgroup") { if (pid in b_group) text = b_group[pid] "\n" text; b_group[pid] = text }
    else if (kind == "status") b_status[pid] = b_status[pid] " " text
    else if (kind == "cmdline") { if (pid in b_args) text = b_args[pid] "\n" text; b_args[pid] = text }
    else if (kind == "oom_score_adj") b_adjust[pid] = text
    else if (kind == "oom_score") b_score[pid] = text
  }
  close(cmd)
  n = split(list, b_pid, " ")
  for (i = 1; i <= n; i++) say_process(b_pid[i])
}
function say_process(pid,   part, n, i, uid, nspid, pte, swap, set, args, group, adjust, comm) {
  if (!(pid in b_status) || !(pid in b_group)) return
  uid = 0; nspid = ""; pte = swap = 0
  n = split(b_status[pid], part, " ")
  for (i = 1; i <= n; i++) {
    if (part[i] == "Uid:") uid = part[i + 2]
    else if (part[i] == "VmPTE:") pte = part[i + 1]
    else if (part[i] == "VmSwap:") swap = part[i + 1]
    else if (part[i] == "NSpid:") while (part[i + 1] ~ /^[0-9]+$/) { nspid = nspid == "" ? part[i + 1] : nspid "," part[i + 1]; i++ }
  }
  args = kernel_of[pid] || state_of[pid] == "Z" ? "" : b_args[pid]
  if (length(args) > 16384) { args = substr(args, 1, 16384); args_cut++ }
  args = enc(args)
  gsub(/\\036/, "\\z", args)
  if (!(pid in b_any)) set = "denied"
  else for (i = 1; i <= 10; i++) set = set (i > 1 ? "," : "") b_link[pid, links[i]]
  if (pid == 2 && kernel_of[pid] && set != "denied") kernel_set = set
  spaces_of[pid] = set; uid_of[pid] = uid
  comm = comm_of[pid]
  if (comm ~ monitors) args_of[pid] = b_args[pid]
  adjust = b_adjust[pid] == "" ? "-" : b_adjust[pid]
  put("p " pid, born[pid] " " parent_of[pid] " " uid " " adjust " " intern("g", b_group[pid]) " " (set == "denied" ? "-" : intern("x", set)) " " (nspid == "" ? "-" : nspid) " " enc(comm) " " args)
  put("m " pid, state_of[pid] " " pages_of[pid] " " pte " " swap " " (b_score[pid] == "" ? "-" : b_score[pid]))
}
# Monitors and pause processes: where they work, and their memory from smaps_rollup (VmRSS of pause is far too small).
function read_small(all,   pid, list, cmd, line, at, part, path, n) {
  for (pid in todo) if ((pid in comm_of) && comm_of[pid] ~ smalls) list = list " " pid
  if (list == "") return
  cmd = "L='" list "'; eval \"$PODGLASS_SMALL\""
  while ((cmd | getline line) > 0) {
    if (line ~ /^[0-9]+\/smaps_rollup:/) {
      split(line, part, /[\/:]/)
      pid = part[1]
      split(substr(line, index(line, ":") + 1), part, " ")
      if (part[1] == "Rss:") roll[pid, 1] = part[2]
      else if (part[1] == "Pss:") roll[pid, 2] = part[2]
      else if (part[1] ~ /^Private_(Clean|Dirty):/) roll[pid, 3] += part[2]
      else if (part[1] == "Swap:") roll[pid, 4] = part[2]
      rolled[pid] = 1
    } else if (match(line, / [0-9]+\/cwd -> /)) {
      pid = substr(line, RSTART + 1, RLENGTH - 9)
      cwd_of[pid] = substr(line, RSTART + RLENGTH)
      put("w " pid, enc(cwd_of[pid]))
    }
  }
  close(cmd)
  for (pid in rolled) put("r " pid, (roll[pid, 1] + 0) " " (roll[pid, 2] + 0) " " (roll[pid, 3] + 0) " " (roll[pid, 4] + 0))
  empty(roll); empty(rolled)
}

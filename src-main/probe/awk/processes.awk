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
function read_processes(deep,   cmd, pid, n, i, batch) {
  empty(seen); empty(todo)
  seen_tasks = fresh_processes = n = 0
  if (raw) read_raw()
  else {
    cmd = "cd /proc && printf '%s\\n' [0-9]*"
    RS = "\n"
    while ((cmd | getline pid) > 0) pids[++n] = pid
    close(cmd)
    for (i = 1; i <= n; i++) take_stat(pids[i], slurp("/proc/" pids[i] "/stat"), deep)
  }
  for (pid in born) if (!(pid in seen)) forget(pid)
  n = 0
  if (!raw) for (pid in todo) {
    batch[++n] = pid
    if (n == 4000) { read_batch(batch, n, deep); n = 0 }
  }
  if (n) read_batch(batch, n, deep)
  n = raw ? denied : 0
  if (!raw) for (pid in born) if (spaces_of[pid] == "denied") n++
  if (n) gap("namespaces of processes", "permission denied", mend, n)
  n = 0
  for (pid in unasked) n++
  if (n) gap("command lines of processes", "not asked, since " most_stuck " others do not answer", "read again", n)
  n = 0
  for (pid in cut_args) n++
  if (n) gap("command lines of processes", "longer than 16 KiB: the rest was left out", "", n)
  return fresh_processes
}
# 1: a pause process or a monitor, whose memory is asked for; 2 more: one whose words may be believed. Looked up once a name.
function role(comm) {
  if (!(comm in role_of)) role_of[comm] = (comm ~ smalls ? 1 : 0) + (comm ~ monitors ? 2 : 0)
  return role_of[comm]
}
# One process by its stat: whether it is due. 0: it is not to be told of.
function take_stat(pid, text, deep,   n, close_at, comm, part, start, same, look, rest) {
  n = split(text, part, ")")
  if (n < 2) return 0
  close_at = length(text) - length(part[n])
  comm = index(text, "(")
  comm = substr(text, comm + 1, close_at - comm - 1)
  split(part[n], part, " ")
  if ((pid in mine) || (part[2] in mine)) { mine[pid] = 1; return 0 }
  seen[pid] = 1
  seen_tasks += part[18]
  threads_of[pid] = part[18]
  start = part[20]
  same = (pid in born) && born[pid] == start
  if (!same && (pid in born)) forget(pid)
  look = comm " " part[2] " " (part[1] !~ /[ZX]/ ? "" : part[18] > 1 ? "leads" : "ended")
  if (!same || whole || deep || look_of[pid] != look || pid % turns == seq % turns) {
    if (!same) fresh_processes++
    born[pid] = start; look_of[pid] = look; comm_of[pid] = comm; parent_of[pid] = part[2]
    state_of[pid] = part[1]; pages_of[pid] = part[22]; kernel_of[pid] = int(part[7] / 2097152) % 2
    # The first thread may end before the others (pthread_exit in main): the process lives, and what it is in they say.
    place_of[pid] = pid
    if (part[1] == "Z" && part[18] > 1) enter_thread(pid)
    todo[pid] = 1
  } else {
    rest = last["m " pid]
    sub(/^[^ ]+ [^ ]+/, part[1] " " part[22], rest)
    sub(/[^ ]+$/, part[18] > 1 ? part[18] : "-", rest)
    put("m " pid, rest)
  }
  return 1
}
function forget(pid) {
  if (("m " pid) in last) drop("m " pid)
  if (("w " pid) in last) drop("w " pid)
  if (("r " pid) in last) drop("r " pid)
  if (("s " pid) in last) drop("s " pid)
  if (("p " pid) in last) drop("p " pid)
  delete born[pid]; delete look_of[pid]; delete comm_of[pid]; delete parent_of[pid]; delete spaces_of[pid]
  delete args_of[pid]; delete threads_of[pid]; delete uid_of[pid]; delete cwd_of[pid]
  delete cut_args[pid]; delete no_roll[pid]; delete stuck[pid]; delete unasked[pid]; delete place_of[pid]
}
function enter_thread(pid,   cmd, tid, list, n, i, text, part) {
  cmd = "L=" pid "; eval \"$PODGLASS_TASKS\""
  RS = "\n"
  while ((cmd | getline tid) > 0) if (tid ~ /^[0-9]+$/ && tid != pid) list[++n] = tid
  close(cmd)
  for (i = 1; i <= n; i++) {
    text = slurp("/proc/" pid "/task/" list[i] "/stat")
    if (!match(text, /.*\)/)) continue
    split(substr(text, RLENGTH + 2), part, " ")
    if (part[1] ~ /[ZX]/) continue
    place_of[pid] = pid "/task/" list[i]
    pages_of[pid] = part[22]
    return
  }
}
# Two commands for what getline cannot read: arguments hold NULs, and links are no text. A line of grep -H begins with
# "PID/cmdline:", which a newline inside an argument cannot forge; ls -1iL gives "PID/ns: INODE TYPE INODE TYPE …".
function read_batch(part, n, deep,   i, at) {
  empty(b_args)
  for (i = 1; i <= n; i++) at[i] = place_of[part[i]]
  ask_args(part, n)
  read_links(words_of(at, n))
  ask_labels(part, n)
  for (i = 1; i <= n; i++) say_process(part[i], deep)
}
function read_links(places,   cmd, line) {
  empty(b_set)
  cmd = "L='" places "'; eval \"$PODGLASS_" (by_find ? "BY_FIND" : "LINKS") "\""
  RS = "\n"
  links_of = ""
  while ((cmd | getline line) > 0) take_links(line)
  close(cmd)
}
# By find "PID/ns NAME=TYPE:[INODE] ..."; by ls "INODE TYPE.INODE TYPE...PID/ns", with \002 in the place of dots: the links of
# the one before.
function take_links(line,   at, pid, text) {
  if (by_find) {
    if (!(at = index(line, " "))) return
    text = substr(line, at + 1)
    pid = substr(line, 1, index(line, "/") - 1)
  } else {
    pid = links_of
    at = index(line, "\002\002")
    text = substr(line, 1, at - 1)
    line = substr(line, at ? at + 2 : 1)
    links_of = substr(line, 1, index(line, "/") - 1)
    if (!at || pid == "") return
  }
  b_set[pid] = (text in set_of) ? set_of[text] : set_of_links(text)
}
# By grep: getline of mawk ends the program where a read fails, and without a security module these do (EINVAL).
function ask_labels(part, n,   cmd, line, at, pid, list, i) {
  empty(b_label)
  for (i = 1; i <= n; i++) if (!kernel_of[part[i]] && (part[i] in b_set) && b_set[part[i]] != "denied") list = list " " place_of[part[i]]
  if (list == "") return
  cmd = "L='" list "'; eval \"$PODGLASS_LABELS\""
  RS = "\n"
  while ((cmd | getline line) > 0) {
    at = index(line, ":")
    pid = substr(line, 1, at - 1)
    if (sub(/\/attr\/current$/, "", pid) == 0) continue
    sub(/\/.*/, "", pid)
    b_label[pid] = (pid in b_label) ? b_label[pid] "\n" substr(line, at + 1) : substr(line, at + 1)
  }
  close(cmd)
}
# Who does not answer is left out, and the others are asked once more.
function ask_args(part, n,   cmd, line, at, pid, text, i, silent, list, asked, rounds) {
  while (1) {
    silent = ""; asked = 0
    for (i = 1; i <= n; i++) {
      delete unasked[part[i]]
      if (!(part[i] in stuck) && !kernel_of[part[i]]) list[++asked] = place_of[part[i]]
    }
    empty(b_args)
    cmd = "L='" words_of(list, asked) "'; eval \"$PODGLASS_ARGS\""
    RS = "\n"
    while ((cmd | getline line) > 0) {
      if (line ~ /^=stuck [0-9-]+$/) { silent = substr(line, 8); continue }
      at = index(line, ":")
      pid = substr(line, 1, at - 1)
      if (sub(/\/cmdline$/, "", pid) == 0) continue
      sub(/\/.*/, "", pid)
      text = substr(line, at + 1)
      if (pid in b_args) text = b_args[pid] "\n" text
      b_args[pid] = text
    }
    close(cmd)
    if (silent == "") return
    if (silent in born) stuck[silent] = 1
    if (++rounds > most_stuck) break
  }
  for (i = 1; i <= n; i++) if (!(part[i] in stuck) && !(part[i] in b_args)) unasked[part[i]] = 1
}
# Most processes are in the namespaces of another: the raw text tells so, and only a new one is taken apart.
function set_of_links(text,   part, n, i, link, set, any, one, key) {
  key = text
  gsub(/\002/, " ", text)
  n = split(text, part, " ")
  if (by_find) for (i = 1; i <= n; i++) if (split(part[i], one, /[=\[\]]/) > 2 && one[3] ~ /^[0-9]+$/) { link[one[1]] = one[3]; any = 1 }
  # A number, or "?".
  for (i = 1; i < n; i += 2) if (part[i] + 0) { link[part[i + 1]] = part[i]; any = 1 }
  if (!any) return "denied"
  for (i = 1; i <= 10; i++) set = set (i > 1 ? "," : "") link[links[i]]
  return set_of[key] = set
}
# The words after NAME: on its line of a status.
function after(text, name, part,   at) {
  at = index(text, "\n" name ":")
  if (!at) return 0
  text = substr(text, at + length(name) + 2, 120)
  at = index(text, "\n")
  return split(at ? substr(text, 1, at - 1) : text, part, " ")
}
function say_process(pid, deep,   text, status, group, part, n, i, uid, nspid, pte, swap, set, args, adjust, score, comm) {
  status = slurp("/proc/" place_of[pid] "/status")
  if (missing) return
  group = slurp("/proc/" place_of[pid] "/cgroup")
  if (missing) return
  adjust = slurp("/proc/" pid "/oom_score_adj")
  if (adjust == "") adjust = "-"
  # The kernel's badness is a slow place: what a deep frame said of it stays.
  score = "-"
  if (deep) score = slurp("/proc/" place_of[pid] "/oom_score")
  else if (("m " pid) in last) { split(last["m " pid], part, " "); score = part[5] }
  if (score == "") score = "-"
  after(status, "Uid", part); uid = part[2] + 0
  n = after(place_of[pid] == pid ? status : slurp("/proc/" pid "/status"), "NSpid", part)
  for (i = 1; i <= n; i++) nspid = i == 1 ? part[1] : nspid "," part[i]
  pte = swap = 0
  if (!kernel_of[pid] && after(status, "VmPTE", part)) { pte = part[1]; after(status, "VmSwap", part); swap = part[1] + 0 }
  args = kernel_of[pid] || (state_of[pid] == "Z" && place_of[pid] == pid) ? "" : b_args[pid]
  delete cut_args[pid]
  if (length(args) > 16384) { args = substr(args, 1, 16384); cut_args[pid] = 1 }
  args = enc(args)
  gsub(/\\036/, "\\z", args)
  if (pid in unasked) args = "\\e"
  if (pid in stuck) args = "\\e 1"
  set = (pid in b_set) ? b_set[pid] : "denied"
  if (pid == 2 && kernel_of[pid] && set != "denied") kernel_set = set
  spaces_of[pid] = set; uid_of[pid] = uid
  comm = comm_of[pid]
  if (role(comm) > 1) args_of[pid] = b_args[pid]
  put("p " pid, born[pid] " " parent_of[pid] " " uid " " adjust " " intern("g", group) " " (set == "denied" ? "-" : intern("x", set)) " " (nspid == "" ? "-" : nspid) " " enc(comm) " " args)
  put("m " pid, state_of[pid] " " pages_of[pid] " " pte " " swap " " score " " (threads_of[pid] > 1 ? threads_of[pid] : "-"))
  if (!kernel_of[pid] && set != "denied") {
    if (after(status, "Seccomp", part)) {
      text = part[1]; after(status, "NoNewPrivs", part); text = text " " part[1]
      after(status, "CapEff", part); text = text " " part[1]; after(status, "CapBnd", part)
      text = text " " part[1]
      score = enc(b_label[pid])
      if (b_label[pid] == "") score = "-"; else if (score == "-") score = "\\055"
      split(set, part, ",")
      put("s " pid, text " " score " " maps_of(part[9], place_of[pid]))
    }
  } else if (("s " pid) in last) drop("s " pid)
}
# The maps are the namespace's, and are written once; before that they are empty (user_namespaces(7)).
function maps_of(user, place,   uids, gids) {
  if (user in maps_known) return maps_known[user]
  uids = map_number("/proc/" place "/uid_map")
  gids = map_number("/proc/" place "/gid_map")
  if (uids != "-" && gids != "-") maps_known[user] = uids " " gids
  return uids " " gids
}
function map_number(path,   text) {
  text = slurp(path)
  gsub(/ +/, " ", text); gsub(/\n /, "\n", text); sub(/^ /, "", text)
  return text == "" ? "-" : intern("u", text)
}
# Monitors and pause processes: where they work, and their memory from smaps_rollup (VmRSS of pause is far too small).
function read_small(all,   pid, list, cmd, line, at, part, path, n, silent, rounds) {
  for (pid in todo) if ((pid in comm_of) && role(comm_of[pid]) % 2 && !(pid in stuck)) {
    list = list " " pid
    if (spaces_of[pid] == "denied") no_roll[pid] = 1; else delete no_roll[pid]
  }
  for (pid in no_roll) n++
  if (n) gap("memory shares of pause processes and monitors", "permission denied", mend, n)
  if (list == "") return
  do {
    silent = ""
    empty(roll); empty(rolled)
    # A raw frame passes the memory on.
    if (raw) { say("raw processes"); fflush() }
    cmd = "L='" list "' O=" (raw ? 3 : 1) "; eval \"$PODGLASS_SMALL\""
    RS = "\n"
    while ((cmd | getline line) > 0) {
      if (line ~ /^=stuck [0-9-]+$/) silent = substr(line, 8)
      else if (line ~ /^[0-9]+\/smaps_rollup:/) {
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
        stands[pid] = 1
      }
    }
    close(cmd)
    if (raw) print ""
    if (silent in born) { stuck[silent] = 1; forget_args(silent); list = " " list " "; sub(" " silent " ", " ", list) }
  } while (silent != "" && ++rounds <= most_stuck)
  for (pid in stands) put("w " pid, enc(cwd_of[pid]))
  for (pid in rolled) put("r " pid, (roll[pid, 1] + 0) " " (roll[pid, 2] + 0) " " (roll[pid, 3] + 0) " " (roll[pid, 4] + 0))
  empty(roll); empty(rolled); empty(stands)
}
function forget_args(pid,   rest) {
  if (raw) { say("raw processes"); print pid "/stuck:1"; return }
  rest = last["p " pid]
  sub(/[^ ]+$/, "", rest)
  put("p " pid, rest "\\e 1")
}
function say_stuck(   pid) {
  for (pid in stuck) gap("command lines of processes", "pid " pid " does not answer: whoever holds the lock of its memory map waits for something, and ps and top hang on it too", "find what its threads in state D wait for: cat /proc/PID/task/*/stack", 1)
}

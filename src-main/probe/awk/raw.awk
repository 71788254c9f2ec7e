# A first frame without slow places: what /proc and cgroupfs say goes on as it stands, each line behind the place that it
# is from, and raw.ts understands it. Awk looks at no more than it needs itself, to find holders and records: at the links
# of each process, and at the stat of few.
# What stands in such a line cannot begin a record: those have the nonce.
function begin_raw(   pid, own) {
  for (pid in mine) own = own " " pid
  say("raw processes" own)
}
function end_raw() {
  say("raw end")
  # What was not understood here cannot be told from what changed: so the next frame is whole too.
  unsaid = 1
  empty(start_of)
}
function read_raw(   n, i, at, part) {
  begin_raw()
  n = pass_stats()
  denied = 0
  for (at = 0; at < n; at += 4000) {
    for (i = 1; i <= 4000 && at + i <= n; i++) part[i] = raw_pid[at + i]
    pass_batch(part, i - 1)
  }
  empty(raw_pid)
}
# The stat of every process by one grep: a newline in a comm begins a line of the same path. Gives how many there are.
function pass_stats(   cmd, line, at, pid, before, text, n) {
  cmd = "eval \"$PODGLASS_STATS\""
  RS = "\n"
  while ((cmd | getline line) > 0) {
    print line
    at = index(line, "/")
    pid = substr(line, 1, at - 1)
    if (pid == before) { text = text "\n" substr(line, at + 6); continue }
    if (before != "") look_at(before, text)
    before = pid
    if (!(pid in mine)) raw_pid[++n] = pid
    text = substr(line, at + 6)
  }
  close(cmd)
  if (before != "") look_at(before, text)
  return n
}
# Those that a rule here asks for: pid 1, kthreadd, monitors and pause processes, and whose first thread may have ended. A
# name that goes on behind its first parenthesis begins like this one.
function look_at(pid, text,   at, close_at, comm, part) {
  at = index(text, "(")
  close_at = index(text, ")")
  comm = substr(text, at + 1, close_at - at - 1)
  # When it started, for its age (find_holders); the rest of the line is long.
  split(substr(text, close_at + 2, 160), part, " ")
  start_of[pid] = part[20]
  if (pid <= 2 || role(comm) || index(text, ") Z ") || index(text, "\n")) take_stat(pid, text)
}
function pass_batch(part, n,   i, pid, set, at, piece, list, many, place, field) {
  for (i = 1; i <= n; i++) {
    pid = part[i]
    list[++many] = pid
    at[i] = pid
    if ((pid in place_of) && place_of[pid] != pid) at[i] = list[++many] = place_of[pid]
  }
  pass_args(part, at, n)
  read_links(words_of(at, n))
  for (i = 1; i <= n; i++) {
    pid = part[i]
    place = at[i]
    set = "denied"
    if (pid in b_set) set = b_set[pid]
    # Without links it has ended, or may not be looked into.
    else { slurp("/proc/" pid "/status"); if (missing) continue }
    if (set == "denied") { denied++; print pid "/x:-" }
    else {
      if (!(set in x_number)) { x_number[set] = intern("x", set); split(set, piece, ","); user_of[set] = piece[9] }
      print pid "/x:" x_number[set]
      if (user_of[set] != "" && !(user_of[set] in maps_known)) print user_of[set] "/maps:" maps_of(user_of[set], place)
    }
    spaces_of[pid] = set
    if (!(pid in born)) continue
    if (pid == 2 && kernel_of[pid] && set != "denied") kernel_set = set
    if (role(comm_of[pid]) > 1) {
      args_of[pid] = 1
      if (after("\n" slurp("/proc/" place "/status"), "Uid", field)) uid_of[pid] = field[2] + 0
    }
  }
  fflush()
  if (system("L='" words_of(list, many) "' S='" words_of(at, n) "'; eval \"$PODGLASS_RAW\"") > 2) gap("processes and cgroups", "their reader ended early", "read again", 1)
}
# Command lines as grep tells them. Who does not answer is left out, and the others are asked once more.
function pass_args(part, at, n,   cmd, line, row, many, i, silent, list, asked, rounds, pid) {
  while (1) {
    silent = ""; many = asked = 0
    for (i = 1; i <= n; i++) if (!(part[i] in stuck)) list[++asked] = at[i]
    cmd = "L='" words_of(list, asked) "'; eval \"$PODGLASS_ARGS\""
    RS = "\n"
    while ((cmd | getline line) > 0) {
      if (line ~ /^=stuck [0-9-]+$/) silent = substr(line, 8)
      # Where it is longer than is kept, raw.ts says so.
      else row[++many] = length(line) > 17000 ? substr(line, 1, 17000) : line
    }
    close(cmd)
    if (silent == "") break
    if (silent != "-") {
      # Its start, by which another process of the same pid is told from it.
      if (!(silent in born)) take_stat(silent, slurp("/proc/" silent "/stat"))
      stuck[silent] = 1
      print silent "/stuck:1"
    }
    if (++rounds > most_stuck) break
  }
  for (i = 1; i <= many; i++) print row[i]
  if (silent == "") return
  for (i = 1; i <= many; i++) { pid = row[i]; sub(/\/.*/, "", pid); asked_of[pid] = 1 }
  for (i = 1; i <= n; i++) if (!(part[i] in stuck) && !(part[i] in asked_of)) unasked[part[i]] = 1
  empty(asked_of)
}
# Files of groups by head, which says the name of each before it (-v): a group's name has no newline, and nobody's own
# words are in its files.
function pass_groups(   folder, cmd, part, n, i) {
  say("raw groups")
  fflush()
  cmd = "eval \"$PODGLASS_HEADS\""
  for (folder in raw_files) {
    n = split(raw_files[folder], part, " ")
    for (i = 1; i <= n; i++) print folder "/" part[i] | cmd
  }
  close(cmd)
  printf "\n"
  empty(raw_files)
}
# Addresses of the processes in a list, each its network namespace's.
function pass_net(list) {
  say("raw processes")
  fflush()
  system("L='" list "'; eval \"$PODGLASS_NET\"")
}

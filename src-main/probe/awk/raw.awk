# A first frame without slow places: what /proc and cgroupfs say goes on as it stands, each line behind the place that it
# is from, and raw.ts understands it. Awk looks at no more than it needs itself, to find holders and records.
# What stands in such a line cannot begin a record: those have the nonce.
function begin_raw() { say("raw processes") }
function end_raw() {
  say("raw end")
  # What was not understood here cannot be told from what changed: so the next frame is whole too.
  unsaid = 1
}
# The stat of every process by one grep: a newline in a comm begins a line of the same path.
function read_stats(   cmd, line, at, pid, before, text) {
  cmd = "eval \"$PODGLASS_STATS\""
  RS = "\n"
  while ((cmd | getline line) > 0) {
    at = index(line, "/stat:")
    pid = substr(line, 1, at - 1)
    if (pid !~ /^[0-9]+$/) continue
    if (pid == before) { text = text "\n" substr(line, at + 6); continue }
    if (before != "") pass_stat(before, text)
    before = pid
    text = substr(line, at + 6)
  }
  close(cmd)
  if (before != "") pass_stat(before, text)
}
# Of a stat what is asked for, with the comm last: to root it has addresses too, which are nobody's business.
function pass_stat(pid, text) {
  if (!take_stat(pid, text)) return
  text = comm_of[pid]
  if (index(text, "\n")) gsub(/\n/, "\n" pid "/stat:", text)
  print pid "/stat:" state_of[pid] " " parent_of[pid] " " kernel_of[pid] " " threads_of[pid] " " born[pid] " " pages_of[pid] " " text
}
function pass_batch(part, n,   i, pid, set, list, own_list, many, own_many, text, field, piece) {
  for (i = 1; i <= n; i++) {
    pid = part[i]
    # Without links it has ended, or may not be looked into.
    if (!(pid in b_set)) { slurp("/proc/" pid "/status"); if (missing) continue }
    set = (pid in b_set) ? b_set[pid] : "denied"
    if (pid == 2 && kernel_of[pid] && set != "denied") kernel_set = set
    spaces_of[pid] = set
    print pid "/x:" (set == "denied" ? "-" : intern("x", set))
    list[++many] = pid
    if (place_of[pid] != pid) list[++many] = place_of[pid]
    if (!kernel_of[pid] && set != "denied") {
      if (!(set in user_of)) { split(set, piece, ","); user_of[set] = piece[9] }
      print pid "/maps:" maps_of(user_of[set], place_of[pid])
      own_list[++own_many] = place_of[pid]
    }
    if (role_of[comm_of[pid]] > 1) {
      args_of[pid] = b_args[pid]
      if (after("\n" slurp("/proc/" place_of[pid] "/status"), "Uid", field)) uid_of[pid] = field[2] + 0
    }
    delete cut_args[pid]
    if (pid in stuck) print pid "/stuck:1"
    else if (!kernel_of[pid] && !(state_of[pid] == "Z" && place_of[pid] == pid) && !(pid in unasked) && b_args[pid] != "") {
      text = b_args[pid]
      if (length(text) > 16384) { text = substr(text, 1, 16384); cut_args[pid] = 1 }
      if (index(text, "\n")) gsub(/\n/, "\n" pid "/cmdline:", text)
      print pid "/cmdline:" text
    }
  }
  fflush()
  if (system("L='" words_of(list, many) "' S='" words_of(own_list, own_many) "'; eval \"$PODGLASS_RAW\"") > 2) gap("processes and cgroups", "their reader ended early", "read again", 1)
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

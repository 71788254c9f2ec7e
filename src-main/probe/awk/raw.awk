# A first frame without slow places: what /proc and cgroupfs say goes on as it stands (sh/raw.sh), each line behind the place
# that it is from, and raw.ts understands it. Awk sees no more than it needs itself, to find holders and records: the links
# of each process, and the stat of few. While a command passes on, nothing else may be said: so awk waits for its end.
# What stands in such a line cannot begin a record: those have the nonce.
function begin_raw(   pid, own) {
  for (pid in mine) own = own " " pid
  say("raw processes" own)
}
function end_raw() {
  say("raw end")
  # What was not understood here cannot be told from what changed: so the next frame is whole too.
  unsaid = 1
}
function read_raw(   n, i, pid, places, set, piece, place, field) {
  begin_raw()
  empty(b_set); empty(oldest); empty(second); empty(holder)
  n = pass_all("")
  for (pid in place_of) if (place_of[pid] != pid) places = places " " place_of[pid]
  if (places != "") pass_all(places)
  denied = 0
  for (i = 1; i <= n; i++) {
    pid = raw_pid[i]
    if (pid in mine) { if (pid in b_set) ours[b_set[pid]] = 1; continue }
    set = (pid in b_set) ? b_set[pid] : "denied"
    place = (pid in place_of) ? place_of[pid] : pid
    if (set != "denied") {
      if (!(set in x_number)) { x_number[set] = intern("x", set); split(set, piece, ","); user_of[set] = piece[9] }
      print pid "/x:" x_number[set]
      if (user_of[set] != "" && !(user_of[set] in maps_known)) print user_of[set] "/maps:" maps_of(user_of[set], place)
      # What this reading started holds nothing.
      if (!(set in oldest)) { if (!(set in ours) || !began_here(pid)) holds(pid, set) }
      else if (!(set in second)) second[set] = pid
    } else {
      # Without links it has ended, or may not be looked into.
      slurp("/proc/" pid "/status")
      if (missing) continue
      denied++
      print pid "/x:-"
    }
    if (!(pid in born)) continue
    spaces_of[pid] = set
    if (pid == 2 && kernel_of[pid] && set != "denied") kernel_set = set
    if (role(comm_of[pid]) > 1) {
      args_of[pid] = 1
      if (after("\n" slurp("/proc/" place "/status"), "Uid", field)) uid_of[pid] = field[2] + 0
    }
  }
  empty(raw_pid); empty(ours); empty(first_of)
}
# The oldest of a set, which is met first, holds what no other set had before. Most is as in the first set of all.
function holds(pid, set,   part, i) {
  oldest[set] = pid
  split(set, part, ",")
  for (i = 1; i <= 10; i++) {
    if (part[i] == "" || part[i] == first_of[i]) continue
    if (!((links[i], part[i]) in holder)) holder[links[i], part[i]] = pid
    if (first_of[i] == "") first_of[i] = part[i]
  }
}
# Whether that is a child of ours, by its parents.
function began_here(pid,   text, part, turn) {
  for (turn = 0; turn < 20 && pid > 1; turn++) {
    if (pid in mine) return 1
    text = slurp("/proc/" pid "/stat")
    if (!match(text, /.*\)/)) return 1
    split(substr(text, RLENGTH + 2), part, " ")
    pid = part[2]
  }
  return 0
}
# Gives how many processes there are, in raw_pid, the oldest first. Those that a rule here asks for are taken: pid 1, kthreadd, monitors
# and pause processes, and whose first thread may have ended.
function pass_all(places,   cmd, line, at, pid, part, i, n, k, phase, text, broken) {
  if (places == "") empty(raw_text)
  links_of = ""
  fflush()
  cmd = "P='" places "'; eval \"$PODGLASS_PASS\""
  RS = "\n"
  while ((cmd | getline line) > 0) {
    if (phase == "links" && line != "=rest") take_links(line)
    else if (phase == "stats" && (at = index(line, "/"))) {
      pid = substr(line, 1, at - 1)
      if (places == "" && !(pid in raw_text)) raw_text[pid] = substr(line, at + 6)
    } else if (line ~ /^=list /) {
      k = split(line, part, " ")
      for (i = 2; places == "" && i <= k; i++) raw_pid[++n] = part[i]
    } else if (line ~ /^=stuck /) stuck[substr(line, 8)] = 1
    else if (line == "=broken") broken = 1
    else if (line ~ /^=(stats|links|rest)$/) phase = substr(line, 2)
  }
  close(cmd)
  if (broken || !phase) gap("processes and cgroups", "their reader ended early", "read again", 1)
  # Its start, by which another process of the same pid is told from it.
  for (pid in stuck) if (!(pid in born) && !(pid in raw_text)) raw_text[pid] = ""
  if (places == "") raw_text[1] = raw_text[2] = ""
  for (pid in raw_text) {
    text = raw_text[pid]
    # A newline in its name: a whole line is longer, and begins with its pid.
    if (length(text) < 80 || index(text, pid " (") != 1 || role(substr(text, index(text, "(") + 1, 15)) > 1) text = slurp("/proc/" pid "/stat")
    take_stat(pid, text)
  }
  return n
}
# Groups: the names of their files are made by sed, since awk would need longer for them than head for reading them.
function pass_groups(   cmd, name, top, part, n, i, j, files, script, threaded, tops) {
  say("raw groups " enc(mend))
  fflush()
  cmd = "set --"
  for (name in mount_of) {
    cmd = cmd " \"$PODGLASS_AT_" slot_of[name] "\""
    # The longest first: a hierarchy may be mounted in a folder of another.
    for (i = ++n; i > 1 && length(mount_of[tops[i - 1]]) < length(mount_of[name]); i--) tops[i] = tops[i - 1]
    tops[i] = name
  }
  if (!n) return
  for (i = 1; i <= n; i++) {
    name = tops[i]
    top = mount_of[name]
    gsub(/[^A-Za-z0-9_\/-]/, ".", top)
    files = ""
    # The members of the root change with every process, and are everybody's.
    for (j = split(files_of(name), part, " "); j > 0; j--) if (part[j] != "cgroup.procs") files = files (files == "" ? "" : "\\\\\\n") "&/" part[j]
    script = script "\\\\,^" top "$,{\\n" (files == "" ? "" : "s,.*," files ",p\\n") "d\\n}\\n"
    script = script "\\\\,^" top "/,{\\ns,.*,&/cgroup.procs" (files == "" ? "" : "\\\\\\n" files) ",p\\nd\\n}\\n"
    threaded = threaded "\\\\,^" top "/," (name == "" ? "s,$,/cgroup.type,p" : "d") "\\n"
  }
  system(cmd "; K='" script "' J='" (("" in mount_of) ? threaded : "") "'; eval \"$PODGLASS_GROUPS\"")
  printf "\n"
}
# Which files groups of a hierarchy may have: of v2 those of all its controllers, whichever of them a group has.
function files_of(name,   part, n, i, out) {
  if (name != "") return files_for(name)
  out = "cgroup.controllers " wanted[""]
  n = split(slurp(mount_of[name] "/cgroup.controllers"), part, " ")
  for (i = 1; i <= n; i++) out = out " " wanted["v2 " part[i]]
  return out
}
# Addresses of the processes in a list, each its network namespace's.
function pass_net(list) {
  say("raw processes")
  fflush()
  system("L='" list "'; eval \"$PODGLASS_NET\"")
}

function older(a, b) {
  return born[a] + 0 < born[b] + 0 || (born[a] == born[b] && a + 0 < b + 0)
}
# The oldest process of each namespace: the likeliest to be there a moment later.
function find_holders(   pid, set, part, i, type) {
  # A raw frame met the oldest first (holds).
  if (raw) return
  empty(holder); empty(oldest); empty(second)
  # Most share their set with others, so each is taken apart once.
  for (pid in spaces_of) {
    set = spaces_of[pid]
    if (set == "denied") continue
    if (!(set in oldest)) oldest[set] = pid
    else if (older(pid, oldest[set])) { second[set] = oldest[set]; oldest[set] = pid }
    else if (!(set in second) || older(pid, second[set])) second[set] = pid
  }
  for (set in oldest) {
    pid = oldest[set]
    split(set, part, ",")
    for (i = 1; i <= 10; i++) {
      if (part[i] == "") continue
      type = links[i]
      if (!((type, part[i]) in holder) || older(pid, holder[type, part[i]])) holder[type, part[i]] = pid
    }
  }
}
function kernel_fs(fstype) {
  return fstype ~ /^(proc|sysfs|cgroup2?|devpts|mqueue|devtmpfs|securityfs|debugfs|tracefs|bpf|pstore|configfs|fusectl|hugetlbfs|autofs|binfmt_misc|efivarfs|ramfs)$/
}
function read_mounts(deep,   want, key, part, inode, pid, line, at, fstype, said, others, first, shared, total) {
  first = spaces_of[1] != "" && spaces_of[1] != "denied" ? 1 : kernel_set != "" ? 2 : 0
  if (own["mnt"] != "") want[own["mnt"]] = "self"
  shared = ""
  if (first) { split(first == 2 ? kernel_set : spaces_of[1], part, ","); shared = part[3]; if (shared != "" && !(shared in want)) want[shared] = first }
  else gap("bind mounts that pid 1 sees", "permission denied", mend, 1)
  total = 0
  for (key in holder) {
    split(key, part, SUBSEP)
    if (part[1] != "mnt") continue
    total++
    if (deep && !(part[2] in want)) want[part[2]] = holder[key]
  }
  RS = "\n"
  for (inode in want) {
    pid = want[inode]; said = ""; others = 0
    while ((getline line < ("/proc/" pid "/mountinfo")) > 0) {
      at = index(line, " - ")
      if (!at) continue
      fstype = substr(line, at + 3)
      sub(/ .*/, "", fstype)
      if (fstype != "nsfs" && (!deep || inode == own["mnt"] || inode == shared || kernel_fs(fstype) || ++others > 400)) continue
      said = said " " enc(line)
    }
    close("/proc/" pid "/mountinfo")
    if (others > 400) gap("mounts of mount namespaces", "more than 400 in one: the rest was left out", "", others - 400)
    mounted[inode] = 1
    put("M " inode, (pid == "self" ? self : pid) said)
  }
  n = 0
  for (inode in want) n++
  if (deep || whole) for (inode in mounted) if (!(inode in want)) { delete mounted[inode]; if (("M " inode) in last) drop("M " inode) }
  if (!deep && !told_deep && total > n) gap("bind mounts in other mount namespaces", "a slow place: read with --deep", "--deep", total - n)
}
# Addresses: text of one member's /proc/PID/net; of a namespace that only a pin holds, by entering it.
function read_net(deep,   key, part, list, held, net_pid, inode) {
  empty(alive_net); empty(net_lines_of)
  if (deep) { empty(listening); cut_tables = 0 }
  for (key in holder) {
    split(key, part, SUBSEP)
    if (part[1] != "net") continue
    inode = part[2]
    alive_net[inode] = 1
    held = held " " inode
    if ((("N " inode) in last) && !deep && !whole && inode % turns != seq % turns) continue
    list = list " " holder[key]
    net_pid[inode] = holder[key]
  }
  if (raw && list != "") pass_net(list)
  else if (list != "") net_lines("L='" list "'; eval \"$PODGLASS_NET" (deep ? "_ALL" : "") "\"")
  if (!raw) for (inode in net_pid) say_net(deep, inode, net_pid[inode], net_pid[inode])
  if (ENVIRON["PODGLASS_PRIVILEGE"] != "user" && (whole || deep)) {
    net_lines("L='" held "'; eval \"$PODGLASS_PINNED\"")
    for (key in net_lines_of) { split(key, part, SUBSEP); if (part[1] > 4000000000 && !(part[1] in alive_net)) pinned_net[part[1]] = 1 }
    for (inode in pinned_net) { alive_net[inode] = 1; say_net(deep, inode, inode, 0) }
    empty(pinned_net)
  } else for (key in last) if (key ~ /^N [0-9]+$/ && last[key] ~ /^0 /) alive_net[substr(key, 3)] = 1
  for (key in last) if (key ~ /^N / && !((substr(key, 3)) in alive_net)) gone_net[key] = 1
  for (key in gone_net) drop(key)
  empty(gone_net)
}
function net_lines(cmd,   line, colon, part, text, key) {
  RS = "\n"
  while ((cmd | getline line) > 0) {
    colon = index(line, ":")
    if (split(substr(line, 1, colon - 1), part, "/") != 3 || part[2] != "net") continue
    text = substr(line, colon + 1)
    if (part[3] ~ /^(tcp|udp)/) {
      # A line up to its socket's inode; what comes after changes by itself.
      if (text !~ (part[3] ~ /^tcp/ ? "^[^:]*: [^ ]+ [^ ]+ 0A " : "^[^:]*: [^ ]+ [^ ]+ 07 ") || !match(text, /^ *[0-9]+: [0-9A-F:]+ [0-9A-F:]+ [0-9A-F][0-9A-F] [^ ]+ [^ ]+ [^ ]+ +[0-9]+ +[0-9]+ +[0-9]+ /)) continue
      text = substr(text, 1, RLENGTH - 1)
      listening[substr(text, match(text, /[0-9]+$/))] = 1
    }
    key = part[1] SUBSEP part[3]
    # No more than the reader by perl takes of one.
    if ((net_size[key] += length(text) + 1) > 1048576) continue
    if (++net_lines_of[key] == 8000 && part[3] ~ /^(tcp|udp)/) cut_tables++
    net_line[key, net_lines_of[key]] = text
  }
  close(cmd)
  empty(net_size)
}
# A table, once: its lines a piece at a time.
function net_text(key,   i, all, piece) {
  for (i = 1; i <= net_lines_of[key]; i++) {
    piece = piece net_line[key, i] "\n"
    if (length(piece) > 4096) { all = all piece; piece = "" }
    delete net_line[key, i]
  }
  return all piece
}
# What a quick frame did not read again stays as the deep one said it.
function say_net(deep, inode, from, pid,   i, name, said, text) {
  if (!((from, "fib_trie") in net_lines_of) && !((from, "dev") in net_lines_of)) return
  for (i = 1; i <= 7; i++) {
    name = net_file[i]
    if ((from, name) in net_lines_of) {
      text = enc(net_text(from SUBSEP name))
      if (i > 3) slow_net[inode, name] = text
      said = said " " name " " text
    } else if (i > 3 && deep) delete slow_net[inode, name]
    else if (i > 3 && (inode, name) in slow_net) said = said " " name " " slow_net[inode, name]
    else if (i <= 3) said = said " " name " \\e"
  }
  put("N " inode, pid said)
}
# perl is not here: python3 can ask the same calls, or lsns 2.38 and later (not whose a user namespace is); else it is a
# gap and no guess.
function read_relations(   cmd, line, part, any, key, i, list, asked, others) {
  # Of the one who holds it each namespace is asked, as PID/LINK.LINK by number; where one has ended meanwhile, of others.
  for (key in holder) { split(key, part, SUBSEP); asked[holder[key]] = asked[holder[key]] "." link_number[part[1]] }
  for (key in asked) list = list " " key "/" substr(asked[key], 2)
  for (key in second) others = others " " second[key]
  cmd = "L='" list "' S='" others "'; eval \"$PODGLASS_RELATIONS\""
  RS = "\n"
  while ((cmd | getline line) > 0) {
    if (line ~ /^listed [0-9]+ [0-9]+$/) {
      split(line, part, " ")
      told_listed = 1
      put("n listed", part[2])
      if (part[3] > 0) gap("namespaces that the kernel lists", "could not be opened", "", part[3])
      continue
    }
    if (line ~ /^K [a-z]+ [0-9]+ [0-9]+$/) {
      split(line, part, " ")
      fresh_relation["K " part[2] " " part[3]] = 1
      put("K " part[2] " " part[3], part[4])
      continue
    }
    if (split(line, part, " ") != 5 || line !~ /^[a-z]+ [0-9]+ [0-9-]+ [0-9-]+ [0-9-]+$/) continue
    any = 1
    fresh_relation["R " part[1] " " part[2]] = 1
    put("R " part[1] " " part[2], part[3] " " part[4] " " part[5])
  }
  close(cmd)
  if (!told_listed && ("n listed" in last)) drop("n listed")
  told_listed = 0
  if (!any) { gap("owners and parents of namespaces", "neither perl nor python3 nor lsns 2.38 can tell them here", ENVIRON["PODGLASS_PRIVILEGE"] == "user" ? mend : "", 1); return }
  for (key in last) if (key ~ /^[KR] / && !(key in fresh_relation)) gone_relation[key] = 1
  for (key in gone_relation) drop(key)
  empty(gone_relation); empty(fresh_relation)
}

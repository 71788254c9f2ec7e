# A monitor's words are believed only where no container could have written them: a root process in the node's own mount
# and user namespaces. Else why not.
function distrust(pid,   part, first, group) {
  if (!(pid in spaces_of) || spaces_of[pid] == "denied") return "its namespaces could not be read"
  first_set = spaces_of[1] != "" && spaces_of[1] != "denied" ? spaces_of[1] : kernel_set
  if (first_set == "") return "the namespaces of pid 1 could not be read"
  split(spaces_of[pid], part, ",")
  split(first_set, first, ",")
  if (part[9] != first[9] && part[9] != "4026531837") return "it is in a user namespace of its own"
  if (uid_of[pid] != 0) return "it is not root's"
  if (part[3] == first[3]) return ""
  group = slurp("/proc/" pid "/cgroup")
  if (part[5] == first[5] && ("\n" group "\n") ~ /\n(0:|[0-9]+:name=systemd):\/system\.slice\/([^\/\n]+\.slice\/)*[^\/\n]+\.service\n/) return "elsewhere"
  return "it is in a mount namespace of its own"
}
function daemon_of(comm) {
  if (comm ~ /^(docker-)?containerd-shim/) return "shim"
  return comm ~ /^(conmon|dockerd|docker-containerd|containerd|crio|kubelet)$/ ? comm : ""
}
function octal(text,   i, out) {
  for (i = 1; i <= length(text); i++) out = out sprintf("\\0%03o", code[substr(text, i, 1)])
  return out
}
# Whom the listing may believe, as PID/NAME; who is not believed is a gap by name.
function believed(   pid, kind, why, list, key, part, unread) {
  empty(missed); empty(missed_pid)
  for (pid in args_of) {
    kind = daemon_of(comm_of[pid])
    if (kind == "" || (pid in stuck)) continue
    # One that has ended is in no mount namespace any more, and names nothing.
    if (spaces_of[pid] ~ /,/ && split(spaces_of[pid], part, ",") && part[3] == "") continue
    why = distrust(pid)
    if (why == "") { list = list " " pid "/" kind; continue }
    if (kind == "conmon" && uid_of[pid] != 0) { kind = "conmon of user " uid_of[pid]; why = "only perl can follow a user's own paths safely" }
    else if (why == "elsewhere") why = kind == "dockerd" ? "it is in a mount namespace of its own, where only perl can follow paths safely" : "it is in a mount namespace of its own"
    if (why ~ /could not be read/) { unread++; continue }
    if (kind == "shim") kind = "containerd-shim"
    key = kind SUBSEP why
    missed[key]++
    if (!(key in missed_pid) || pid + 0 < missed_pid[key]) missed_pid[key] = pid + 0
  }
  if (unread) gap("runtime records", "the namespaces of their daemons and monitors could not be read, so their words are not believed", mend, unread)
  for (key in missed) {
    split(key, part, SUBSEP)
    why = "pid " missed_pid[key] ": " part[2]
    if (part[2] !~ /only perl/) why = why ", so its words are not believed"
    gap("records that " part[1] " names", why, part[2] ~ /only perl/ ? "install perl there" : "if it runs in a container, read that container as a node of its own", missed[key])
  }
  return list
}
function read_records(   list, cmd, line, at, sign, path, part, text, seen_file, n, kept_back, place, rounds, kernel, waits, ended, outlined) {
  list = believed()
  # One that did not answer is asked again when the one who still waits for it is gone.
  for (place in silent_place) {
    slurp("/proc/" silent_place[place] "/stat")
    if (missing) delete silent_place[place]
    else { kept_back = kept_back (kept_back == "" ? "" : "\\0012") octal(place) }
  }
  do {
    cmd = "K='" kept_back "' L='" list " '; eval \"$PODGLASS_RECORDS\""
    place = ""; waits = 0; n = 0
    empty(seen_file); empty(kernel); empty(told_gap)
    RS = "\n"
    # Each line: device inode size mtime ctime type path. A path with a newline is not taken.
    while ((cmd | getline line) > 0) {
      if (line == "=end") break
      if (line ~ /^=at \//) { place = substr(line, 5); outlined = 0; continue }
      if (line == "=outline") { outlined = 1; continue }
      if (line ~ /^=silent [0-9]+$/) { waits = substr(line, 9); continue }
      if (line ~ /^=(gone|lost) [0-9]+ \//) { told_gap[line] = 1; continue }
      split(line, part, " ")
      if (line ~ /^[0-9]+ [0-9]+ [0-9]+ [0-9]+ [0-9]+ directory \/(proc|sys)$/) { kernel[part[1]] = 1; continue }
      if (!match(line, /^[0-9]+ [0-9]+ [0-9]+ [0-9]+ [0-9]+ (regular|regular file|regular empty file) \//) || (part[1] in kernel)) continue
      path = substr(line, RLENGTH)
      sign = part[2] " " part[3] " " part[4] " " part[5]
      if (path in seen_file) continue
      seen_file[path] = 1
      if (part[3] > 1048576) { gap("runtime records", "longer than 1 MiB", "", 1); continue }
      if (path in signature && signature[path] == sign && !whole) continue
      records[++n] = path
      only_outline[path] = outlined
      signature_now[path] = sign
    }
    close(cmd)
    if (waits && place != "") {
      silent_place[place] = waits
      kept_back = kept_back (kept_back == "" ? "" : "\\0012") octal(place)
    }
  } while (waits && place != "" && ++rounds < 3)
  for (line in told_gap) {
    split(line, part, " ")
    path = substr(line, index(line, " /") + 1)
    if (part[1] == "=gone") gap("the configuration of " comm_of[part[2]], "pid " part[2] " names " path ", which is not there", "", 1)
    else gap("records of dockerd", "pid " part[2] " keeps its containers in " path ", which could not be read: it is not there", "", 1)
  }
  for (place in silent_place) gap("runtime records", place " does not answer: it may be on a mount whose server is gone", "unmount it, or mend its server", 1)
  for (; n > 0; n--) {
    path = records[n]
    text = slurp(path)
    if (missing) { gap("runtime records", "could not be read", mend, 1); continue }
    signature[path] = signature_now[path]
    # A pid file holds a number, whoever named it.
    if (!only_outline[path] && path !~ /(\.(json|toml|conf|yaml|yml)|\/(sandbox|status))$/ && text !~ /^[ \t\n]*\{/ && text !~ /^[0-9]+[ \t\n]*$/) continue
    left_out = 0
    text = only_outline[path] ? outline(text) : without_secrets(path, text)
    if (left_out) { gap("runtime records", "an environment could not be taken out of them, so they were left out", "", 1); delete signature[path]; continue }
    put("F " enc(path), enc(text))
  }
  for (path in signature) {
    if (path in seen_file) continue
    ended = 1
    for (place in silent_place) if (index(path, place "/") == 1) ended = 0
    if (!ended) continue
    if (("F " enc(path)) in last) drop("F " enc(path))
    delete signature[path]
  }
}

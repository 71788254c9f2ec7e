# A monitor's words are believed only where no container could have written them: a root process in the node's own mount
# and user namespaces.
function trusted(pid,   part, first) {
  if (!(pid in spaces_of) || spaces_of[pid] == "denied" || uid_of[pid] != 0) return 0
  split(spaces_of[pid], part, ",")
  split(spaces_of[1] != "" && spaces_of[1] != "denied" ? spaces_of[1] : kernel_set, first, ",")
  return (part[3] == first[3] || part[3] == own["mnt"]) && (part[9] == first[9] || part[9] == "4026531837")
}
function read_records(   pid, list, cmd, line, at, sign, path, part, text, seen_file, n) {
  for (pid in args_of) if (trusted(pid)) list = list " " pid
  cmd = "L='" list "'; eval \"$PODGLASS_RECORDS\""
  RS = "\n"
  # Each line: inode size mtime type path. A path with a newline is not taken.
  while ((cmd | getline line) > 0) {
    if (!match(line, /^[0-9]+ [0-9]+ [0-9]+ (regular|regular file|regular empty file) \//)) continue
    path = substr(line, RLENGTH)
    split(line, part, " ")
    sign = part[1] " " part[2] " " part[3]
    if (path in seen_file) continue
    seen_file[path] = 1
    if (part[2] > 1048576) { gap("runtime records", "longer than 1 MiB", "", 1); continue }
    if (path in signature && signature[path] == sign && !whole) continue
    records[++n] = path
    signature[path] = sign
  }
  close(cmd)
  for (; n > 0; n--) {
    path = records[n]
    text = slurp(path)
    if (missing) { gap("runtime records", "could not be read", mend, 1); continue }
    text = without_secrets(path, text)
    if (left_out) { gap("runtime records", "an environment could not be taken out of them, so they were left out", "", 1); delete signature[path]; continue }
    put("F " enc(path), enc(text))
  }
  for (path in signature) if (!(path in seen_file)) { if (("F " enc(path)) in last) drop("F " enc(path)); delete signature[path] }
}

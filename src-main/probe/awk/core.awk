# The same records as the perl reader's, for nodes without perl: POSIX awk (mawk, gawk, busybox), which reads files with
# getline and lists folders through short commands. Only pids go into those commands, and pids are digits.
# One getline a file: the record separator is a byte that hardly any text has, and where it does the rest follows.
# Loops that read lines of a command set it to a newline first, and call nothing meanwhile that reads a file.
function slurp(path,   text, part, n, got) {
  text = ""; n = 0
  RS = "\001"
  while ((got = (getline part < path)) > 0) text = n++ ? text "\001" part : part
  close(path)
  missing = got < 0 && !n
  if (substr(text, length(text)) == "\n") return substr(text, 1, length(text) - 1)
  return text
}
function init_escape(   i) { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i }
function enc(text,   i, c, out) {
  if (text == "") return "\\e"
  if (index(text, "\\") == 0) {
    if (text !~ /[^!-~]/) return text
    gsub(/ /, "\\s", text); gsub(/\n/, "\\n", text); gsub(/\t/, "\\t", text)
    if (text !~ /[^!-~]/) return text
    for (i = 1; i <= length(text); i++) {
      c = substr(text, i, 1)
      out = out (c ~ /[!-~]/ ? c : sprintf("\\%03o", code[c]))
    }
    return out
  }
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "\\") out = out "\\\\"
    else if (c == "\n") out = out "\\n"
    else if (c == " ") out = out "\\s"
    else out = out (c ~ /[!-~]/ ? c : sprintf("\\%03o", code[c]))
  }
  return out
}
function say(record) { if (keeping) { kept[++keeping] = record; return }; printf "%s%d %s\n", nonce, length(record), record; count++ }
function put(key, rest) {
  if (key in last && last[key] == rest) return
  last[key] = rest
  say(key " " rest)
}
function drop(key) { delete last[key]; say("-" key) }
# What could not be read is said with every frame until the part that found it is read again.
function begin_part(name,   key) {
  part_now = name
  for (key in gaps) if (index(key, name " ") == 1) delete gaps[key]
}
function gap(what, why, mend, n,   key) {
  key = part_now " " enc(what) " " enc(why) " " enc(mend)
  gaps[key] += n
}
function intern(kind, text) {
  if ((kind, text) in numbers) return numbers[kind, text]
  numbers[kind, text] = ++next_number[kind]
  put(kind " " numbers[kind, text], enc(text))
  return numbers[kind, text]
}
# Words with blanks between, a piece at a time: adding each to a long text would copy that every time.
function words_of(list, n,   i, all, piece) {
  for (i = 1; i <= n; i++) {
    piece = piece " " list[i]
    if (i % 64 == 0) { all = all piece; piece = "" }
  }
  return all piece
}
function empty(list,   key) { for (key in list) delete list[key] }
function unescape_mount(text,   out, at) {
  while ((at = match(text, /\\[0-7][0-7][0-7]/)) > 0) {
    out = out substr(text, 1, at - 1) sprintf("%c", substr(text, at + 1, 1) * 64 + substr(text, at + 2, 1) * 8 + substr(text, at + 3, 1))
    text = substr(text, at + 4)
  }
  return out text
}

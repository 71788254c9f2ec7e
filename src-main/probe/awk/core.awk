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
# Long texts by halves: to add to one copies it each time, and to busybox's gsub each match costs the whole length.
function enc(text,   half) {
  if (text == "") return "\\e"
  if (text !~ /[^!-~]/ && index(text, "\\") == 0) return text
  half = int(length(text) / 2)
  if (half > 4096) return enc(substr(text, 1, half)) enc(substr(text, half + 1))
  gsub(/\\/, "&&", text); gsub(/ /, "\\s", text); gsub(/\n/, "\\n", text); gsub(/\t/, "\\t", text)
  return octals(text)
}
function octals(text,   half, out) {
  half = int(length(text) / 2)
  if (half > 64 && text ~ /[^!-~]/) return octals(substr(text, 1, half)) octals(substr(text, half + 1))
  while (match(text, /[^!-~]/)) {
    out = out substr(text, 1, RSTART - 1) sprintf("\\%03o", code[substr(text, RSTART, 1)])
    text = substr(text, RSTART + 1)
  }
  return out text
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

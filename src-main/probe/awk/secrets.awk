# As in perl/secrets.pl. A text is cut at its quotes by one split and walked once: no pattern repeats a group over what
# others can make long, and no text is copied once a word of it.
function skip_string(part, n, i) {
  # A quote after an odd number of backslashes is none.
  for (; i <= n; i++) if (!match(part[i], /\\+$/) || RLENGTH % 2 == 0) return i + 1
  return n + 1
}
# part[i] is outside of strings; the value begins in part[first] at its first character. Gives the part in which it ends,
# and sets value_rest to what follows it there.
function skip_value(part, n, first,   i, j, depth, c, text) {
  depth = 0
  for (i = first; i <= n; i = skip_string(part, n, i + 1)) {
    text = part[i]
    # A string alone ends with its quote.
    if (depth == 0 && i > first) { value_rest = text; return i }
    if (length(text) > 4000) { left_out = 1; break }
    while (match(text, /[][{}]/)) {
      c = substr(text, RSTART, 1)
      text = substr(text, RSTART + 1)
      depth += c == "[" || c == "{" ? 1 : -1
      if (depth <= 0) { value_rest = text; return i }
    }
  }
  value_rest = ""
  return n + 1
}
function joined(part, from, n,   i, chunk, out) {
  for (i = from; i <= n; i++) {
    chunk = chunk "\"" part[i]
    if (length(chunk) > 4000) { out = out chunk; chunk = "" }
  }
  return out chunk
}
# left_out is set where the text would still have one.
function without_secrets(path, text,   n, list, i, out) {
  left_out = 0
  if (text ~ /^[ \t\r\n]*\{/ || path ~ /\.json$/) return without_env(text)
  n = split(text, list, "\n")
  for (i = 1; i <= n; i++) {
    if (match(tolower(list[i]), /^[ \t]*"?(password|auth|identitytoken|token|secret|username)"?[ \t]*[=:]/)) list[i] = substr(list[i], 1, RLENGTH) " \"left out\""
    out = i == 1 ? list[i] : out "\n" list[i]
  }
  return out
}
function without_env(text,   out, rest, at, len, key, n, part, i, first, times, plain) {
  rest = text
  while (match(rest, env_key)) {
    at = RSTART; len = RLENGTH
    # Each costs a copy of what follows; a record has one or two.
    if (++times > 2 && times * length(text) > 3000000) { left_out = 1; return "" }
    key = substr(rest, at, len)
    out = out substr(rest, 1, at - 1)
    rest = substr(rest, at + len)
    if (key ~ /\\"[ \t\r\n]*:/) {
      # An annotation that is JSON itself (what kubectl applied last, say) ends where the environment would begin.
      n = split(rest, part, "\"")
      i = skip_string(part, n, 1)
      rest = i > n ? "" : joined(part, i, n)
      continue
    }
    first = substr(rest, 1, 1)
    out = out key
    if (first == "n") continue
    if (first !~ /["[{]/) { out = out "\"\""; sub(/^[^],} \t\r\n]*/, "", rest); continue }
    out = out (first == "{" ? "{}" : first == "[" ? "[]" : "\"\"")
    n = split(rest, part, "\"")
    i = skip_value(part, n, 1)
    rest = i > n ? "" : value_rest joined(part, i + 1, n)
    if (left_out) return ""
  }
  out = out rest
  plain = out
  if (index(plain, "\\u00")) {
    gsub(/\\+u00[46]5/, "e", plain); gsub(/\\+u00[46][eE]/, "n", plain); gsub(/\\+u00[57]6/, "v", plain)
  }
  gsub(/\\/, "", plain)
  if (match(tolower(plain), /"env"[ \t\r\n]*:[ \t\r\n]*(\[[ \t\r\n]*[^] \t\r\n]|\{[ \t\r\n]*[^} \t\r\n]|"[^"]|[^ \t\r\n[{"n])/)) { left_out = 1; return "" }
  return out
}
function init_secrets(   bs) {
  bs = "\\\\*"
  env_key = bs "\"([eE]|\\\\+u00[46]5)([nN]|\\\\+u00[46][eE])([vV]|\\\\+u00[57]6)" bs "\"[ \t\r\n]*:[ \t\r\n]*"
}
# As in perl/secrets.pl.
function outline(text,   n, list, i, line, at, begins, rest, key, value, plain, top, level, group, dash, keys, out) {
  out = "# podglass: outline of a static pod\n"
  dash = -1; keys = -1
  n = split(text, list, "\n")
  for (i = 1; i <= n; i++) {
    line = list[i]
    sub(/[ \t\r\f]+$/, "", line)
    match(line, /^ */)
    at = RLENGTH
    rest = substr(line, at + 1)
    begins = 0
    if (match(rest, /^-( +|$)/)) { begins = RLENGTH; rest = substr(rest, RLENGTH + 1) }
    if (!begins && (rest == "" || rest ~ /^#/)) continue
    key = ""; value = ""
    if (match(rest, /^[A-Za-z]+:( |$)/)) {
      key = rest; sub(/:.*/, "", key)
      value = substr(rest, length(key) + 2); sub(/^ +/, "", value)
      if (value ~ /^#/) value = ""
      sub(/ +#.*/, "", value)
      if (value ~ /^".*"$/ || value ~ /^'.*'$/) value = substr(value, 2, length(value) - 2)
    }
    plain = value ~ /^[A-Za-z0-9._-]+$/ && length(value) < 254
    if (!begins && at == 0) {
      top = key ~ /^(metadata|spec)$/ && value == "" ? key : ""
      level = 0; group = ""
      if (top != "") out = out top ":\n"
      continue
    }
    if (top == "") continue
    if (!level) level = at
    if (!begins && at == level) {
      group = top == "spec" && key ~ /^(initContainers|containers)$/ && value == "" ? key : ""
      dash = -1
      if (group != "") out = out "  " group ":\n"
      if (top == "metadata" && plain && key ~ /^(name|namespace)$/) out = out "  " key ": " value "\n"
      continue
    }
    if (group == "") continue
    if (begins) {
      if (dash >= 0 && at != dash) continue
      dash = at
      keys = rest == "" ? -1 : at + begins
      out = out "  -\n"
    } else if (keys < 0) keys = at
    else if (at != keys) continue
    if (plain && key ~ /^(name|restartPolicy)$/) out = out "    " key ": " value "\n"
  }
  return out
}

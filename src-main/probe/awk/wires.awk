# Interfaces and routes of network namespaces, where there is no perl: as ip(8) tells them from inside.
function read_wires(   cmd, line, part, key, list, mark, section, n, user) {
  user = ENVIRON["PODGLASS_PRIVILEGE"] == "user"
  for (key in holder) {
    split(key, part, SUBSEP)
    if (part[1] == "net" && (!user || part[2] == own["net"])) list = list " " part[2] "/" (part[2] == own["net"] ? 0 : holder[key])
  }
  mark = ENVIRON["PODGLASS_NONCE"] " "
  cmd = "L='" list "'; eval \"$PODGLASS_WIRES\""
  RS = "\n"
  wires_at = ""; wires_done = wires_more = wires_plain = 0
  while ((cmd | getline line) > 0 && line != "=end" ENVIRON["PODGLASS_NONCE"]) {
    if (index(line, mark) == 1) {
      section = substr(line, length(mark) + 1)
      if (section == "done") wires_done = 1
      else if (section == "none") gap("interfaces and routes of network namespaces", "only perl, or ip(8), can ask which there are here", user ? mend : "", 1)
      else if (section == "plain") { wires_plain = 1; gap("interfaces and routes of network namespaces", "the ip of busybox tells neither their kinds, nor the other ends of wires, nor the ways of a route that has several", "install perl there", 1) }
      else if (section ~ /^net:\[[0-9]+\]$/) {
        empty(link_at); empty(link_there); wires_at = substr(section, 6, length(section) - 6); n = wires_forged = 0; wires_ours = ""
      } else if (section ~ /^ours [0-9]+$/) wires_ours = substr(section, 6)
      else if (section == "4") say_links()
    } else if (wires_at == "") continue
    else if (section ~ /^(4|6|links)$/ && ++n > 4000) wires_more++
    else if (section == "4" || section == "6") say_route(line, section)
    else if (section == "links") keep_link(line)
    else if (match(line, /^ *[^ :]+:/)) { sub(/^ */, "", line); link_there[substr(line, 1, index(line, ":") - 1)] = 1 }
  }
  close(cmd)
  if (wires_more) gap("interfaces and routes of network namespaces", "more than 4000 in one: the rest was left out", "", wires_more)
  if (user) gap("interfaces and routes of network namespaces", "permission denied", mend, 1)
  else if (!wires_done && section != "none") gap("interfaces and routes of network namespaces", "entering them took more than 20 s", "", 1)
}
# "5: eth0@if6: <BROADCAST,UP> mtu 1500 … master cni0 …\    link/ether MAC brd … link-netnsid 0 …\    veth …": print_linkinfo in
# iproute2. A name has neither blank nor colon (dev_valid_name in net/core/dev.c), but perhaps an "@", and what follows a
# backslash and four blanks is a line of its own. A line that looks so may be a newline and more in an alias.
function keep_link(line,   head, name, at, to, part, word, n) {
  if (!match(line, /^[0-9]+: [^ ]+: </)) return
  head = substr(line, 1, RLENGTH - 3)
  n = split(substr(line, RLENGTH), part, "\\\\    ")
  at = head + 0
  name = substr(head, index(head, " ") + 1)
  to = ""
  if (!(name in link_there) && match(name, /@[^@]+$/)) { to = substr(name, RSTART + 1); name = substr(name, 1, RSTART - 1) }
  if (!(name in link_there)) return
  if (name in link_at || at in link_name) { wires_forged = 1; return }
  link_to[at] = to; link_away[at] = ""
  link_name[at] = name; link_at[name] = at; link_kind[at] = link_mac[at] = link_master[at] = "-"
  match(part[1], /^<[^>]*>/)
  link_up[at] = substr(part[1], RSTART, RLENGTH) ~ /[<,]UP[,>]/ ? 1 : 0
  link_mtu[at] = match(part[1], / mtu [0-9]+/) ? substr(part[1], RSTART + 5, RLENGTH - 5) : 0
  if (match(part[1], / master [^ ]+/)) link_master[at] = substr(part[1], RSTART + 8, RLENGTH - 8)
  split(part[2], word, " ")
  if (word[1] ~ /^link\// && split(word[2], head_bytes, ":") == 6) link_mac[at] = word[2]
  # " link-netns NAME" where that namespace has a name in /run/netns.
  if (match(part[2], / link-netns(id)? [^ ]+/)) link_away[at] = substr(part[2], RSTART + 1, RLENGTH - 1)
  if (n < 3) return
  split(part[3], word, " ")
  if (word[1] !~ /_slave$|^(alias|altname|vf|prog)$/) link_kind[at] = word[1]
}
# Once all are there, since they name each other. A link by name is in the same namespace, by number ("if6") in another.
function say_links(   at, to, where, master) {
  if (wires_forged) gap("interfaces and routes of network namespaces", "an alias in one of them passes for an interface: its were left out", "", 1)
  else for (at in link_name) {
    to = link_to[at]; where = "-"
    # Busybox looks a number up among its own interfaces, whosever it is.
    if (wires_plain) to = "-"
    else if (link_away[at] != "") {
      to = to ~ /^if[0-9]+$/ ? substr(to, 3) : "-"
      if (to != "-" && wires_ours != "" && link_away[at] == "link-netnsid " wires_ours) where = own["net"]
    } else if (to in link_at) { to = link_at[to]; where = wires_at }
    else to = "-"
    # One whose master is beyond what is kept would be told as on none.
    if (link_master[at] != "-" && !(link_master[at] in link_at)) { wires_more++; continue }
    master = link_master[at] == "-" ? "-" : link_at[link_master[at]]
    say("I " wires_at " " at " " enc(link_name[at]) " " enc(link_kind[at]) " " enc(link_mac[at]) " " link_mtu[at] " " link_up[at] " " to " " where " " master)
  }
  if (wires_forged) empty(link_at)
  empty(link_name); empty(link_to)
}
# "default via 10.88.0.1 dev eth0 …", "10.88.0.0/16 dev cni0 …"; of several ways "\	nexthop via … dev …" each. An interface may be
# called "via".
function say_route(line, family,   word, n, i, to, via, dev) {
  n = split(line, word, /[ \t]+/)
  to = word[1]
  if (to ~ /^(unreachable|blackhole|prohibit|throw|local|broadcast|multicast|anycast|nat)$/) return
  if (to == "default") to = family == "4" ? "0.0.0.0/0" : "00000000000000000000000000000000/0"
  else if (to !~ /\//) to = to (family == "4" ? "/32" : "/128")
  via = "-"; dev = ""
  for (i = 2; i <= n + 1; i++) {
    if (i > n || word[i] == "nexthop") {
      if (dev in link_at) say("L " wires_at " " link_at[dev] " " enc(to) " " enc(via))
      via = "-"; dev = ""
    } else if (word[i] == "via") {
      i++
      if (word[i] ~ /^inet6?$/) i++
      via = word[i]
    } else if (word[i] == "dev") dev = word[++i]
  }
}

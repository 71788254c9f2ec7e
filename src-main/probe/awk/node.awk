function fact(key, value) { put("n " key, enc(value)) }
function read_node(   text, n, list, i, line, from, pair) {
  fact("hostname", slurp("/proc/sys/kernel/hostname"))
  fact("kernel", slurp("/proc/sys/kernel/osrelease"))
  fact("boot", slurp("/proc/sys/kernel/random/boot_id"))
  text = slurp("/etc/os-release")
  if (text == "") text = slurp("/usr/lib/os-release")
  n = split(text, list, "\n")
  line = "Linux"
  for (i = 1; i <= n; i++) if (list[i] ~ /^PRETTY_NAME=/) { line = substr(list[i], 13); gsub(/"/, "", line) }
  fact("os", line)
  n = 0
  RS = "\n"
  while ((getline line < "/proc/cpuinfo") > 0) if (line ~ /^processor[ \t]*:/) n++
  close("/proc/cpuinfo")
  if (!n) { text = slurp("/sys/devices/system/cpu/online"); sub(/^.*[-,]/, "", text); n = text + 1 }
  fact("cpus", n)
  fact("page", ENVIRON["PODGLASS_PAGE"])
  fact("ticks", ENVIRON["PODGLASS_TICKS"])
  fact("privilege", ENVIRON["PODGLASS_PRIVILEGE"])
  fact("reader", "awk")
  n = split(ENVIRON["PODGLASS_NS"], list, "\n")
  for (i = 1; i <= n; i++) {
    if (split(list[i], pair, " ") != 2) continue
    own[pair[2]] = pair[1]
    if (pair[2] !~ /_for_/) fact("ns." pair[2], pair[1])
  }
  if (own["pid"] != "" && own["pid"] != 4026531836) gap("the node itself", "the probe runs inside a container: its PID namespace is not the first one", "log in to the node itself", 1)
  if (own["cgroup"] != "" && own["cgroup"] != 4026531835) gap("cgroups above our own", "the probe runs in a cgroup namespace", ENVIRON["PODGLASS_PRIVILEGE"] != "user" && own["pid"] == 4026531836 && ENVIRON["PODGLASS_FIRST"] != "" ? "start the probe, or the login shell, with nsenter -t " ENVIRON["PODGLASS_FIRST"] " -C" : "log in to the node itself", 1)
  find_hierarchies()
  n = split(slurp("/proc/meminfo"), list, "\n")
  for (i = 1; i <= n; i++) {
    split(list[i], pair, " ")
    if (pair[1] == "MemTotal:") put("n memory", pair[2])
    if (pair[1] == "MemAvailable:") put("n available", pair[2])
  }
}
# A v1 hierarchy is named as in /proc/PID/cgroup; the mount's own options say which it is.
function find_hierarchies(   n, list, want, name, path, line, half, left, right, i, j, k, part, has, best, from, all) {
  n = split(slurp("/proc/self/cgroup"), list, "\n")
  for (i = 1; i <= n; i++) { split(list[i], part, ":"); want[part[2]] = 1 }
  empty(mount_of); empty(root_of)
  hidden_by = ""
  n = split(ENVIRON["PODGLASS_MOUNTS"], list, "\n")
  for (i = 1; i <= n; i++) {
    half = index(list[i], " - ")
    split(substr(list[i], 1, half - 1), left, " ")
    split(substr(list[i], half + 3), right, " ")
    name = ""
    if (right[1] == "cgroup") {
      empty(has)
      k = split(right[3], part, ",")
      for (j = 1; j <= k; j++) has[part[j]] = 1
      best = ""
      for (name in want) {
        if (name == "") continue
        all = 1
        k = split(name, part, ",")
        for (j = 1; j <= k; j++) if (!(part[j] in has)) all = 0
        if (all && length(name) > length(best)) best = name
      }
      if (best == "") continue
      name = best
    }
    if ((name in mount_of) && (left[4] != "/" || root_of[name] == "/")) continue
    mount_of[name] = unescape_mount(left[5]); root_of[name] = left[4]; slot_of[name] = i
  }
  for (name in mount_of) put("h " enc(name == "" ? "v2" : name), enc(mount_of[name]))
  for (name in want) if (name != "" && !(name in mount_of)) gap("cgroup hierarchy " name, "not mounted where the probe runs", "mount it", 1)
}
function read_hidden(   text, part, kind) {
  kind = ENVIRON["PODGLASS_HIDEPID"]
  if (kind == "" || ENVIRON["PODGLASS_PRIVILEGE"] != "user") return
  split(slurp("/proc/loadavg"), part, /[ \/]/)
  gap("processes of other users", "/proc is mounted with " kind, mend, part[5] > seen_tasks ? part[5] - seen_tasks : 1)
}

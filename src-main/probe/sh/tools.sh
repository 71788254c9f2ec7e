# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2089,SC2090,SC2154
# What can be asked of tools where there is no perl: owners and parents (python3, or lsns 2.38), and the runtimes' names.
PODGLASS_RELATIONS='exec 2>/dev/null
py=; for c in /usr/bin/python3 /usr/libexec/platform-python /usr/local/bin/python3; do [ -x $c ] && { py=$c; break; }; done
if [ -n "$py" ]; then export L S; exec $py -I -S -c "$PODGLASS_PYTHON"; fi
lsns -n -r -o NS,TYPE,PNS,ONS | while read -r n t p o x; do
[ "$p" = 0 ] && p=-; [ "$o" = 0 ] && o=-; echo "$t $n ${o:--} ${p:--} -"; done'
PODGLASS_PYTHON='
import fcntl, os, struct, sys
seen = {}
# listns(2), as the perl reader asks it (places.pl).
def listed():
    import ctypes
    call = ctypes.CDLL(None, use_errno=True).syscall
    number = {"x86_64": 304, "aarch64": 265, "riscv64": 265}.get(os.uname().machine)
    with open("/proc/self/status") as status: able = int(status.read().split("CapEff:")[1].split()[0], 16)
    first = (os.stat("/proc/self/ns/user").st_ino, os.stat("/proc/self/ns/pid").st_ino) == (4026531837, 4026531836)
    if number is None or struct.calcsize("P") != 8 or os.geteuid() or not able >> 21 & 1 or not first: return
    room = (ctypes.c_uint64 * 8192)()
    said = []; count = refused = 0
    for kind, flag in ("time", 0x80), ("mnt", 0x20000), ("cgroup", 0x2000000), ("uts", 0x4000000), ("ipc", 0x8000000), ("user", 0x10000000), ("pid", 0x20000000), ("net", 0x40000000):
        last = 0; got = 8192
        while got == 8192:
            got = call(470, struct.pack("=IIQIIQ", 32, 0, last, flag, 0, 0), room, ctypes.c_size_t(8192), 0)
            if got < 0 and ctypes.get_errno() == 2: break
            if got < 0: return
            for one in room[:got]:
                fd = call(number, -10003, struct.pack("=IiQII", 16, 0xf1, one, 0, 0), 0x80000)
                if fd < 0 and ctypes.get_errno() == 116: continue
                count += 1
                if fd < 0: refused += 1; continue
                said.append("K %s %d %d" % (kind, os.fstat(fd).st_ino, one))
                os.close(fd)
            if got: last = room[got - 1]
    print("listed", count, refused)
    for line in said: print(line)
def ask(fd, call):
    try: return fcntl.ioctl(fd, call)
    except OSError: return -1
def whose(fd):
    room = bytearray(4)
    try: fcntl.ioctl(fd, 0xb704, room)
    except OSError: return "-"
    return int.from_bytes(room, sys.byteorder)
def relate(kind, fd):
    while fd >= 0:
        inode = os.fstat(fd).st_ino
        if (kind, inode) in seen: os.close(fd); return
        owner = ask(fd, 0xb701)
        parent = ask(fd, 0xb702) if kind in ("pid", "user") else -1
        told = [os.fstat(f).st_ino if f >= 0 else "-" for f in (owner, parent)]
        seen[(kind, inode)] = 1
        print(kind, inode, told[0], told[1], whose(fd) if kind == "user" else "-")
        if owner >= 0: os.close(owner)
        os.close(fd); fd = parent
def visit(path, kind, inode):
    if (kind, inode) in seen: return
    try: fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError: return
    relate(kind, fd)
links = ("cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children", "user", "uts")
ended = False
for word in os.environ["L"].split():
    pid, asked = word.split("/")
    for number in asked.split("."):
        link = links[int(number) - 1]
        try: fd = os.open("/proc/%s/ns/%s" % (pid, link), os.O_RDONLY | os.O_NONBLOCK)
        except OSError: ended = True; continue
        relate(link.split("_")[0], fd)
for pid in os.environ["S"].split() if ended else ():
    for link in links:
        path = "/proc/%s/ns/%s" % (pid, link)
        try: text = os.readlink(path)
        except OSError: continue
        visit(path, text.split(":")[0], int(text.split("[")[1][:-1]))
for line in open("/proc/self/mountinfo", errors="surrogateescape"):
    part = line.split(" ")
    if " - nsfs " in line and ":[" in part[3]:
        visit(part[4], part[3].split(":")[0], int(part[3].split("[")[1][:-1]))
try: listed()
except (ImportError, OSError, ValueError, IndexError): pass
'
# One tool, by the number in $L: its output, or a gap after eight seconds. $K: options of podman, a line each, in octal.
PODGLASS_TOOL="$watch"'; exec </dev/null
work() { set -f; IFS="
"; K=$(printf "%b." "$K"); K=${K%.}; case $L in
1) set -- podman $K pod ps --format json;; 2) set -- podman $K ps --all --format json;; 3) set -- podman $K;;
4) set -- containerd --version;; 5) set -- crio --version;; 6) set -- crun --version;; 7) set -- dockerd --version;;
8) set -- kubelet --version;; 9) set -- podman --version;; 10) set -- runc --version;; 11) set -- lxc-start --version;; esac
command -v $1 >/dev/null || return; echo "=asked"; if [ $L = 3 ]; then restarts "$@"; else "$@"; fi && echo "=done"; }
restarts() { "$@" ps --all --quiet --no-trunc | xargs -r "$@" container inspect --format "{{.Id}} {{.RestartCount}}"; }
guard 32 work'
export PODGLASS_RELATIONS PODGLASS_PYTHON PODGLASS_TOOL

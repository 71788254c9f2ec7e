/* namespaces list: what the kernel lists, one a line: TYPE INODE ID (listns(2), Linux 6.19; each opened by its id).
 * namespaces hold FOLDER: makes one for each way to hold it, says "HOW TYPE INODE" of each and "ready", and lets go when its
 * stdin ends: process, pin (in FOLDER), file, socket, owner (a user namespace that nothing but what it owns keeps) and
 * flight (a descriptor in a message that nobody receives). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct { uint32_t flag; const char *name; } types[] = {
  {0x80, "time"}, {CLONE_NEWNS, "mnt"}, {0x2000000, "cgroup"}, {CLONE_NEWUTS, "uts"}, {CLONE_NEWIPC, "ipc"},
  {CLONE_NEWUSER, "user"}, {CLONE_NEWPID, "pid"}, {CLONE_NEWNET, "net"}};

static void fail(const char *what) { perror(what); exit(1); }
static uint64_t inode(const char *path) {
  struct stat found;
  if (stat(path, &found)) fail(path);
  return found.st_ino;
}
static void say(const char *how, const char *type) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/ns/%s", type);
  printf("%s %s %lu\n", how, type, inode(path));
  fflush(stdout);
}

static int list(void) {
  static uint64_t ids[500];    /* few, so that a busy node takes several calls */
  struct { uint32_t size, spare; uint64_t last; uint32_t type, spare2; uint64_t user; } ask = {.size = 32};
  for (;;) {
    long got = syscall(470, &ask, ids, 500, 0);
    if (got == 0 || (got < 0 && errno == ENOENT)) return 0;
    if (got < 0) fail("listns");
    for (long at = 0; at < got; at++) {
      struct { uint32_t bytes; int32_t type; uint64_t id; uint32_t kind, inode; } handle = {16, 0xf1, ids[at], 0, 0};
      int file = syscall(SYS_open_by_handle_at, -10003, &handle, O_RDONLY | O_CLOEXEC);
      if (file < 0) { if (errno == ESTALE) continue; fail("open_by_handle_at"); }
      struct stat found;
      fstat(file, &found);
      uint32_t flag = ioctl(file, 0xb703);    /* NS_GET_NSTYPE */
      for (size_t one = 0; one < sizeof types / sizeof *types; one++)
        if (types[one].flag == flag) printf("%s %lu %lu\n", types[one].name, found.st_ino, ids[at]);
      close(file);
    }
    ask.last = ids[got - 1];
  }
}

/* Makes namespaces in a child of ours, which says what it made and then does what is left to do for ever. */
static pid_t child(int flags, const char *how, const char *type) {
  int told[2];
  char byte;
  if (pipe(told)) fail("pipe");
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (unshare(flags)) fail("unshare");
    if (how) say(how, type);
    if (write(told[1], "k", 1) != 1) exit(1);
    for (;;) pause();
  }
  close(told[1]);
  if (read(told[0], &byte, 1) != 1) fail("child");
  close(told[0]);
  return pid;
}
static int space_of(pid_t pid, const char *type) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, type);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(path);
  return file;
}
static void pin(pid_t pid, const char *path) {
  char from[64];
  snprintf(from, sizeof from, "/proc/%d/ns/net", pid);
  close(open(path, O_CREAT | O_WRONLY, 0600));
  if (mount(from, path, NULL, MS_BIND, NULL)) fail(path);
}
static void end(pid_t pid) { kill(pid, SIGKILL); waitpid(pid, NULL, 0); }

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "list")) return list();
  if (argc != 3 || chdir(argv[2])) return 2;
  pid_t lives = child(CLONE_NEWIPC, "process", "ipc");
  pid_t pinned = child(CLONE_NEWNET, "pin", "net");
  pin(pinned, "pin");
  end(pinned);
  pid_t opened = child(CLONE_NEWUTS, "file", "uts");
  int held = space_of(opened, "uts");
  end(opened);
  pid_t owned = child(CLONE_NEWUSER | CLONE_NEWNET, "owner", "user");
  pin(owned, "owned");
  end(owned);
  int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (unshare(CLONE_NEWNET)) fail("unshare");
  say("socket", "net");
  int socket_there = socket(AF_INET, SOCK_STREAM, 0);
  if (socket_there < 0 || setns(own, 0)) fail("setns");
  close(own);
  pid_t sent = child(CLONE_NEWUTS, "flight", "uts");
  int file = space_of(sent, "uts"), pair[2];
  end(sent);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) fail("socketpair");
  char control[CMSG_SPACE(sizeof file)] = {0}, byte = 'x';
  struct iovec text = {&byte, 1};
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  *head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof file)};
  memcpy(CMSG_DATA(head), &file, sizeof file);
  if (sendmsg(pair[0], &message, 0) != 1) fail("sendmsg");
  close(file);
  puts("ready");
  fflush(stdout);
  while (read(0, &byte, 1) > 0) {}
  end(lives);
  close(held);
  umount2("pin", MNT_DETACH);
  umount2("owned", MNT_DETACH);
  unlink("pin");
  unlink("owned");
  return 0;
}

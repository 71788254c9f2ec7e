/* load PODS PER_POD PINS [CGROUP_FOLDER...]: hand-made pods. Each has a pause with net, ipc and uts of its own and one
 * container with mnt, pid and cgroup of its own, PER_POD processes in all, in a group pod<i> under each folder; its net
 * namespace is bound to PINS/<i>. Says "ready", then waits for its stdin to end; its processes end with it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

static void fail(const char *what) { perror(what); _exit(1); }
static void rest(void) { for (;;) pause(); }

static void enter(const char *folder, int pod) {
  char path[4096];
  snprintf(path, sizeof path, "%s/pod%d/cgroup.procs", folder, pod);
  int fd = open(path, O_WRONLY);
  if (fd < 0 || write(fd, "0", 1) != 1) fail(path);
  close(fd);
}

/* The container: what forks after unshare(CLONE_NEWPID) is pid 1 of its namespace, and ends all with itself. */
static void container(int processes) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWCGROUP)) fail("unshare");
  if (mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL)) fail("private");
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "app");
    for (int at = 1; at < processes; at++) if (fork() == 0) rest();
    rest();
  }
  rest();
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int pods = atoi(argv[1]), per_pod = atoi(argv[2]);
  pid_t *pid = calloc((size_t)pods, sizeof *pid);
  for (int pod = 0; pod < pods; pod++) {
    int told[2];
    if (pipe(told)) return 1;
    if ((pid[pod] = fork()) == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      prctl(PR_SET_NAME, "pause");
      for (int at = 4; at < argc; at++) enter(argv[at], pod);
      if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)) fail("unshare");
      if (fork() == 0) container(per_pod - 2);
      if (write(told[1], "k", 1) != 1) _exit(1);
      rest();
    }
    close(told[1]);
    char ok = 0;
    if (read(told[0], &ok, 1) != 1) return 1;
    close(told[0]);
  }
  sleep(1);
  for (int pod = 0; pod < pods; pod++) {
    char from[64], pin[4096];
    snprintf(from, sizeof from, "/proc/%d/ns/net", pid[pod]);
    snprintf(pin, sizeof pin, "%s/%d", argv[3], pod);
    close(open(pin, O_CREAT | O_WRONLY, 0600));
    if (mount(from, pin, NULL, MS_BIND, NULL)) fail(pin);
  }
  puts("ready");
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {}
  return 0;
}

/*
 * A FUSE server that stops answering, on the folder that it is given: for tests of what must not hang on such a node.
 *
 *   stuck FOLDER mount     answers nothing but the handshake: whoever looks into FOLDER waits for ever
 *   stuck FOLDER process   answers all but reads, maps FOLDER/file, and starts a process whose command line cannot be read
 *
 * Prints the pid of that process (or 0) when it is so far; ends, and with it every wait, when its stdin is closed.
 *
 * Why a command line hangs: reading /proc/PID/mem faults a page in without leave to drop mmap_lock (__access_remote_vm in
 * mm/memory.c), so the reader keeps it while it waits for our answer; an mmap of another thread waits for the lock as a
 * writer, and whoever comes to read behind it (get_mm_cmdline in fs/proc/base.c, ps, top) waits too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int device;
static char request[1 << 20];

static void answer(const struct fuse_in_header *to, int error, const void *body, size_t size) {
  struct fuse_out_header head = {.len = sizeof head + (error ? 0 : size), .error = error, .unique = to->unique};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)body, error ? 0 : size}};
  if (writev(device, parts, 2) < 0 && errno != ENOENT) perror("writev");
}

static struct fuse_attr attributes(unsigned long node) {
  return (struct fuse_attr){.ino = node, .size = node == 1 ? 0 : 65536, .mode = node == 1 ? S_IFDIR | 0755 : S_IFREG | 0644, .nlink = 1, .blksize = 4096};
}

static void serve(int only_handshake) {
  const struct fuse_in_header *in = (void *)request;
  if (read(device, request, sizeof request) <= 0) exit(1);
  if (in->opcode == FUSE_INIT) {
    struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_readahead = 4096, .max_write = 4096};
    answer(in, 0, &out, sizeof out);
  } else if (only_handshake) {
    return;
  } else if (in->opcode == FUSE_LOOKUP) {
    struct fuse_entry_out out = {.nodeid = 2, .attr_valid = 3600, .entry_valid = 3600, .attr = attributes(2)};
    answer(in, strcmp(request + sizeof *in, "file") ? -ENOENT : 0, &out, sizeof out);
  } else if (in->opcode == FUSE_GETATTR) {
    struct fuse_attr_out out = {.attr_valid = 3600, .attr = attributes(in->nodeid)};
    answer(in, 0, &out, sizeof out);
  } else if (in->opcode == FUSE_OPEN || in->opcode == FUSE_OPENDIR) {
    struct fuse_open_out out = {0};
    answer(in, 0, &out, sizeof out);
  } else if (in->opcode != FUSE_READ && in->opcode != FUSE_FORGET && in->opcode != FUSE_BATCH_FORGET && in->opcode != FUSE_INTERRUPT) {
    answer(in, -ENOSYS, NULL, 0);
  }
}

static char *page;

static void *fault(void *unused) {
  char byte;
  int memory = open("/proc/self/mem", O_RDONLY);
  if (pread(memory, &byte, 1, (off_t)(unsigned long)page) < 0) return unused;
  return unused;
}

static void *write_lock(void *unused) {
  sleep(1);
  mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return unused;
}

static void victim(const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/file", folder);
  int file = open(path, O_RDONLY);
  page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
  if (file < 0 || page == MAP_FAILED) {
    perror(path);
    exit(1);
  }
  pthread_t first, second;
  pthread_create(&first, NULL, fault, NULL);
  pthread_create(&second, NULL, write_lock, NULL);
  pause();
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int only_handshake = !strcmp(argv[2], "mount");
  char options[100];
  device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (device < 0) return perror("/dev/fuse"), 1;
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
  if (mount("stuck", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) return perror("mount"), 1;
  pid_t pid = 0;
  if (!only_handshake && (pid = fork()) == 0) {
    close(device);
    victim(argv[1]);
  }
  struct pollfd from[] = {{device, POLLIN, 0}, {0, POLLIN, 0}};
  for (int waited = 0, told = 0;;) {
    int ready = poll(from, 2, 100);
    if (!told && (waited += ready == 0) >= (only_handshake ? 2 : 20)) {
      printf("%d\n", pid);
      fflush(stdout);
      told = 1;
    }
    if (from[0].revents) serve(only_handshake);
    if (from[1].revents) break;
  }
  if (pid) kill(pid, 9);
  umount2(argv[1], MNT_DETACH);
  close(device);
  if (pid) waitpid(pid, NULL, 0);
  return 0;
}

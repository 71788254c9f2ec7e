/* The limit: five files and ten links of every process, 15 files of every group, as fast as C can open, read and write
 * them. For reference only; nothing like it is ever put on a node. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char buffer[65536];
static void copy(int at, const char *name) {
  int fd = openat(at, name, O_RDONLY);
  if (fd < 0) return;
  ssize_t got = read(fd, buffer, sizeof buffer);
  close(fd);
  if (got > 0) fwrite(buffer, 1, (size_t)got, stdout);
  putchar('\n');
}
static const char *files[] = {"stat", "status", "cgroup", "cmdline", "oom_score_adj"};
static const char *links[] = {"ns/cgroup", "ns/ipc", "ns/mnt", "ns/net", "ns/pid", "ns/pid_for_children", "ns/time",
                              "ns/time_for_children", "ns/user", "ns/uts"};

static void groups(int parent, const char *name, int depth) {
  int at = openat(parent, name, O_RDONLY | O_DIRECTORY);
  if (at < 0 || depth > 32) return;
  DIR *folder = fdopendir(at);
  struct dirent *entry;
  int left = 15;
  while ((entry = readdir(folder))) {
    if (entry->d_name[0] == '.') continue;
    if (entry->d_type == DT_DIR) groups(at, entry->d_name, depth + 1);
    else if (left > 0 && strcmp(entry->d_name, "memory.stat")) { copy(at, entry->d_name); left--; }
  }
  closedir(folder);
}

int main(int argc, char **argv) {
  static char big[1 << 20];
  setvbuf(stdout, big, _IOFBF, sizeof big);
  DIR *proc = opendir("/proc");
  struct dirent *entry;
  while ((entry = readdir(proc))) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    int at = openat(dirfd(proc), entry->d_name, O_RDONLY | O_DIRECTORY);
    if (at < 0) continue;
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) copy(at, files[i]);
    for (unsigned i = 0; i < sizeof links / sizeof *links; i++) {
      ssize_t got = readlinkat(at, links[i], buffer, sizeof buffer);
      if (got > 0) fwrite(buffer, 1, (size_t)got, stdout);
      putchar('\n');
    }
    close(at);
  }
  for (int i = 1; i < argc; i++) groups(AT_FDCWD, argv[i], 0);
  return 0;
}

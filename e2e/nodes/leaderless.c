/* A program whose first thread ends while another goes on: the kernel then shows state Z, and no namespaces, of a process that lives. */
#include <pthread.h>
#include <unistd.h>

static void *go_on(void *unused) {
  for (;;) pause();
  return unused;
}

int main(void) {
  pthread_t other;
  pthread_create(&other, NULL, go_on, NULL);
  pthread_exit(NULL);
}

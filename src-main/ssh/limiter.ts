/**
 * Logins to one server, a few at a time: sshd drops connections that have not logged in yet beyond MaxStartups (10 by
 * default), and twenty nodes behind one bastion are twenty such connections.
 */

const AT_ONCE = 5;

interface Queue {
  running: number;
  waiting: (() => void)[];
}

const queues = new Map<string, Queue>();

/** Runs `work` when fewer than AT_ONCE of this server are running; who gives up waiting leaves the queue and runs it at once. */
export async function limited<T>(server: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(server) ?? { running: 0, waiting: [] };
  queues.set(server, queue);
  if (queue.running >= AT_ONCE && !(await place(queue, signal))) return work();
  queue.running += 1;
  try {
    return await work();
  } finally {
    queue.running -= 1;
    queue.waiting.shift()?.();
    if (queue.running === 0 && queue.waiting.length === 0) queues.delete(server);
  }
}

function place(queue: Queue, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const come = () => {
      signal.removeEventListener("abort", leave);
      resolve(true);
    };
    const leave = () => {
      queue.waiting.splice(queue.waiting.indexOf(come), 1);
      resolve(false);
    };
    queue.waiting.push(come);
    signal.addEventListener("abort", leave, { once: true });
  });
}

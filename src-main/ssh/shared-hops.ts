/**
 * Jump hosts that several nodes lie behind: one login serves all of them, and ends with the last. Without this a hundred
 * nodes behind one bastion are a hundred logins there, which its MaxStartups and its log would not like.
 */
import { ConnectionError } from "../transport/transport.ts";

/** What is shared: a login that ends by itself, or when it is closed. */
interface Login {
  closed: Promise<Error | null>;
  close(): void;
}

interface Shared {
  login: Promise<Login>;
  users: number;
  /** Of who opens it: that one's questions are asked, and are taken back when it gives up. */
  opener: AbortSignal;
  giveUp: AbortController;
}

const pool = new Map<string, Shared>();

/**
 * The login of this key, opened by `open` where there is none; closing it gives back this one use. All who wait for it
 * fail together, with what `open` threw; only where its opener gave up, another opens it anew.
 */
export async function shareHop<T extends Login>(
  key: string,
  alias: string,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (;;) {
    const shared = pool.get(key) ?? begin(key, signal, open);
    shared.users += 1;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      shared.users -= 1;
      if (shared.users > 0) return;
      if (pool.get(key) === shared) pool.delete(key);
      shared.giveUp.abort();
      void shared.login.then(
        (login) => login.close(),
        () => {},
      );
    };
    try {
      const login = (await unlessAborted(shared.login, signal, alias)) as T;
      return { ...login, close: leave };
    } catch (error) {
      leave();
      if (signal.aborted || !shared.opener.aborted) throw error;
    }
  }
}

function begin(key: string, opener: AbortSignal, open: (signal: AbortSignal) => Promise<Login>): Shared {
  const giveUp = new AbortController();
  const shared: Shared = { login: open(giveUp.signal), users: 0, opener, giveUp };
  pool.set(key, shared);
  const over = () => {
    if (pool.get(key) === shared) pool.delete(key);
  };
  shared.login.then((login) => login.closed.then(over), over);
  return shared;
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, alias: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(new ConnectionError("cancelled", `Connecting to ${alias} was given up.`));
    if (signal.aborted) return aborted();
    signal.addEventListener("abort", aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}

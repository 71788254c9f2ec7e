/**
 * Keys that were unlocked, by file, for the logins that are under way just now: a passphrase that serves for several hops,
 * or for a hundred nodes that are opened together, is asked once. With the last of those logins all is forgotten.
 */
import type { ParsedKey } from "ssh2";

interface Unlocking {
  key: Promise<ParsedKey | null>;
  /** The question was taken back with the login that asked it; nobody said no. */
  withdrawn: boolean;
}

export class Keyring {
  readonly #keys = new Map<string, Unlocking>();

  /**
   * The key of this file, or null where it stays locked. `ask` is called where nobody asks yet; it answers "withdrawn" where
   * its own login ended meanwhile, and then the next who waits asks anew.
   */
  async unlocked(path: string, ask: () => Promise<ParsedKey | null | "withdrawn">): Promise<ParsedKey | null> {
    for (;;) {
      const known = this.#keys.get(path);
      const unlocking = known ?? this.#begin(path, ask);
      const key = await unlocking.key;
      if (unlocking === known && unlocking.withdrawn) continue;
      return key;
    }
  }

  #begin(path: string, ask: () => Promise<ParsedKey | null | "withdrawn">): Unlocking {
    const unlocking: Unlocking = { withdrawn: false, key: Promise.resolve(null) };
    unlocking.key = ask().then((answer) => {
      if (answer !== "withdrawn") return answer;
      unlocking.withdrawn = true;
      this.#keys.delete(path);
      return null;
    });
    this.#keys.set(path, unlocking);
    return unlocking;
  }

  forget(): void {
    this.#keys.clear();
  }
}

/** Gives each login what those that are under way have in common; with the last of them all of it is forgotten. */
export function whileUnderWay<S extends { forget(): void }>(make: () => S) {
  let shared: S | undefined;
  let logins = 0;
  return async <T>(login: (shared: S) => Promise<T>): Promise<T> => {
    shared ??= make();
    const own = shared;
    logins += 1;
    try {
      return await login(own);
    } finally {
      logins -= 1;
      if (logins === 0) {
        own.forget();
        shared = undefined;
      }
    }
  };
}

/** The keyring of the logins that are under way, for the time of one. */
export const withKeyring = whileUnderWay(() => new Keyring());

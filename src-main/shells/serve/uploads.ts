/**
 * Files that a page sent along to be opened: a page has no path to give. Each is kept in a folder of its own (0700)
 * while its page is there, and goes with it, also where the page left before the file was written whole.
 */
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

export class Uploads {
  readonly #folders = new Set<string>();
  readonly #pending = new Set<Promise<unknown>>();
  /** A process that ends in a hurry has time for this much. */
  readonly #atExit = (): void => {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  };

  /** Path of the file. `left` tells that the page went; throws where it did before the file was whole. */
  keep(file: { name: string; base64: string }, left: AbortSignal): Promise<string> {
    const kept = this.#write(file, left);
    this.#pending.add(kept);
    void kept.catch(() => undefined).finally(() => this.#pending.delete(kept));
    return kept;
  }

  async #write(file: { name: string; base64: string }, left: AbortSignal): Promise<string> {
    left.throwIfAborted();
    const folder = await mkdtemp(join(tmpdir(), "podglass-"));
    if (this.#folders.size === 0) process.once("exit", this.#atExit);
    this.#folders.add(folder);
    try {
      const name = basename(file.name.replaceAll("\\", "/")).replace(/[^\w. -]/g, "_");
      const path = join(folder, /[\w]/.test(name) ? name : "file");
      await writeFile(path, Buffer.from(file.base64, "base64"), { mode: 0o600, signal: left });
      left.throwIfAborted();
      left.addEventListener("abort", () => void this.#forget(folder), { once: true });
      return path;
    } catch (error) {
      await this.#forget(folder);
      throw error;
    }
  }

  async #forget(folder: string): Promise<void> {
    const gone = rm(folder, { recursive: true, force: true }).catch(() => undefined);
    this.#pending.add(gone);
    await gone;
    this.#pending.delete(gone);
    this.#folders.delete(folder);
    if (this.#folders.size === 0) process.off("exit", this.#atExit);
  }

  /** Once all pages are gone: resolves when nothing of theirs is left. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#pending]);
    await Promise.all([...this.#folders].map((folder) => this.#forget(folder)));
  }
}

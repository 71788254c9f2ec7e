/** A person at the window, for tests: opens nodes in an Inspector and keeps what it told, with the time. */

import { Inspector } from "../../src-main/inspector.ts";
import type { ShellPowers } from "../../src-main/shells/shell.ts";
import type { ApiEvent, NodeState } from "../../src-shared/api.ts";
import type { Snapshot } from "../../src-shared/model.ts";

const shell: ShellPowers = {
  actions: "never",
  confirm: async () => false,
  saveFile: async () => false,
  openFile: async () => null,
};

export class Watch {
  readonly #inspector: Inspector;
  readonly told: { atMs: number; event: ApiEvent }[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(stateDir: string, configFile: string, everyMs = 1000) {
    this.#inspector = new Inspector({ stateDir, actions: "never", everyMs, source: { configFile } });
    this.#inspector.subscribe((event) => {
      this.told.push({ atMs: Date.now(), event });
      for (const listener of this.#listeners) listener();
    });
  }

  #ask<T>(name: string, input: unknown): Promise<T> {
    return this.#inspector.request(name, input, shell) as Promise<T>;
  }

  open = async (target: string, options: { sudo?: boolean } = {}): Promise<string> =>
    (await this.#ask<{ nodeId: string }>("node.open", { target, options })).nodeId;
  states = (): Promise<NodeState[]> => this.#ask("node.states", {});
  snapshot = (nodeId: string): Promise<{ seq: number; snapshot: Snapshot } | null> =>
    this.#ask("node.snapshot", { nodeId });
  close = (): Promise<void> => this.#inspector.close();
  leave = (nodeId: string): Promise<null> => this.#ask("node.close", { nodeId });
  cancel = (nodeId: string): Promise<null> => this.#ask("node.cancel", { nodeId });

  async state(nodeId: string): Promise<NodeState> {
    const state = (await this.states()).find((one) => one.nodeId === nodeId);
    if (!state) throw new Error("that node is not open");
    return state;
  }

  /** Resolves with the first state, from now on, that is as wished. Throws with the last one after `limitMs`. */
  async until(nodeId: string, wished: (state: NodeState) => boolean, limitMs: number): Promise<NodeState> {
    let state = await this.state(nodeId);
    if (wished(state)) return state;
    return new Promise((resolve, reject) => {
      let from = this.told.length;
      const done = () => {
        this.#listeners.delete(look);
        clearTimeout(timer);
      };
      const look = () => {
        for (const { event } of this.told.slice(from)) {
          from += 1;
          if (event.type !== "node" || event.state.nodeId !== nodeId) continue;
          state = event.state;
          if (!wished(state)) continue;
          done();
          resolve(state);
          return;
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`after ${limitMs} ms the node is ${state.phase}: ${state.detail ?? ""}`));
      }, limitMs);
      this.#listeners.add(look);
    });
  }

  /** When the node's snapshots came (ms since epoch). */
  seen = (nodeId: string): number[] =>
    this.told.flatMap(({ atMs, event }) =>
      (event.type === "delta" || event.type === "snapshot") && event.nodeId === nodeId ? [atMs] : [],
    );

  /** The longest time from `sinceMs` on without a fresh snapshot of the node. */
  longestPause(nodeId: string, sinceMs: number): number {
    const times = [sinceMs, ...this.seen(nodeId).filter((atMs) => atMs > sinceMs), Date.now()];
    return Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] as number)));
  }
}

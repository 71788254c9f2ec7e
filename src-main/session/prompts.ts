/** Questions that only a person can answer, carried to the window and back. Answers are not kept and not logged. */
import { randomUUID } from "node:crypto";
import type { ApiEvent, Ask } from "../../src-shared/api.ts";
import type { Interaction } from "../transport/transport.ts";

interface Waiting {
  ask: Ask;
  settle: (answers: string[] | null) => void;
}

export class Prompts {
  readonly #emit: (event: ApiEvent) => void;
  readonly #waiting = new Map<string, Waiting>();

  constructor(emit: (event: ApiEvent) => void) {
    this.#emit = emit;
  }

  #ask(ask: Omit<Ask, "askId">, signal?: AbortSignal): Promise<string[] | null> {
    const askId = randomUUID();
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve(null);
      signal?.addEventListener("abort", () => this.#waiting.has(askId) && this.answer(askId, null), { once: true });
      this.#waiting.set(askId, { ask: { ...ask, askId }, settle: resolve });
      this.#emit({ type: "ask", ask: { ...ask, askId } });
    });
  }

  /** The Interaction of one node's connection. */
  interaction(nodeId: string): Omit<Interaction, "progress"> {
    return {
      hostKey: async (key, signal) => {
        const { host, keyType, fingerprint, detail } = key;
        const answers = await this.#ask(
          {
            nodeId,
            kind: "hostkey",
            title: `Is this ${host}?`,
            detail: `${detail}\n${keyType} ${fingerprint}`,
            prompts: [],
            key,
          },
          signal,
        );
        return answers !== null;
      },
      prompts: ({ kind, title, detail, prompts }, signal) =>
        this.#ask({ nodeId, kind, title, detail, prompts }, signal),
    };
  }

  /** Throws where no such question waits: it was answered in another window, or the node was closed. */
  answer(askId: string, answers: string[] | null): void {
    const waiting = this.#waiting.get(askId);
    if (waiting === undefined) throw new Error("That question was answered already, or its node was closed.");
    this.#waiting.delete(askId);
    this.#emit({ type: "asked", askId });
    waiting.settle(answers);
  }

  /** Open questions, for a window that comes later. */
  get open(): Ask[] {
    return [...this.#waiting.values()].map(({ ask }) => ask);
  }

  drop(nodeId: string): void {
    for (const [askId, { ask }] of this.#waiting) if (ask.nodeId === nodeId) this.answer(askId, null);
  }

  close(): void {
    for (const askId of [...this.#waiting.keys()]) this.answer(askId, null);
  }
}

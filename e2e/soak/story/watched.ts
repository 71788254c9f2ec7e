/** The window's Inspector on a node, and what it tells of some pods. */
import { setTimeout as sleep } from "node:timers/promises";
import { Inspector } from "../../../src-main/inspector.ts";
import type { ShellPowers } from "../../../src-main/shells/shell.ts";
import type { Results } from "../../../src-shared/api.ts";
import type { PodglassEvent } from "../../../src-shared/events/event.ts";
import { stepEvents } from "../../../src-shared/events/follow.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { RequestInput, RequestName } from "../../../src-shared/requests.ts";
import type { Sshd } from "../../nodes/sshd.ts";

const powers: ShellPowers = {
  actions: "allowed",
  confirm: async () => true,
  saveFile: async () => true,
  openFile: async () => null,
  typed: true,
};
/** As the window's "Before and after" takes it: the reading that shows an event came at most so long after it (ms). */
const SHOWN_AFTER_MS = 2_000;

export class Watched {
  readonly #inspector: Inspector;
  readonly #nodeId: string;

  private constructor(inspector: Inspector, nodeId: string) {
    this.#inspector = inspector;
    this.#nodeId = nodeId;
  }

  /** Opens this machine over a server of its own, and keeps its last hour. */
  static async open(stateDir: string, sshd: Sshd): Promise<Watched> {
    const source = { configFile: "none", identityFiles: [sshd.keyFile], userKnownHostsFiles: [sshd.knownHosts] };
    const inspector = new Inspector({ stateDir, actions: "allowed", history: true, source });
    const input = { target: sshd.target(), options: { everyMs: 1000, wait: true } };
    const { nodeId } = (await inspector.request("node.open", input, powers)) as { nodeId: string };
    return new Watched(inspector, nodeId);
  }

  ask<N extends RequestName>(name: N, input: Omit<RequestInput<N>, "nodeId">): Promise<Results[N]> {
    return this.#inspector.request(name, { nodeId: this.#nodeId, ...input }, powers) as Promise<Results[N]>;
  }

  async snapshot(): Promise<Snapshot> {
    const got = await this.ask("node.snapshot", {});
    if (got === null) throw new Error("the node was not read");
    return got.snapshot;
  }

  async seen(keys: readonly string[]): Promise<void> {
    for (let turn = 0; turn < 100; turn++, await sleep(200)) {
      const { pods } = await this.snapshot();
      if (keys.every((key) => pods.some((pod) => pod.key === key))) return;
    }
    throw new Error("the pods were not seen");
  }

  async act(action: "pin" | "drop", podKey: string): Promise<void> {
    const { planId } = await this.ask("action.plan", { action, podKey });
    const { done, steps } = await this.ask("action.do", { planId });
    if (!done) throw new Error(`${action}: ${JSON.stringify(steps)}`);
  }

  events(): Promise<readonly PodglassEvent[]> {
    return this.ask("events.list", {});
  }

  /** By the pod, or by a key in its words where many are told in one line. */
  isOurs({ pod, text }: PodglassEvent, keys: readonly string[]): boolean {
    return (pod !== undefined && keys.includes(pod)) || /\bstory-/.test(text);
  }

  async told(keys: readonly string[]): Promise<PodglassEvent[]> {
    return (await this.events()).filter((event) => this.isOurs(event, keys));
  }

  /**
   * What "Before and after" would not show, of events that are of the node and not of a rule or of ours. Something else
   * may have happened to the pod right after it. A kill is a number in a group that may be read later.
   */
  async compared(events: readonly PodglassEvent[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const event of events) {
      if (event.kind === "action" || event.kind === "oom-kill" || event.kind.startsWith("finding-")) continue;
      const atMs = Date.parse(event.at);
      const [before, after] = [await this.#at(atMs - 1), await this.#at(atMs + SHOWN_AFTER_MS)];
      if (Date.parse(before.takenAt) > atMs - 1) wrong.push(`nothing is kept of before: ${event.text}`);
      if (!stepEvents(before, after).some(({ pod }) => pod === event.pod))
        wrong.push(`before and after are alike at ${event.at}: ${event.text}`);
    }
    return wrong;
  }

  async #at(atMs: number): Promise<Snapshot> {
    return (await this.ask("history.at", { atMs })).snapshot;
  }

  /** What is not on the timeline, or is there more often. */
  async marked(events: readonly PodglassEvent[]): Promise<string[]> {
    const marks = (await this.ask("history.info", {}))?.marks ?? [];
    return [...new Set(events.map(({ text }) => text))].flatMap((text) => {
      const [times, told] = [
        marks.filter((mark) => mark.text === text).length,
        events.filter((one) => one.text === text),
      ];
      return times === told.length ? [] : [`${times} marks on the timeline, ${told.length} events: ${text}`];
    });
  }

  /** Saves all that is kept as a recording; its path. */
  async keep(): Promise<string> {
    const { startMs = 0, endMs = 0 } = (await this.ask("history.info", {})) ?? {};
    return (await this.ask("history.keep", { fromMs: startMs, toMs: endMs })).path;
  }

  close(): Promise<void> {
    return this.#inspector.close();
  }
}

/** Plans and does actions on this machine for tests, as a shell of the app would, and takes its pins away when a test failed. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActionName, Outcome } from "../../../src-shared/actions.ts";
import { assemble } from "../../../src-shared/assemble/assemble.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import type { PlanOptions } from "../../../src-shared/requests.ts";
import { readNode } from "../../probe/index.ts";
import type { Connection } from "../../transport/transport.ts";
import { pinsFolder } from "../folder.ts";
import { type Journal, openJournal } from "../journal.ts";
import { perform } from "../perform.ts";
import { makePlan, type PlanInput, type Planned } from "../plan.ts";
import { localShell } from "./local.ts";

export const sh = (command: string): string => execFileSync("sh", ["-c", command], { encoding: "utf8" }).trim();

export interface Actor {
  journal: Journal;
  read(): Promise<Snapshot>;
  pod(key: string): Promise<Pod>;
  input(action: ActionName, key: string, options?: PlanOptions): Promise<PlanInput>;
  plan(action: ActionName, key: string, options?: PlanOptions): Promise<Planned>;
  /** Names of the checks that say no. */
  failing(action: ActionName, key: string, options?: PlanOptions): Promise<string[]>;
  /** Throws with the steps and checks that failed. */
  act(action: ActionName, key: string, options?: PlanOptions): Promise<Outcome>;
  close(): void;
}

const readAnew = async (connection: Connection): Promise<Snapshot> =>
  assemble(await readNode(connection, { privilege: "plain" }));

/** `read`: how the node is read, where not each time from the beginning. */
export function actor(connection = localShell(), read = () => readAnew(connection)): Actor {
  const folder = mkdtempSync(join(tmpdir(), "podglass-actor-"));
  const journal = openJournal(join(folder, "journal.jsonl"));
  const touched = new Set<string>();
  const self: Actor = {
    journal,
    read,
    async pod(key) {
      const found = (await self.read()).pods.find((pod) => pod.key === key);
      if (!found) throw new Error(`there is no pod ${key} here`);
      return found;
    },
    input: async (action, podKey, options = {}) => ({
      snapshot: await self.read(),
      connection,
      privilege: "root",
      action,
      podKey,
      options,
      readOnly: false,
      nodeLabel: "here",
    }),
    plan: async (action, key, options) => makePlan(await self.input(action, key, options)),
    failing: async (action, key, options) =>
      (await self.plan(action, key, options)).plan.checks.filter(({ ok }) => !ok).map(({ name }) => name),
    async act(action, key, options) {
      touched.add(key);
      const outcome = await perform(await self.plan(action, key, options), { connection, reread: self.read, journal });
      const wrong = [...outcome.steps, ...outcome.verified].filter(({ ok }) => !ok);
      if (!outcome.done || wrong.length > 0) throw new Error(`${action} of ${key}: ${JSON.stringify(wrong)}`);
      return outcome;
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
      for (const pins of [...touched].map(pinsFolder))
        sh(`for m in ${pins}/*; do umount -q "$m" 2>/dev/null || true; done; rm -rf ${pins}`);
    },
  };
  return self;
}

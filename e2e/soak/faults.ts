/**
 * Faults at every step of every action: the shell on the node is killed, the connection is cut, the app itself is killed,
 * our disk or the node's /run is full, a second client comes, the node freezes for 40 s, a pid is used again; and, on a
 * node that PODGLASS_SOAK_NODE names (see e2e/nodes/elsewhere.ts), its clock is set back. Afterwards the node is in the
 * state before or after, or undo brings it back, and the journal tells the truth.
 * PODGLASS_SOAK_FAULTS picks some, PODGLASS_SOAK_STEPS some steps (pin/net), with commas between.
 */
import { localShell } from "../../src-main/actions/testing/local.ts";
import type { Connection } from "../../src-main/transport/transport.ts";
import type { ActionName } from "../../src-shared/actions.ts";
import { elsewhere, said } from "../nodes/elsewhere.ts";
import { startSshd } from "../nodes/sshd.ts";
import { FaultyPod } from "./faults/pod.ts";
import { clockBack, frozen, reused, smallRun, TROUBLES, type Trouble } from "./faults/troubles.ts";

export { app } from "./faults/troubles.ts";

/** Where a script can be hit, in its order. */
const STEPS: Record<ActionName, string[]> = {
  pin: ["identity", "manifest", "net", "ipc", "uts"],
  drop: ["checks", "manifest", "term"],
  restore: ["checks", "group", "stand-in", "manifest"],
  unpin: ["last-holder", "manifest", "net", "ipc", "uts"],
};
/** Sessions that are frozen at once: most of their time they wait. */
const AT_ONCE = 6;

type Named = keyof typeof TROUBLES | Trouble;

/** Hits one action at one step by one fault. Throws with what is wrong afterwards. */
export async function hit(
  action: ActionName,
  step: string,
  fault: Named,
  name: string,
  node: Connection = localShell(),
): Promise<void> {
  const pod = new FaultyPod(node, action, name);
  const whole = fault === "full-run" ? smallRun(pod.key) : undefined;
  const trouble: Trouble = typeof fault === "string" ? TROUBLES[fault] : fault;
  try {
    await pod.setUp();
    const outcome = await trouble(pod, `step ${step}`);
    if (fault === "full-disk" || fault === reused) return;
    await pod.settled();
    await pod.judge(outcome);
  } finally {
    await pod.tearDown(whole);
  }
}

export async function run(): Promise<{ passed: number; failures: string[] }> {
  let passed = 0;
  const failures: string[] = [];
  let count = 0;
  const wanted = process.env.PODGLASS_SOAK_FAULTS?.split(",");
  const steps = process.env.PODGLASS_SOAK_STEPS?.split(",");
  const all = async (what: string, trouble: Named, { node = localShell(), atOnce = 1 } = {}) => {
    if (wanted && !wanted.includes(what)) return;
    const began = performance.now();
    const left = (Object.keys(STEPS) as ActionName[]).flatMap((action) =>
      STEPS[action].filter((step) => steps?.includes(`${action}/${step}`) ?? true).map((step) => ({ action, step })),
    );
    const cases = left.length;
    const before = failures.length;
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const { action, step } = next;
        try {
          await hit(action, step, trouble, `fault-${process.pid}-${count++}`, node);
          passed += 1;
        } catch (error) {
          failures.push(`${action} at ${step} by ${what}: ${(error as Error).message}`);
          console.log(`  ${failures.at(-1)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`  ${what}: ${cases - failures.length + before} of ${cases} in ${seconds} s`);
  };
  for (const fault of Object.keys(TROUBLES) as (keyof typeof TROUBLES)[]) await all(fault, fault);
  await all("reused-pid", reused);
  if (!wanted || wanted.includes("frozen")) {
    const server = await startSshd();
    await all("frozen", frozen(server), { atOnce: AT_ONCE }).finally(() => server.stop());
  }
  const there = await elsewhere();
  if (there) {
    await all("clock-back", clockBack, { node: there.root });
    await said(there.root, 'date -s "@$1"', String(Math.round(Date.now() / 1000))).catch((error: Error) =>
      failures.push(`the clock was not set back to what it is: ${error.message}`),
    );
    there.close();
  } else console.log("  clock-back: no node is named (PODGLASS_SOAK_NODE)");
  return { passed, failures };
}

/** What a lesson may do to the demo node on purpose. */

import { bytes, count } from "../../src-shared/format.ts";
import type { DemoExperiment } from "../../src-shared/requests.ts";
import type { DemoNode } from "./node.ts";
import { MiB } from "./scene.ts";

/** Returns what happened, as a sentence. Throws KernelError or RuntimeError: what the node answered. */
export function experiment(node: DemoNode, wanted: DemoExperiment): string {
  const { kernel } = node;
  node.live();
  if (wanted.do === "restart")
    return node.happen({ do: "restart-container", pod: wanted.pod, container: wanted.container });
  const { comm, pid } = kernel.task(wanted.pid);
  switch (wanted.do) {
    case "kill":
      kernel.kill(pid);
      return `${comm} (pid ${pid}) was killed`;
    case "reap":
      kernel.setReaps(pid, true);
      return `${comm} (pid ${pid}) waits for its children now`;
    case "zombies":
      kernel.setReaps(pid, false);
      for (let i = 0; i < wanted.count; i++) kernel.kill(kernel.fork(pid, { comm: "worker", rssBytes: MiB }).pid);
      return `${count(wanted.count, "child", "children")} of ${comm} (pid ${pid}) ended, and it does not wait for them`;
    case "grow": {
      const killed = kernel.grow(pid, wanted.bytes);
      return killed.length > 0
        ? `that was too much: the kernel killed ${killed.map((one) => `pid ${one}`).join(", ")}`
        : `${comm} (pid ${pid}) took ${bytes(wanted.bytes)} more`;
    }
  }
}

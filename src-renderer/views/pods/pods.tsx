import { useSnapshot } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { Page } from "../../ui/frame/page.tsx";
import type { ViewProps } from "../registry.ts";

export default function Pods({ nodeId }: ViewProps) {
  const snapshot = useSnapshot(nodeId);
  return (
    <Page label="Pods" byHand={["lsns -t net -o NS,NPROCS,PID,COMMAND", "findmnt -t nsfs"]}>
      <ul>
        {snapshot?.pods.map((pod) => (
          <li key={pod.key}>
            <button type="button" onClick={() => go("pod", { nodeId, params: { pod: pod.key } })}>
              {pod.name}
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );
}

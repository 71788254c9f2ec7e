import { useSnapshot } from "../../state/nodes.ts";
import { Page } from "../../ui/frame/page.tsx";
import type { ViewProps } from "../registry.ts";

export default function PodView({ nodeId, params }: ViewProps) {
  const pod = useSnapshot(nodeId)?.pods.find(({ key }) => key === params.pod);
  return (
    <Page label={pod?.name ?? "Pod"}>
      <h1>{pod?.name}</h1>
      <p>{pod?.sandbox.why}</p>
    </Page>
  );
}

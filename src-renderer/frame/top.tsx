import { MOD } from "../state/keys.ts";
import { useNode } from "../state/nodes.ts";
import { go, goToNode, useRoute } from "../state/route.ts";
import { openPalette } from "../state/sheets.ts";
import { Icon, Mark } from "../ui/icons.tsx";
import { viewOf } from "../views/registry.ts";
import { NodeMenu } from "./node-menu.tsx";
import { RecordingNow } from "./recording.tsx";

interface Crumb {
  id: string;
  words: string;
  to?: () => void;
}

/** Where one is, from the node down; each step leads back. */
function useCrumbs(): Crumb[] {
  const route = useRoute();
  const node = useNode(route.nodeId);
  const view = viewOf(route.view);
  const crumbs: Crumb[] = [];
  if (view?.scope !== "everywhere" && node)
    crumbs.push({ id: "node", words: node.state.label, to: () => goToNode(node.state.nodeId) });
  const parent = view?.parent === undefined ? undefined : viewOf(view.parent);
  if (parent) crumbs.push({ id: "parent", words: parent.title, to: () => go(parent.id, { nodeId: route.nodeId }) });
  const pod = node?.snapshot?.pods.find(({ key }) => key === route.params.pod);
  if (pod?.namespace) crumbs.push({ id: "namespace", words: pod.namespace });
  crumbs.push({ id: "view", words: view?.parent === undefined ? (view?.title ?? "") : (pod?.name ?? view.title) });
  return crumbs;
}

export function Top() {
  const crumbs = useCrumbs();
  const { nodeId } = useRoute();
  const node = useNode(nodeId);
  const rights = node?.snapshot?.node.privilege;
  return (
    <header className="top">
      <a className="skip btn" href="#main">
        To the page
      </a>
      <div className="brand">
        <Mark />
        <span className="w">Podglass</span>
      </div>
      <nav aria-label="Where you are" className="cut">
        <ol className="crumb">
          {crumbs.map((crumb, i) => (
            <li key={crumb.id}>
              {i === crumbs.length - 1 ? (
                <span aria-current="page">{crumb.words}</span>
              ) : crumb.to ? (
                <button type="button" onClick={crumb.to}>
                  {crumb.words}
                </button>
              ) : (
                <span>{crumb.words}</span>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <span className="sep" />
      <button type="button" className="find-open" onClick={openPalette}>
        <Icon name="search" />
        <span className="cut">Find pod, pid, inode, cgroup</span>
        <span className="sep" />
        <kbd>{MOD}K</kbd>
      </button>
      {node?.state.recordingTo !== undefined && (
        <RecordingNow key={node.state.recordingTo} nodeId={node.state.nodeId} path={node.state.recordingTo} />
      )}
      {node && <NodeMenu node={node} />}
      {rights && (
        <span className="pill" title="The rights with which this node is read">
          as {rights}
          {node.state.readOnly && ", read-only"}
        </span>
      )}
    </header>
  );
}

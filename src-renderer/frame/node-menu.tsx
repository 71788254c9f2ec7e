import { useState } from "react";
import { attempt } from "../state/client.ts";
import { favour, moveNode, renameNode, useFavourites } from "../state/names.ts";
import { type OpenNode, useNodes } from "../state/nodes.ts";
import { closeNode, copyLink } from "../state/open.ts";
import { startRecording, stopRecording } from "../state/record.ts";
import { Menu, MenuChoice, MenuHead, MenuItem, MenuLine } from "../ui/menu.tsx";
import { NameDialog } from "../ui/name-dialog.tsx";
import { NodeSign, NodeWords } from "../ui/sign.tsx";

const PACES = [
  { value: "1000", label: "every second" },
  { value: "2000", label: "every 2 seconds" },
  { value: "5000", label: "every 5 seconds" },
  { value: "30000", label: "every 30 seconds" },
  { value: "0", label: "paused" },
] as const;

/** The node's state in the top bar, and behind it how often it is read, its name and place, and the way out. */
export function NodeMenu({ node }: { node: OpenNode }) {
  const { state } = node;
  const [naming, setNaming] = useState(false);
  return (
    <>
      <Menu
        label={`${state.label}: reading and closing`}
        align="end"
        trigger={
          <button type="button" className="pill" title={`${state.label}: how often it is read, and closing it`}>
            <NodeSign state={state} />
            <NodeWords state={state} whole />
          </button>
        }
      >
        <NodeItems node={node} onName={() => setNaming(true)} />
      </Menu>
      {naming && <NodeName node={node} onClose={() => setNaming(false)} />}
    </>
  );
}

/** What can be done with an open node, in the top bar and at its entry in the side bar. */
export function NodeItems({ node, onName }: { node: OpenNode; onName: () => void }) {
  const { state } = node;
  const { nodeId, target } = state;
  const order = useNodes((nodes) => nodes.order);
  const favourite = useFavourites().includes(target);
  const at = order.indexOf(nodeId);
  return (
    <>
      <MenuItem icon="refresh" keys="r" onSelect={() => void attempt("node.refresh", { nodeId })}>
        Read now
      </MenuItem>
      <MenuItem icon="search" onSelect={() => void attempt("node.refresh", { nodeId, deep: true })}>
        Deep scan (mounts, kernel log)
      </MenuItem>
      <MenuItem icon="copy" onSelect={copyLink}>
        Copy a link to this page
      </MenuItem>
      {state.kind !== "file" && (
        <>
          <MenuLine />
          <MenuHead>Read again</MenuHead>
          <MenuChoice
            value={String(state.everyMs)}
            options={PACES}
            onChange={(value) => void attempt("node.every", { nodeId, everyMs: Number(value) })}
          />
          <MenuLine />
          {state.recordingTo === undefined ? (
            <MenuItem icon="record" onSelect={() => void startRecording(nodeId)}>
              Record
            </MenuItem>
          ) : (
            <MenuItem icon="record" onSelect={() => void stopRecording(nodeId)}>
              Stop recording
            </MenuItem>
          )}
        </>
      )}
      <MenuLine />
      {(state.phase === "stale" || state.phase === "refused") && (
        <MenuItem icon="refresh" onSelect={() => void attempt("node.retry", { nodeId })}>
          Connect again
        </MenuItem>
      )}
      <MenuItem onSelect={onName}>Name…</MenuItem>
      <MenuItem icon={favourite ? "check" : undefined} onSelect={() => favour(target, !favourite)}>
        {favourite ? "Favourite: first on the start page" : "Make it a favourite"}
      </MenuItem>
      {at > 0 && (
        <MenuItem icon="up" onSelect={() => moveNode(nodeId, -1)}>
          Move up
        </MenuItem>
      )}
      {at < order.length - 1 && (
        <MenuItem icon="down" onSelect={() => moveNode(nodeId, 1)}>
          Move down
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon="cross" onSelect={() => closeNode(nodeId)}>
        Close {state.label}
      </MenuItem>
    </>
  );
}

/** A name of one's own for a node; the target stays what it is. */
export const NodeName = ({ node: { state }, onClose }: { node: OpenNode; onClose: () => void }) => (
  <NameDialog
    title="Name this node"
    note={state.target}
    label="Name in this window; empty for its own"
    name={state.label}
    words="Name it"
    mayBeEmpty
    most={60}
    onName={(name) => renameNode(state.nodeId, name)}
    onClose={onClose}
  />
);

import { useState } from "react";
import { attempt } from "../state/client.ts";
import { favour, moveNode, renameNode, useFavourites } from "../state/names.ts";
import { type OpenNode, useNodes } from "../state/nodes.ts";
import { closeNode, copyLink } from "../state/open.ts";
import { startRecording, stopRecording } from "../state/record.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Menu, MenuChoice, MenuHead, MenuItem, MenuLine } from "../ui/menu.tsx";
import { Button } from "../ui/parts.tsx";
import { NodeSign, NodeWords } from "../ui/sign.tsx";
import "./prompt.css";

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
      {naming && <NameDialog node={node} onClose={() => setNaming(false)} />}
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
export function NameDialog({ node: { state }, onClose }: { node: OpenNode; onClose: () => void }) {
  const [name, setName] = useState(state.label);
  return (
    <Dialog title="Name this node" note={state.target} size="small" onClose={onClose}>
      <form
        className="ask"
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          renameNode(state.nodeId, name);
          onClose();
        }}
      >
        <label>
          <span>Name in this window; empty for its own</span>
          <input
            className="field"
            data-first
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <div className="ask-foot">
          <Button kind="quiet" onClick={onClose}>
            Cancel <kbd>Esc</kbd>
          </Button>
          <Button kind="primary" type="submit">
            Name it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

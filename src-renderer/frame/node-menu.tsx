import { attempt } from "../state/client.ts";
import type { OpenNode } from "../state/nodes.ts";
import { closeNode, copyLink } from "../state/open.ts";
import { startRecording, stopRecording } from "../state/record.ts";
import { Menu, MenuChoice, MenuHead, MenuItem, MenuLine } from "../ui/menu.tsx";
import { NodeSign, NodeWords } from "../ui/sign.tsx";

const PACES = [
  { value: "1000", label: "every second" },
  { value: "2000", label: "every 2 seconds" },
  { value: "5000", label: "every 5 seconds" },
  { value: "30000", label: "every 30 seconds" },
  { value: "0", label: "paused" },
] as const;

/** The node's state in the top bar, and behind it how often it is read, and the way out. */
export function NodeMenu({ node }: { node: OpenNode }) {
  const { state } = node;
  const { nodeId } = state;
  return (
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
      <MenuItem icon="cross" onSelect={() => closeNode(nodeId)}>
        Close {state.label}
      </MenuItem>
    </Menu>
  );
}

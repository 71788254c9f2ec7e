import { inert } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { attempt, shellApi } from "../../state/client.ts";
import { copyText } from "../../ui/copy.ts";
import { Menu, MenuHead, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { Button } from "../../ui/parts.tsx";

/** Stepping inside: in the desktop window the person's own terminal, everywhere the command for one. */
export function TerminalMenu({ snapshot, pod, nodeId }: { snapshot: Snapshot; pod: Pod; nodeId: string }) {
  const places: { containerId?: string; words: string }[] = [
    { words: "the pod: its net, ipc and uts" },
    ...snapshot.containers
      .filter(({ id, pid }) => pid !== null && pod.containers.includes(id))
      .slice(0, 20)
      .map(({ id, name }) => ({ containerId: id, words: `${inert(name, 40)}: its pid and mnt` })),
  ];
  const copy = async (containerId?: string) => {
    const told = await attempt("enter.command", { nodeId, podKey: pod.key, containerId });
    if (told) await copyText(told.command, "the command");
  };
  return (
    <Menu
      label="Terminal"
      align="end"
      trigger={
        <Button icon="screen" kind="quiet">
          Terminal
        </Button>
      }
    >
      {shellApi().shell.kind === "desktop" && (
        <>
          <MenuHead>Open a terminal here</MenuHead>
          {places.map(({ containerId, words }) => (
            <MenuItem
              key={containerId ?? ""}
              onSelect={() => void attempt("enter.open", { nodeId, podKey: pod.key, containerId })}
            >
              {words}
            </MenuItem>
          ))}
          <MenuLine />
        </>
      )}
      <MenuHead>Copy the command for</MenuHead>
      {places.map(({ containerId, words }) => (
        <MenuItem key={containerId ?? ""} onSelect={() => void copy(containerId)}>
          {words}
        </MenuItem>
      ))}
    </Menu>
  );
}

import { useRef, useState } from "react";
import { inert } from "../../../src-shared/format.ts";
import { looking } from "../../../src-shared/lessons/looks.ts";
import { request } from "../../state/client.ts";
import { IconButton } from "../../ui/parts.tsx";

interface Ran {
  command: string;
  text: string;
  bad: boolean;
}

/** What was run on the demo node, and a way to run more; undefined where commands are typed by hand. */
export function useRun(nodeId: string | undefined, demo: boolean) {
  const [ran, setRan] = useState<Ran>();
  const latest = useRef(0);
  const run = async (command: string) => {
    latest.current += 1;
    const mine = latest.current;
    const answer = await request("demo.look", { nodeId: nodeId ?? "", command }).then(
      ({ output }) => ({ text: output === "" ? "(prints nothing)" : output, bad: false }),
      (error: unknown) => ({ text: error instanceof Error ? error.message : String(error), bad: true }),
    );
    if (mine === latest.current) setRan({ command, ...answer });
  };
  return {
    ran,
    clear: () => setRan(undefined),
    run: demo && nodeId !== undefined ? { can: (command: string) => looking(command) !== undefined, run } : undefined,
  };
}

/** A command and what the node printed. */
export function Output({ ran, onClose }: { ran: Ran; onClose: () => void }) {
  return (
    <section className="les-shell" aria-label="What the node printed" aria-live="polite">
      <header>
        <code className="cut" title={ran.command}>
          # {ran.command}
        </code>
        <IconButton icon="cross" label="Close the output" onClick={onClose} />
      </header>
      <pre className={`les-out ${ran.bad ? "bad" : ""}`}>
        {ran.text
          .trimEnd()
          .split("\n")
          .map((line) => inert(line, 2000))
          .join("\n")}
      </pre>
    </section>
  );
}

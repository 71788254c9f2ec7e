import { useState } from "react";
import { copyText } from "./copy.ts";
import { Icon } from "./icons.tsx";

/** Where a command can be run from the window: those that only look, on the demo node. */
interface Runner {
  can: (command: string) => boolean;
  run: (command: string) => unknown;
}

/**
 * The last strip of every panel: the commands with which a person sees the same thing on the node.
 * A click copies one; `copy` copies all, a line each.
 */
export function ByHand({ commands, run }: { commands: readonly string[]; run?: Runner }) {
  const [copied, setCopied] = useState<string>();
  const copy = (text: string, what: string) => {
    setCopied(text);
    void copyText(text, what);
  };
  return (
    <section className="hand" aria-label="By hand">
      <h2>
        <Icon name="hand" />
        by hand
      </h2>
      <ul>
        {commands.map((command) => (
          <li key={command}>
            <button
              type="button"
              title={`${command}\n\nClick to copy`}
              data-copied={copied === command || undefined}
              onClick={() => copy(command, "the command")}
            >
              {command}
            </button>
            {run?.can(command) && (
              <button type="button" className="run" aria-label={`Run ${command}`} onClick={() => run.run(command)}>
                <Icon name="play" />
                Run
              </button>
            )}
          </li>
        ))}
      </ul>
      <button type="button" className="copy" onClick={() => copy(commands.join("\n"), "all commands")}>
        <Icon name="copy" />
        copy
      </button>
    </section>
  );
}

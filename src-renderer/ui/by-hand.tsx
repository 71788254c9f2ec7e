import { useState } from "react";
import { copyText } from "./copy.ts";
import { Icon } from "./icons.tsx";

/**
 * The last strip of every panel: the commands with which a person sees the same thing on the node.
 * A click copies one; `copy` copies all, a line each.
 */
export function ByHand({ commands }: { commands: readonly string[] }) {
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

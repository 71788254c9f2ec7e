/**
 * `openssh:[user@]host`: the login is the system's own ssh. `--ssh=system` does so for any host, `--ssh=auto` (as it is
 * without a word) where ssh_config asks for what the built-in client cannot follow, and says so.
 */
import { connectSystemSsh } from "../ssh/system/connect.ts";
import { needsSystemSsh } from "../ssh/system/needed.ts";
import { parseTarget } from "../ssh/target.ts";
import { overConnection } from "./over-connection.ts";
import type { Source } from "./source.ts";
import type { SourceOptions, Way } from "./way.ts";

const PREFIX = "openssh:";

export const openssh: Way = async (text, options) => {
  if (text.startsWith(PREFIX)) return bySystem(text, text.slice(PREFIX.length), options);
  const how = options.ssh ?? "auto";
  if (how === "builtin" || process.platform === "win32") return null;
  if (how === "system") return bySystem(text, text, options);
  // What is wrong with the target or the files the built-in client says when it opens it.
  const reasons = await needsSystemSsh(text, options).catch(() => []);
  if (reasons.length === 0) return null;
  const note = `${text}: the system's ssh does the login, because ssh_config has ${reasons.join(", ")}.`;
  return { ...bySystem(text, text, options), note };
};

function bySystem(target: string, host: string, options: SourceOptions): Source {
  parseTarget(host); // a host that is none is told at once
  return {
    target,
    label: target.replace(/^ssh:\/\//, ""),
    kind: "ssh",
    live: true,
    starts: ["ssh", "…", host],
    async open(interaction, signal) {
      const connection = await connectSystemSsh(host, options, interaction, signal);
      return overConnection(connection, options, interaction);
    },
  };
}

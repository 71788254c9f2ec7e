/** Any label with `--via 'COMMAND'`: a command whose stdin and stdout are a POSIX shell on the node. A terminal's alone. */
import { programConnection } from "../transport/program.ts";
import { ConnectionError } from "../transport/transport.ts";
import { overConnection } from "./over-connection.ts";
import { splitWords } from "./split-words.ts";
import type { Way } from "./way.ts";

export const via: Way = (target, options) => {
  if (options.via === undefined) return null;
  const words = splitWords(options.via);
  if (words.length === 0)
    throw new ConnectionError("config", "--via needs a command that leads to a shell on the node.");
  return {
    target,
    label: target,
    kind: "program",
    live: true,
    starts: words,
    async open(interaction, signal) {
      const connection = await programConnection({ label: target, takes: "stdin", words: () => words, signal });
      return overConnection(connection, options, interaction);
    },
  };
};

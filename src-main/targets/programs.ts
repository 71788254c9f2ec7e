/**
 * Ways in by a program of this machine that runs a command on the node: `docker:NAME`, `podman:NAME`. A row each. The
 * program is started with words, and a name is held to what such names are made of, so it is never an option.
 */
import { programConnection } from "../transport/program.ts";
import { ConnectionError } from "../transport/transport.ts";
import { overConnection } from "./over-connection.ts";
import type { Way } from "./way.ts";

interface Row {
  /** What stands before the colon. */
  prefix: string;
  /** What its names look like; none begins with "-". */
  name: RegExp;
  /** The words that start `sh -c COMMAND` on the node; stdin, stdout and stderr are the command's own. */
  words(name: string, command: string): string[];
}

/** Container names and ids (moby's names.RestrictedNameChars; podman's define.NameRegex). */
const CONTAINER = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/;

const ROWS: readonly Row[] = ["docker", "podman"].map((program) => ({
  prefix: program,
  name: CONTAINER,
  // -i alone: with a terminal the streams would be one, and changed on the way.
  words: (name, command) => [program, "exec", "-i", name, "sh", "-c", command],
}));

export const program: Way = (target, options) => {
  const at = target.indexOf(":");
  const row = ROWS.find(({ prefix }) => prefix === target.slice(0, at));
  if (row === undefined) return null;
  const name = target.slice(at + 1);
  // A port is no name: `docker:22` is a host called docker, as it always was.
  if (/^\d{1,5}$/.test(name)) return null;
  if (!row.name.test(name))
    throw new ConnectionError("config", `${JSON.stringify(name)} is not a name that ${row.prefix} gives.`);
  return {
    target,
    label: target,
    kind: "program",
    live: true,
    starts: row.words(name, "…"),
    async open(interaction, signal) {
      const words = (command: string) => row.words(name, command);
      const connection = await programConnection({ label: target, takes: "argument", words, signal });
      return overConnection(connection, options, interaction);
    },
  };
};

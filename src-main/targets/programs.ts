/**
 * Ways in by a program of this machine that runs a command on the node: `docker:NAME`, `lima:NAME`, … A row each. The
 * program is started with words, and a name is held to what such names are made of, so it is never an option.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type ProgramOptions, programConnection } from "../transport/program.ts";
import { ConnectionError } from "../transport/transport.ts";
import { overConnection } from "./over-connection.ts";
import type { Way } from "./way.ts";

/** How a program tells its running containers. It is asked only where it need not log in elsewhere for that. */
export interface Lists {
  list: readonly string[];
  /** Words that tell the pid and the comm of each process of one, a line each. */
  inside(name: string): string[];
  here(): Promise<boolean>;
}

interface Row extends Pick<ProgramOptions, "takes"> {
  /** What its names look like; none begins with "-". */
  name: RegExp;
  /** The words that start `sh` on the node, stdin, stdout and stderr its own; with "argument" `sh -c COMMAND`. */
  words(name: string, command: string): string[];
  env?: Record<string, string>;
  lists?: Lists;
  /**
   * The words before a program and its arguments, which it puts on the terminal that it is started on. Absent: the node
   * makes one itself.
   */
  terminal?(name: string): string[];
}

/** Names and ids of containers (moby's names.RestrictedNameChars; podman's define.NameRegex), and of most else. */
export const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/;

/** It hands the words over as they are. -i alone: with a terminal the streams would be one, and changed on the way. */
const container = (program: string, lists: Lists): Row => ({
  lists,
  takes: "argument",
  name: CONTAINER_NAME,
  words: (name, command) => [program, "exec", "-i", name, "sh", "-c", command],
  terminal: (name) => [program, "exec", "-it", name],
});

/**
 * Between this program and the node's sh something reads the words once more (a login shell, a service manager that
 * replaces $NAME, a Windows command line), so they are constants and the command goes in by stdin.
 */
const told = (words: (name: string) => string[], more: Partial<Row> = {}): Row => ({
  takes: "stdin",
  name: CONTAINER_NAME,
  words,
  ...more,
});

/** The first part of a target, and the program that it stands for. */
export const ROWS: Readonly<Record<string, Row>> = {
  docker: container("docker", {
    list: ["ps", "--no-trunc", "--format", "{{json .}}"],
    inside: (name) => ["top", name, "-eo", "pid,comm"],
    here: dockerIsHere,
  }),
  podman: container("podman", {
    list: ["ps", "--format", "json"],
    inside: (name) => ["top", name, "pid", "comm"],
    here: async () => isHere(process.env.CONTAINER_HOST) && !process.env.CONTAINER_CONNECTION && isInUse(),
  }),
  // LXC's own tools; LXD's client is called lxc too, and is reached by --via. They hand this machine's environment over as well.
  lxc: {
    takes: "argument",
    name: CONTAINER_NAME,
    words: (name, command) => ["lxc-attach", "--clear-env", "-n", name, "--", "sh", "-c", command],
    terminal: (name) => ["lxc-attach", "--clear-env", "-n", name, "--"],
  },
  // Without --workdir it goes to a folder of this machine's name there, and complains where it has none.
  lima: told((name) => ["limactl", "shell", "--workdir", "/", name, "sh"]),
  // REMOTE:NAME too, as incus writes it. -T: no terminal.
  incus: told((name) => ["incus", "exec", "-T", name, "--", "sh"], {
    name: /^(?:[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}:)?[a-zA-Z][a-zA-Z0-9-]{0,62}$/,
  }),
  multipass: told((name) => ["multipass", "exec", name, "--", "sh"]),
  // It speaks UTF-16 where nobody asks for UTF-8.
  wsl: told((name) => ["wsl", "-d", name, "--exec", "sh"], { env: { WSL_UTF8: "1" } }),
  // machinectl shell always has a terminal; --pipe passes on our three streams.
  machine: told((name) => ["systemd-run", "-M", name, "--quiet", "--wait", "--collect", "--pipe", "/bin/sh"]),
};

/** The programs that tell what they run. */
export const LISTS = Object.entries(ROWS).flatMap(([name, { lists }]) => (lists ? [[name, lists] as const] : []));

/** An ssh:// or tcp:// address is elsewhere. */
const isHere = (address: string | undefined): boolean =>
  address === undefined || address === "" || /^(unix|npipe):\/\//.test(address);

/**
 * A user's first call of podman leaves a process behind that keeps his user namespace (its pid is in this file, libpod's
 * rootless.GetPausePidPath): where there is none yet, no container of his runs and podman is not to be begun with.
 */
function isInUse(): boolean {
  const uid = process.getuid?.();
  if (process.platform !== "linux" || uid === 0) return true;
  return existsSync(join(process.env.XDG_RUNTIME_DIR ?? `/tmp/podman-run-${uid}`, "libpod/tmp/pause.pid"));
}

/** As docker finds its daemon: DOCKER_HOST, else a context, which is described in a file by the hash of its name. */
async function dockerIsHere(): Promise<boolean> {
  if (process.env.DOCKER_HOST) return isHere(process.env.DOCKER_HOST);
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  const read = (...path: string[]) =>
    readFile(join(folder, ...path), "utf8")
      .then(
        (text) => JSON.parse(text) as { currentContext?: string; Endpoints?: Record<string, { Host?: string }> } | null,
      )
      .catch(() => null);
  const context = process.env.DOCKER_CONTEXT ?? (await read("config.json"))?.currentContext;
  if (context === undefined || context === "" || context === "default") return true;
  const hash = createHash("sha256").update(context).digest("hex");
  const address = (await read("contexts", "meta", hash, "meta.json"))?.Endpoints?.docker?.Host;
  return address !== undefined && isHere(address);
}

export const program: Way = (target, options) => {
  const at = target.indexOf(":");
  const prefix = target.slice(0, Math.max(at, 0));
  const row = Object.hasOwn(ROWS, prefix) ? ROWS[prefix] : undefined;
  if (row === undefined) return null;
  const name = target.slice(at + 1);
  // A port is no name: `docker:22` is a host called docker, as it always was.
  if (/^\d{1,5}$/.test(name)) return null;
  if (!row.name.test(name))
    throw new ConnectionError("config", `${JSON.stringify(name)} is not a name that ${prefix} gives.`);
  return {
    target,
    label: target,
    kind: "program",
    live: true,
    starts: row.words(name, "…"),
    async open(interaction, signal) {
      const { takes, env } = row;
      const words = (command: string) => row.words(name, command);
      const more = env === undefined ? {} : { env: { ...process.env, ...env } };
      const before = row.terminal?.(name);
      const attached: ProgramOptions["attached"] =
        before &&
        ((script, args, sudo) => [...before, ...(sudo ? ["sudo"] : []), "sh", "-c", script, "podglass", ...args]);
      const connection = await programConnection({ label: target, takes, words, attached, signal, ...more });
      return overConnection(connection, options, interaction);
    },
  };
};

/** From what a person types to a Source: the demo, this machine, a file, or a node over ssh. */
import { stat } from "node:fs/promises";
import { hostname } from "node:os";
import { assembleGently } from "../../src-shared/assemble/assemble.ts";
import type { OciMemory } from "../../src-shared/assemble/records.ts";
import { experiment } from "../demo/experiments.ts";
import { recordedPath } from "../demo/recorded.ts";
import { openDemo } from "../demo/source.ts";
import { openLive } from "../probe/index.ts";
import { connectSsh, type SshOptions } from "../ssh/connect.ts";
import { withSudo } from "../ssh/sudo.ts";
import { openFile } from "../storage/files.ts";
import { localConnection } from "../transport/local.ts";
import { type Connection, ConnectionError, ReadingError } from "../transport/transport.ts";
import type { OpenSource, Source } from "./source.ts";

export interface SourceOptions extends SshOptions {
  /** Run the probe through sudo. */
  sudo?: boolean;
  /** Whether the target may be a file. Where it may not, nothing tells whether such a file is there. */
  files?: boolean;
}

/** Absolute, from here, or from home; anything else may be a host's name. */
export const looksLikePath = (target: string): boolean => /^(\.{0,2}\/|~\/|[A-Za-z]:\\)/.test(target);

async function isFile(target: string): Promise<boolean> {
  try {
    return (await stat(target)).isFile();
  } catch {
    return false;
  }
}

/**
 * The target that `text` means: `demo`, `demo:SCENE`, `local`, an existing file, else a host for ssh.
 * Throws ReadingError where it names a file that is not there.
 */
export async function sourceOf(text: string, options: SourceOptions = {}): Promise<Source> {
  if (text === "demo" || text.startsWith("demo:")) return demoSource(text);
  if (text === "local") return localSource(options);
  if (options.files !== false && (await isFile(text))) return fileSource(text);
  if (looksLikePath(text)) {
    throw new ReadingError(`There is no file ${text}. A target is demo, local, [user@]host[:port] or a file.`);
  }
  return sshSource(text, options);
}

/** Lets the window and the other nodes have the thread. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A Source that reads a node over a connection, live. */
async function overConnection(connection: Connection, sudo: boolean): Promise<OpenSource> {
  const live = await openLive(connection, { privilege: sudo ? "sudo" : "plain" }).catch((error: unknown) => {
    connection.close();
    throw error;
  });
  // A server that allows one command at a time (MaxSessions 1): others get their turn between two ticks.
  connection.onCrowded?.(() => live.rest());
  let ended = false;
  const memory: OciMemory = new Map();
  return {
    connection,
    sudo,
    closed: connection.closed,
    read: async (request) => assembleGently(await live.tick(request), breathe, memory),
    close() {
      if (ended) return;
      ended = true;
      live.close();
      connection.close();
    },
  };
}

const localSource = (options: SourceOptions): Source => ({
  target: "local",
  label: hostname(),
  kind: "local",
  live: true,
  async open() {
    if (process.platform !== "linux") {
      throw new ConnectionError(
        "config",
        "Only a Linux machine has pods to look into; choose the demo node or a host.",
      );
    }
    return overConnection(localConnection(), options.sudo ?? false);
  },
});

const sshSource = (target: string, options: SourceOptions): Source => ({
  target,
  label: target.replace(/^ssh:\/\//, ""),
  kind: "ssh",
  live: true,
  async open(interaction, signal) {
    const connection = await connectSsh(target, options, interaction, signal);
    return overConnection(options.sudo ? withSudo(connection, interaction) : connection, options.sudo ?? false);
  },
});

const sceneIn = (target: string): string => target.slice("demo".length).replace(/^:/, "");

/** A scene that the embedded node plays, or one that was recorded on a live node. */
function demoSource(target: string): Source {
  const path = recordedPath(sceneIn(target));
  return path === undefined ? playedSource(target) : { ...fileSource(path), target, label: target };
}

const playedSource = (target: string): Source => ({
  target,
  label: target,
  kind: "demo",
  live: true,
  async open(interaction, signal) {
    const demo = await openDemo(sceneIn(target), interaction, signal);
    const opened = await overConnection(demo.connection, false);
    return {
      ...opened,
      experiment: (wish) => experiment(demo.demo.model, wish),
      close() {
        opened.close();
        demo.close();
      },
    };
  },
});

const fileSource = (path: string): Source => ({
  target: path,
  label: path.split(/[\\/]/).pop() ?? path,
  kind: "file",
  live: false,
  open: () => openFile(path),
});

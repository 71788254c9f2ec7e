/** kubectl, started with words; and what it says, as sentences for who must act. */
import { inert } from "../../../src-shared/format.ts";
import { spawnChannel } from "../../transport/spawned.ts";
import { ConnectionError } from "../../transport/transport.ts";

export interface Cluster {
  /** Of the kubeconfig; without one its current context. */
  context?: string;
}

/** The context travels in one word with its option, so it is never an option itself. */
export const kubectl = ({ context }: Cluster, ...words: string[]): string[] => [
  "kubectl",
  ...(context === undefined ? [] : [`--context=${context}`]),
  ...words,
];

export const inWords = ({ context }: Cluster): string =>
  context === undefined ? "kubectl's current context" : `the context ${context}`;

/** kubectl's own limit for one answer, and ours for the whole of it: credential plugins take their time (s). */
export const TIMEOUT = "--request-timeout=30s";
const LIMIT_MS = 60_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** stdout of one call. Throws ConnectionError with a sentence. */
export async function call(words: readonly string[], signal: AbortSignal, input = ""): Promise<string> {
  const said = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const channel = spawnChannel(words);
  let size = 0;
  let why: ConnectionError | undefined;
  const giveUp = (error: ConnectionError): void => {
    why ??= error;
    channel.kill();
  };
  for (const name of ["stdout", "stderr"] as const)
    channel[name].on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_BYTES) said[name].push(chunk);
      else giveUp(new ConnectionError("unreachable", "kubectl said more than 16 MiB."));
    });
  const cancelled = () => giveUp(new ConnectionError("cancelled", "Connecting was given up."));
  const late = () => giveUp(new ConnectionError("timeout", `kubectl did not end within ${LIMIT_MS / 1000} s.`));
  const timer = setTimeout(late, LIMIT_MS);
  signal.addEventListener("abort", cancelled, { once: true });
  if (signal.aborted) cancelled();
  channel.stdin.end(input);
  const { code } = await channel.exit.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancelled);
  });
  if (why !== undefined) throw why;
  if ((await channel.failed)?.code === "ENOENT")
    throw new ConnectionError(
      "config",
      "There is no kubectl on this machine: install it (https://kubernetes.io/docs/tasks/tools/), or take another way in.",
    );
  if (code !== 0) throw trouble(Buffer.concat(said.stderr).toString("utf8"));
  return Buffer.concat(said.stdout).toString("utf8");
}

/** What kubectl said on stderr when it failed. Only what may mend itself is worth trying again: unreachable. */
export function trouble(stderr: string): ConnectionError {
  const lines = stderr.split(/\r?\n/).filter((line) => /^(Error|error|The connection|Unable)/.test(line));
  const text = inert(lines.at(-1) ?? stderr.trim().split(/\r?\n/).at(-1) ?? "", 1000);
  const level = /violates PodSecurity "([^"]*)"/.exec(text)?.[1];
  if (level !== undefined)
    return new ConnectionError(
      "config",
      `The namespace forbids privileged pods (Pod Security, ${level}), and only such a pod sees its node. Name a context whose namespace allows them: kubectl config set-context NAME --cluster=… --user=… --namespace=…. The server's words: ${text}`,
    );
  if (/admission webhook .* denied the request/.test(text))
    return new ConnectionError("config", `A rule of the cluster forbids the pod: ${text}`);
  if (/\(Forbidden\)|is forbidden:/.test(text))
    return new ConnectionError(
      "login",
      `Your login may not do this in the cluster: ${text}. It takes get, list, watch, create and delete of pods, create of pods/attach and pods/exec, and get of nodes.`,
    );
  if (/\(Unauthorized\)|must be logged in/.test(text))
    return new ConnectionError("login", `The cluster does not know your login, or not any more: ${text}`);
  if (
    /context .* does not exist|context was not found|no context exists|invalid configuration|current-context is not set/.test(
      text,
    )
  )
    return new ConnectionError("config", `kubectl's configuration does not lead to a cluster: ${text}`);
  return new ConnectionError("unreachable", `kubectl failed: ${text === "" ? "it said nothing" : text}`);
}

/** Our pod on a node: made, waited for, held on to, and deleted in every ending. */
import { randomBytes } from "node:crypto";
import { inert } from "../../../src-shared/format.ts";
import { programConnection } from "../../transport/program.ts";
import { spawnChannel } from "../../transport/spawned.ts";
import { type Connection, ConnectionError, type Interaction } from "../../transport/transport.ts";
import { type Cluster, call, inWords, kubectl, TIMEOUT, trouble } from "./call.ts";
import { whenWeEnd } from "./guard.ts";
import { CONTAINER, LABEL, manifestOf } from "./manifest.ts";
import { isLeftOver, mustTakePods, podOf, podsOf, runs } from "./state.ts";

export interface Wanted extends Cluster {
  node: string;
  image: string;
  label: string;
}

/** How long a node may take to pull the image and start (ms). */
const START_MS = 120_000;
const MOST_STATE = 4 * 1024 * 1024;

/**
 * In the pod: pid 1's namespaces, by the image's nsenter (util-linux's or busybox's, which knows fewer letters); there its
 * control groups' namespace too, where the node has an nsenter that can. `$0` is the command.
 */
const ENTER = ["nsenter", "-t", "1", "-m", "-u", "-i", "-n", "sh", "-c"];
const ENTER_GROUPS = 'nsenter -t 1 -C true 2>/dev/null && exec nsenter -t 1 -C sh -c "$0"; exec sh -c "$0"';

/** Throws ConnectionError; then nothing of ours stays. */
export async function throughPod(wanted: Wanted, interaction: Interaction, signal: AbortSignal): Promise<Connection> {
  interaction.progress(`asking ${inWords(wanted)} about ${wanted.node}`);
  await mustBeThere(wanted, signal);
  await offerLeftOvers(wanted, interaction, signal);
  const name = `podglass-${randomBytes(5).toString("hex")}`;
  made.add(name);
  const remove = whenWeEnd(
    kubectl(wanted, "delete", "pod", name, "--ignore-not-found", "--wait=false", "--grace-period=1", TIMEOUT),
  );
  let created = false;
  try {
    interaction.progress(`making the pod ${name}`);
    const manifest = JSON.stringify(manifestOf(name, wanted.node, wanted.image));
    // Unvalidated: kubectl would fetch the whole of the API's document for it each time, and the manifest is a constant.
    await call(kubectl(wanted, "create", "--validate=false", "-f", "-", "-o", "name", TIMEOUT), signal, manifest);
    created = true;
    await started(wanted, name, interaction, signal);
    return await held(wanted, name, remove, signal);
  } catch (error) {
    remove(created || (error instanceof ConnectionError && REFUSED.has(error.kind)));
    throw error;
  }
}

/** The server's answers that say that nothing was made. */
const REFUSED = new Set(["config", "login"]);

async function mustBeThere(wanted: Wanted, signal: AbortSignal): Promise<void> {
  const asked = call(kubectl(wanted, "get", "node", wanted.node, "-o", "json", TIMEOUT), signal);
  const json = await asked.catch(async (error: ConnectionError) => {
    // Who may make pods and not look at nodes gets in all the same: the pod's state tells the rest.
    if (error.kind === "login" && /nodes? .*forbidden|forbidden.*resource "nodes"/i.test(error.message))
      return undefined;
    if (!/\(NotFound\)/.test(error.message)) throw error;
    const names = await nodesOf(wanted, signal).catch(() => []);
    const some = names.length === 0 ? "" : ` Its nodes: ${inert(names.slice(0, 20).join(", "), 600)}.`;
    throw new ConnectionError("config", `There is no node ${wanted.node} in the cluster of ${inWords(wanted)}.${some}`);
  });
  if (json !== undefined) mustTakePods(json);
}

export const nodesWords = (cluster: Cluster): readonly string[] =>
  kubectl(cluster, "get", "nodes", "-o", "name", TIMEOUT);

/** A DNS subdomain (RFC 1123), as node names are. */
export const NODE_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * The names of a cluster's nodes. Throws ConnectionError. kubectl hands on what the API says, and one with a slash in it
 * would be a target in another cluster of the person's.
 */
export async function nodesOf(cluster: Cluster, signal: AbortSignal): Promise<string[]> {
  const lines = (await call(nodesWords(cluster), signal)).split(/\r?\n/);
  const names = lines.flatMap((line) => (line.startsWith("node/") ? [line.slice("node/".length)] : []));
  const wrong = names.find((name) => !NODE_NAME.test(name));
  if (wrong !== undefined)
    throw new ConnectionError(
      "config",
      `The cluster of ${inWords(cluster)} names a node ${JSON.stringify(inert(wrong, 100))}, and no node is called so (RFC 1123): nothing of it is opened. Name the nodes that you want, as kubectl:NODE.`,
    );
  return names;
}

/** Ours of this run: theirs to delete is the guard's. And who was asked about the others, once a cluster. */
const made = new Set<string>();
const askedAbout = new Set<string>();

/** What an earlier run could not delete has ended meanwhile; a person says whether it goes. One that runs is somebody's. */
async function offerLeftOvers(wanted: Wanted, interaction: Interaction, signal: AbortSignal): Promise<void> {
  const cluster = wanted.context ?? "";
  if (askedAbout.has(cluster)) return;
  askedAbout.add(cluster);
  const json = await call(kubectl(wanted, "get", "pods", "-l", LABEL, "-o", "json", TIMEOUT), signal).catch(() => "");
  if (json === "") return;
  const names = podsOf(json)
    .filter(isLeftOver)
    .map(({ metadata }) => metadata.name)
    .filter((name) => /^podglass-[0-9a-f]+$/.test(name) && !made.has(name));
  if (names.length === 0) return;
  const answers = await interaction.prompts(
    {
      kind: "keyboard",
      title: "Pods that an earlier Podglass left behind",
      detail: `They have ended and do nothing; they are found by the label ${LABEL}, in ${inWords(wanted)}: ${names.join(", ")}`,
      prompts: [{ text: "Delete them? (yes/no) ", echo: true }],
    },
    signal,
  );
  if (answers?.[0]?.trim().toLowerCase() === "yes")
    await call(kubectl(wanted, "delete", "pod", ...names, "--ignore-not-found", "--wait=false", TIMEOUT), signal);
}

/** Waits until the pod runs. Throws ConnectionError with why it will not. */
async function started(wanted: Wanted, name: string, interaction: Interaction, signal: AbortSignal): Promise<void> {
  // A list: of one named object kubectl never prints the first event, which may be the one that is waited for
  // (kubectl/pkg/cmd/get, watch: "suppress output, since watches started for individual items emit a synthetic ADDED event").
  const channel = spawnChannel(
    kubectl(wanted, "get", "pods", "--field-selector", `metadata.name=${name}`, "--watch", "-o", "json"),
  );
  channel.stdin.end();
  let last = "nothing said yet";
  let stderr = "";
  const outcome = new Promise<void>((resolve, reject) => {
    let text = "";
    channel.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.length > MOST_STATE) reject(new ConnectionError("unreachable", "The pod's state is longer than 4 MiB."));
      // One document after another, each closed by a brace at the beginning of a line.
      for (let end = text.indexOf("\n}\n"); end >= 0; end = text.indexOf("\n}\n")) {
        const json = text.slice(0, end + 2);
        text = text.slice(end + 3);
        try {
          const state = runs(podOf(json), wanted.image);
          if (state === true) return resolve();
          last = state;
          interaction.progress(`the pod on ${wanted.node} is not running yet: ${state}`);
        } catch (error) {
          return reject(error);
        }
      }
    });
    channel.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < 10_000) stderr += chunk.toString("utf8");
    });
    void channel.exit.then(() => reject(trouble(stderr)));
    signal.addEventListener("abort", () => reject(new ConnectionError("cancelled", "Connecting was given up.")), {
      once: true,
    });
    const late = `The pod ${name} did not run on ${wanted.node} within ${START_MS / 1000} s`;
    const timer = setTimeout(() => reject(new ConnectionError("timeout", `${late}; last it said: ${last}.`)), START_MS);
    void channel.exit.then(() => clearTimeout(timer));
  });
  await outcome.finally(() => channel.kill());
}

/** One attach is the pod's life line; each command is an exec beside it. */
async function held(
  wanted: Wanted,
  name: string,
  remove: (known: boolean) => void,
  signal: AbortSignal,
): Promise<Connection> {
  const line = spawnChannel(kubectl(wanted, "attach", "-i", name, "-c", CONTAINER));
  line.stdout.resume();
  let stderr = "";
  line.stderr.on("data", (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString("utf8")}`.slice(-2000);
  });
  const words = (command: string): string[] =>
    kubectl(wanted, "exec", "-i", name, "-c", CONTAINER, "--", ...ENTER, ENTER_GROUPS, command);
  try {
    const connection = await programConnection({ label: wanted.label, takes: "argument", words, signal });
    const lost = line.exit.then(() => {
      const said = inert(stderr.trim().split(/\r?\n/).at(-1) ?? "", 300);
      return new ConnectionError(
        "lost",
        `The pod ${name} on ${wanted.node} has ended${said === "" ? "" : `: ${said}`}`,
      );
    });
    let settle: (why: ConnectionError | null) => void = () => {};
    const closed = new Promise<ConnectionError | null>((resolve) => {
      settle = resolve;
    });
    void lost.then((error) => {
      settle(error);
      connection.close();
    });
    return {
      ...connection,
      closed,
      close() {
        settle(null);
        connection.close();
        line.kill();
        remove(true);
      },
    };
  } catch (error) {
    line.kill();
    throw error;
  }
}

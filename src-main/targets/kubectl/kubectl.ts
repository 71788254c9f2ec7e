/**
 * `kubectl:NODE`, `kubectl:CONTEXT/NODE`: a node of a cluster without a login of its own, through a pod that is made for it
 * and deleted afterwards. `kubectl:CONTEXT/*` is every node of one.
 */
import { ConnectionError } from "../../transport/transport.ts";
import { overConnection } from "../over-connection.ts";
import type { Source } from "../source.ts";
import type { Way } from "../way.ts";
import { type Cluster, inWords, kubectl as words } from "./call.ts";
import { IMAGE, manifestOf } from "./manifest.ts";
import { NODE_NAME, nodesOf, nodesWords, throughPod } from "./pod.ts";

const PREFIX = "kubectl:";
/** What clouds call their contexts: gke_project_zone_name, arn:aws:eks:region:account:cluster/name, user@cluster. */
const CONTEXT = /^[A-Za-z0-9][\w.:@/+-]{0,252}$/;
const IMAGE_NAME = /^[A-Za-z0-9][\w.:/@+-]{0,511}$/;

/** A context may have slashes, a node none. Throws ConnectionError. */
function partsOf(text: string): Cluster & { node: string } {
  const at = text.lastIndexOf("/");
  const node = text.slice(at + 1);
  const context = at < 0 ? undefined : text.slice(0, at);
  if (context !== undefined && !CONTEXT.test(context))
    throw new ConnectionError("config", `${JSON.stringify(context)} is not a context's name that can be taken.`);
  return { node, ...(context === undefined ? {} : { context }) };
}

export const kubectl: Way = (target, options) => {
  // A port is no node: `kubectl:22` is a host of that name.
  if (!target.startsWith(PREFIX) || /^kubectl:\d{1,5}$/.test(target)) return null;
  const parts = partsOf(target.slice(PREFIX.length));
  const image = options.image ?? IMAGE;
  if (!NODE_NAME.test(parts.node))
    throw new ConnectionError("config", `${JSON.stringify(parts.node)} is not a node's name.`);
  if (!IMAGE_NAME.test(image)) throw new ConnectionError("config", `${JSON.stringify(image)} is not an image's name.`);
  return {
    target,
    label: target,
    kind: "program",
    live: true,
    looksOnly: true,
    starts: words(parts, "create", "-f", "-"),
    makes: {
      what: `a privileged pod on the node ${parts.node}, by ${inWords(parts)}; it ends with Podglass, after an hour at the latest, and is deleted`,
      text: JSON.stringify(manifestOf("podglass-…", parts.node, image), null, 1),
    },
    async open(interaction, signal) {
      const connection = await throughPod({ ...parts, image, label: target }, interaction, signal);
      return overConnection(connection, options, interaction);
    },
  };
};

/** The cluster whose every node `kubectl:*` and `kubectl:CONTEXT/*` stand for; undefined for any other word. Throws ConnectionError. */
function wholeCluster(word: string): Cluster | undefined {
  if (!word.startsWith(PREFIX) || !/(?:^|[:/])\*$/.test(word)) return undefined;
  const { context } = partsOf(word.slice(PREFIX.length));
  return context === undefined ? {} : { context };
}

/**
 * What a cluster's word starts, and would make on each of its nodes; undefined where the word is no cluster's. `lasting`:
 * it names the cluster, which without a context is another one tomorrow.
 */
export function asksCluster(
  word: string,
): (Pick<Source, "target" | "starts" | "makes"> & { lasting: boolean }) | undefined {
  const cluster = wholeCluster(word);
  return (
    cluster && {
      target: word,
      lasting: cluster.context !== undefined,
      starts: nodesWords(cluster),
      makes: {
        what: `a privileged pod on each of its nodes that is opened, by ${inWords(cluster)}; each ends with Podglass, after an hour at the latest, and is deleted`,
        text: JSON.stringify(manifestOf("podglass-…", "NODE", IMAGE), null, 1),
      },
    }
  );
}

/** Its targets, a node each; undefined where the word is no cluster's. Throws ConnectionError. */
export async function clusterNodes(word: string): Promise<string[] | undefined> {
  const cluster = wholeCluster(word);
  if (cluster === undefined) return undefined;
  const names = await nodesOf(cluster, new AbortController().signal);
  if (names.length === 0) throw new ConnectionError("config", `${word}: this cluster has no nodes.`);
  return names.map((name) => word.slice(0, -1) + name);
}

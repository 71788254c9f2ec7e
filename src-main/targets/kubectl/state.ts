/** What the API says of a node and of our pod, and what that means for getting in. Sentences for who must act. */
import { z } from "zod";
import { inert } from "../../../src-shared/format.ts";
import { ConnectionError } from "../../transport/transport.ts";

const text = z.string().optional();
const condition = z.looseObject({ type: z.string(), status: z.string(), reason: text, message: text });
const nodeSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  status: z.looseObject({ conditions: z.array(condition).optional() }).optional(),
});
const stateSchema = z.looseObject({ reason: text, message: text }).optional();
const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    creationTimestamp: text,
    deletionTimestamp: text,
  }),
  spec: z.looseObject({ nodeName: text }).optional(),
  status: z
    .looseObject({
      phase: text,
      reason: text,
      message: text,
      containerStatuses: z
        .array(
          z.looseObject({
            state: z.looseObject({ waiting: stateSchema, terminated: stateSchema }).optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});
const listSchema = z.looseObject({ items: z.array(podSchema) });

export type OurPod = z.infer<typeof podSchema>;

function parsed<T>(schema: z.ZodType<T>, json: string, what: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (error) {
    throw new ConnectionError("unreachable", `What kubectl said is no ${what} of core/v1.`, { cause: error });
  }
}

export const podOf = (json: string): OurPod => parsed(podSchema, json, "Pod");
export const podsOf = (json: string): OurPod[] => parsed(listSchema, json, "list of pods").items;

const because = (...words: (string | undefined)[]): string => {
  const said = words.filter((word) => word !== undefined && word !== "");
  return said.length === 0 ? "" : `: ${inert(said.join(", "), 500)}`;
};

/** Throws ConnectionError where a pod cannot be started on this node. */
export function mustTakePods(json: string): void {
  const { metadata, status } = parsed(nodeSchema, json, "Node");
  const os = metadata.labels?.["kubernetes.io/os"];
  if (os !== undefined && os !== "linux")
    throw new ConnectionError(
      "config",
      `${metadata.name} runs ${inert(os, 40)}; only a Linux node can be looked into.`,
    );
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined || ready.status === "True") return;
  throw new ConnectionError(
    "unreachable",
    `${metadata.name} is NotReady${because(ready.reason, ready.message)}. Its kubelet starts no pod now; a way in beside the cluster (ssh) may still lead there.`,
  );
}

/** These do not mend themselves; the kubelet's and the runtimes' own words (pkg/kubelet/images/types.go). */
const NO_IMAGE = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"]);
const NO_START = new Set(["CreateContainerError", "CreateContainerConfigError", "RunContainerError"]);

/** True when it runs; else what it waits for. Throws ConnectionError where it will not run any more. */
export function runs(pod: OurPod, image: string): true | string {
  const node = pod.spec?.nodeName ?? "the node";
  const { phase, reason, message, containerStatuses } = pod.status ?? {};
  if (phase === "Failed" || phase === "Succeeded" || pod.metadata.deletionTimestamp !== undefined) {
    const ended = containerStatuses?.[0]?.state?.terminated;
    const why = because(reason, message, ended?.reason, ended?.message);
    throw new ConnectionError(
      "unreachable",
      `The pod ${pod.metadata.name} ended on ${node} before it was of use${why}.`,
    );
  }
  if (phase === "Running") return true;
  const waiting = containerStatuses?.[0]?.state?.waiting;
  if (waiting?.reason !== undefined && NO_IMAGE.has(waiting.reason))
    throw new ConnectionError(
      "config",
      `${node} cannot get the image ${image}${because(waiting.reason, waiting.message)}. Name one that it has or can pull with --image; it needs sh, cat and nsenter.`,
    );
  if (waiting?.reason !== undefined && NO_START.has(waiting.reason))
    throw new ConnectionError("config", `${node} cannot start the pod${because(waiting.reason, waiting.message)}.`);
  return inert(waiting?.reason ?? reason ?? phase ?? "nothing said yet", 100);
}

/** Ended, and nobody deletes it already: it holds nothing but its name. */
export const isLeftOver = ({ metadata, status }: OurPod): boolean =>
  metadata.deletionTimestamp === undefined && (status?.phase === "Failed" || status?.phase === "Succeeded");

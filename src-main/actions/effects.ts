/** What will change, in plain words: what the kernel, the runtime and a kubelet do next. */
import { configurationAdvice } from "../../src-shared/questions/advice.ts";
import { kubeletOwns } from "../../src-shared/questions/kubelet.ts";
import { runtimeOf } from "../../src-shared/runtimes/table.ts";
import { isStandIn, type Question } from "./checks.ts";

export function effectsOf(question: Question): string[] {
  switch (question.action) {
    case "pin":
      return pin(question);
    case "unpin":
      return unpin(question);
    case "drop":
      return [...(question.pinFirst ? pin(question) : []), ...drop(question)];
    case "restore":
      return restore(question);
  }
}

const types = ({ target }: Question) => target.pinned.map(({ type }) => type).join(", ");

function pin(question: Question): string[] {
  const { target, look } = question;
  return [
    `Kernel: ${types(question) || "nothing"}: one more holder each, a bind mount in ${target.folder}. They live on when every process of the pod has ended, until they are unpinned or the node restarts.`,
    "Containers, their addresses and their sockets do not notice.",
    ...target.never.map(({ type, why }) => `Not pinned: ${type}. ${why[0]?.toUpperCase()}${why.slice(1)}.`),
    ...(look.entered ? ["Our shell is in a mount namespace of its own, so the mounts are made in pid 1's."] : []),
    "Removing the pod later does not remove our pins: unpin first, or find them as orphans in Findings and Lab.",
  ];
}

function unpin(question: Question): string[] {
  const { target } = question;
  return [
    target.sandbox
      ? `Kernel: the pod's namespaces are held by process ${target.sandbox.pid} and the containers alone again.`
      : "Kernel: namespaces that nobody else holds are freed, and their addresses with them.",
    "A mount namespace that was made while the pins were there has copies of them: removing a mount point takes them away there too, and any that stay are told.",
    ...(isStandIn(question)
      ? ["The stand-in goes on; our manifest stays beside it, so that it is known for what it is."]
      : []),
  ];
}

function drop(question: Question): string[] {
  const { target, acceptRestart, snapshot } = question;
  const { pod, sandbox } = target;
  if (!sandbox) return ["Nothing: there is no sandbox process to end.", ...advice(question)];
  const held = types(question);
  const rest = pod.unread?.length ? "what it shares could not be read" : "nothing was shared";
  return [
    `Kernel: process ${sandbox.pid} (${sandbox.comm}) ends; ${held ? `${held} live on in our pins, and running containers keep their address` : rest}.`,
    ...(isStandIn(question)
      ? ["No runtime knows the stand-in: nothing but our manifest changes."]
      : runtimeOf(pod.runtime).afterPause.effects),
    snapshot.node.kubelet && acceptRestart
      ? "Kubelet: it sees the sandbox not ready, stops every container of this pod and makes it anew with another address (pkg/kubelet/kuberuntime, PodSandboxChanged). Our pins stay behind and are orphans then."
      : kubeletOwns(snapshot, pod) === "unknown"
        ? "Kubelet: whether one owns this pod is not known."
        : "Kubelet: none acts on this pod.",
    ...advice(question),
    "It cannot be taken back: restore starts a stand-in that holds the namespaces, not the process the runtime knew.",
  ];
}

/** In production dropping is configuration, not surgery. */
function advice({ snapshot, target }: Question): string[] {
  const found = configurationAdvice(snapshot).find(({ runtime: name }) => name === target.pod.runtime);
  if (!found) return [];
  const how = found.file
    ? ` Write ${JSON.stringify(found.file.content)} to ${found.file.path}, then ${found.commands.join("; ")}.`
    : found.commands.length > 0
      ? ` By command: ${found.commands.join(" — or ")}.`
      : "";
  return [`The configured way (${found.now}): ${found.means}${how} ${found.but}`];
}

function restore(question: Question): string[] {
  const { pod } = question.target;
  const back = runtimeOf(pod.runtime).afterPause.wayBack;
  return [
    `Kernel: a process that sleeps joins ${types(question) || "nothing"} through our pins and holds them as pause did, in a leaf group podglass-pause under the pod's.`,
    ...(back
      ? [`${pod.runtime}: its record is not mended: it still counts the sandbox as stopped. Its own way back: ${back}.`]
      : []),
    "With it the pins can be taken away again (unpin).",
  ];
}

/** Pods made by hand on a node: up, down, and what is there. The work is done by up.sh, down.sh and list.sh. */
import pauseAarch64 from "../../assets/pause/pause-aarch64.b64?raw";
import pauseX64 from "../../assets/pause/pause-x86_64.b64?raw";
import type { LabList } from "../../src-shared/api.ts";
import { type LabManifest, parseLabManifest } from "../../src-shared/manifests.ts";
import type { LabPod } from "../../src-shared/reports.ts";
import type { LabOptions } from "../../src-shared/requests.ts";
import actionsCommon from "../actions/common.sh?raw";
import { compose } from "../actions/compose.ts";
import { pinsFolder } from "../actions/folder.ts";
import { type Line, Refused, type RunOptions, type RunResult, reason, runOnNode } from "../actions/remote.ts";
import { type Connection, ConnectionError, ReadingError } from "../transport/transport.ts";
import common from "./common.sh?raw";
import downScript from "./down.sh?raw";
import listScript from "./list.sh?raw";
import { labManifestOf } from "./manifest.ts";
import startScript from "./start.sh?raw";
import upScript from "./up.sh?raw";

/** The tiny pause for each machine, base64. */
export const pauseArguments = [pauseX64.trim(), pauseAarch64.trim()];
export const shared = [actionsCommon, common];
const up = compose(upScript, ...shared, startScript);
const down = compose(downScript, ...shared);
const list = compose(listScript, ...shared);

/** Exit status of a script that refused (common.sh). */
export const REFUSED = 10;

/** Throws Refused, ReadingError or ConnectionError with the node's own words when a script said no, failed or was cut off. */
export function done(result: RunResult, what: string, connection: Connection): RunResult {
  if (result.code === 0) return result;
  const words = `${what} on ${connection.label} did not work: ${reason(result)}`;
  if (result.code === null) throw new ConnectionError("lost", words);
  throw result.code === REFUSED ? new Refused(words) : new ReadingError(words);
}

const labPod = (manifest: LabManifest): LabPod => ({
  name: manifest.name,
  sandbox: manifest.sandbox,
  pids: [...(manifest.pause ? [manifest.pause.pid] : []), ...manifest.containers.map((c) => c.pid)].sort(
    (a, b) => a - b,
  ),
  pins: Object.values(manifest.pins).sort(),
  cgroupPath: manifest.cgroupPath,
});

/** Two hundred pods go in one step. */
export const LAB_SILENCE_MS = 180_000;

/** What a hog may take before the kernel ends it, where nobody set a limit: it must never eat the node. */
const HOG_BYTES = 64 * 1024 * 1024;

/** The lines that up.sh reads. Throws Refused for options that exclude each other. */
function upArguments(options: LabOptions): string[] {
  if (options.sharePid && options.sandbox === "pinned")
    throw new Refused("--share-pid needs --sandbox pause: a PID namespace ends with its first process");
  const memory = options.memoryBytes ?? (options.hog ? HOG_BYTES : 0);
  return [
    options.name,
    options.sandbox,
    String(options.containers ?? 1),
    options.sharePid ? "1" : "0",
    String(memory),
    // 1 ms of 100 is the least that the kernel takes (kernel/sched/core.c, min_cfs_quota_period).
    String(options.cpuCores ? Math.max(1000, Math.round(options.cpuCores * 100_000)) : 0),
    String(options.zombies ?? 0),
    options.hog ? "1" : "0",
    pinsFolder(`lab/${options.name}`),
    ...pauseArguments,
    Object.entries(options.sysctls ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join("\n"),
  ];
}

export async function labUp(connection: Connection, options: LabOptions, run: RunOptions = {}): Promise<LabPod> {
  const createdAt = new Date().toISOString();
  let manifest: LabManifest | undefined;
  const answer = ({ rest }: Line) => {
    manifest = labManifestOf(options, createdAt, rest);
    return JSON.stringify(manifest);
  };
  done(
    await runOnNode(connection, up, upArguments(options), { silenceMs: LAB_SILENCE_MS, ...run, answer }),
    `making the lab pod ${options.name}`,
    connection,
  );
  if (!manifest) throw new ReadingError(`${connection.label} made ${options.name} but told nothing about it`);
  return labPod(manifest);
}

/** Removes one pod, those named, or all of them and what a crash has left. Answers with the names. */
export async function labDown(
  connection: Connection,
  which?: string | readonly string[],
  run: RunOptions = {},
): Promise<string[]> {
  const found = await labFind(connection, run);
  const names = which === undefined ? found.names : typeof which === "string" ? [which] : [...which];
  const unknown = names.find((name) => !found.names.includes(name));
  if (unknown !== undefined) throw new Refused(`there is no lab pod ${unknown} on ${connection.label}`);
  const args = names.flatMap((each) => [each, pinsFolder(`lab/${each}`)]);
  done(await runOnNode(connection, down, args, { silenceMs: LAB_SILENCE_MS, ...run }), "removing lab pods", connection);
  return names;
}

/** The manifests of whole pods, by name. */
export const labManifests = async (connection: Connection, run: RunOptions = {}): Promise<Map<string, LabManifest>> =>
  (await labFind(connection, run)).manifests;

interface LabFound extends LabList {
  manifests: Map<string, LabManifest>;
  /** Pods, whole and half made, by everything that bears a name of ours. */
  names: string[];
  links: string[];
  /** Manifests of pins, as text. */
  pins: string[];
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Everything of ours on the node. Throws ReadingError where we are not root. */
export async function labFind(connection: Connection, run: RunOptions = {}): Promise<LabFound> {
  const { lines } = done(await runOnNode(connection, list, [], run), "looking for lab pods", connection);
  const manifests = new Map<string, LabManifest>();
  const members = new Map<string, Set<number>>();
  const mounts = new Map<string, string[]>();
  const found: LabFound = { pods: [], manifests, names: [], links: [], pins: [], copies: [] };
  const names = new Set<string>();
  let current = "";
  for (const { word, name, rest } of lines) {
    const whole = rest === "" ? name : `${name} ${rest}`;
    if (word === "pod" || word === "group") {
      current = word === "pod" ? whole : (name.split("/")[2] ?? "");
      if (NAME.test(current)) names.add(current);
    } else if (word === "manifest") {
      const manifest = parseLabManifest(whole);
      if (manifest?.name === current) manifests.set(current, manifest);
    } else if (word === "mount") mounts.set(current, [...(mounts.get(current) ?? []), whole]);
    else if (word === "member") members.set(current, (members.get(current) ?? new Set()).add(Number(name)));
    else if (word === "address" && NAME.test(rest)) names.add(rest);
    else if (word === "link") found.links.push(name);
    else if (word === "pins") found.pins.push(whole);
    else if (word === "copies") {
      const [pid = "", count = ""] = rest.split(" ");
      found.copies.push({ mountNamespace: Number(name), pid: Number(pid), count: Number(count) });
    }
  }
  found.names = [...names].sort();
  // A half made pod is shown too: it holds processes and mounts, and `lab down` takes it away.
  found.pods = found.names.map((name) => {
    const manifest = manifests.get(name);
    const known = manifest && labPod(manifest);
    return {
      name,
      sandbox: known?.sandbox ?? "pause",
      pids: [...(members.get(name) ?? [])].sort((a, b) => a - b),
      pins: (mounts.get(name) ?? []).filter((path) => /\/pins\/[a-z]+$/.test(path)).sort(),
      cgroupPath: known?.cgroupPath ?? `/podglass-lab/${name}`,
    };
  });
  return found;
}

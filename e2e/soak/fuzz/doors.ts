/** Doors that text comes in by: what a node says, files that a person opens, and files of his that ssh reads. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeReading } from "../../../src-main/probe/encode.ts";
import { FrameReader } from "../../../src-main/probe/frames.ts";
import { feedSliced, parseProbeText } from "../../../src-main/probe/parse.ts";
import { recordLine } from "../../../src-main/probe/wire.ts";
import { openRecording } from "../../../src-main/recordings/reader.ts";
import { settingsFor } from "../../../src-main/ssh/config.ts";
import { readConfig } from "../../../src-main/ssh/config-file.ts";
import { judge, parseKnownHosts } from "../../../src-main/ssh/known-hosts.ts";
import { parseTarget } from "../../../src-main/ssh/target.ts";
import { openFile } from "../../../src-main/storage/files.ts";
import { READ, recordedPath, recordedTexts } from "../../../src-main/testing/recorded.ts";
import { ConnectionError, ReadingError } from "../../../src-main/transport/transport.ts";
import { assemble } from "../../../src-shared/assemble/assemble.ts";
import { RECORDS } from "../../../src-shared/fields.ts";
import {
  type LabManifest,
  type PinsManifest,
  parseLabManifest,
  parsePinsManifest,
} from "../../../src-shared/manifests.ts";
import { emptyReading, type Reading } from "../../../src-shared/reading.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { JUNK, pick, random, spoiled } from "./random.ts";

const KINDS = [...Object.keys(RECORDS), "-p", "-f", "-C", "-M", "-F", "end 1", "begin 1 whole quick 1 1"];
/** One record with junk in its fields and the right length: it gets past the frame to the parser of its fields. */
function record(nonce: string): string {
  const fields = Array.from(
    { length: random.below(12) },
    () => pick([...JUNK, "1", "5", "-", "net", "a,b", "v2"]).replace(/[^!-~]/g, "x") || "\\e",
  );
  const text = [pick(KINDS), ...fields].join(" ");
  return recordLine(nonce, text);
}

type Door = (folder: string) => Promise<void>;
const refused = (error: unknown): void => {
  if (!(error instanceof ReadingError)) throw error;
};
const file = (folder: string, name: string, bytes: Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
async function* once(bytes: Buffer) {
  yield bytes;
}

const NONCE = "0123456789";
const small: Reading = {
  ...emptyReading(),
  takenAt: "2026-11-21T10:00:00.000Z",
  files: { "/etc/x": "y" },
  cgroups: [{ hierarchy: "v2", path: "/a", files: { "memory.max": "1" } }],
};
const output = Buffer.from(encodeReading(small, NONCE), "latin1");
const snapshot = Buffer.from(JSON.stringify(syntheticSnapshot({ pods: 1 })));
const recording = readFileSync(recordedPath("cri-o-after-kill"));
const records = READ.flatMap((name) =>
  Object.entries((JSON.parse(recordedTexts(name)["reading.json"] as string) as Reading).files),
);
const KEY = `AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`;
const knownHosts = Buffer.from(
  `host,10.0.0.* ssh-ed25519 ${KEY}\n|1|c2FsdA==|aGFzaA== ssh-ed25519 ${KEY}\n@revoked * ssh-rsa ${KEY}\n`,
);
const sshConfig = Buffer.from(
  "Host a b?* !c\n  HostName %h.example\n  Port 22\n  ProxyJump x@y:1\nMatch host a user b\n  IdentityFile ~/.ssh/%u\n",
);
const identity = { pid: 7, startTicks: 8 };
const pins: PinsManifest = {
  schema: "podglass.pins/1",
  key: "lab/a",
  pod: "a",
  bootId: "b",
  namespaces: { net: 4026532000, uts: 4026532001 },
  cgroups: ["/sys/fs/cgroup/a"],
  sandbox: identity,
  dropped: { ...identity, at: "2026-11-21T10:00:00.000Z" },
  restored: identity,
  last: { journalId: "j", action: "drop", at: "2026-11-21T10:00:00.000Z" },
};
const lab: LabManifest = {
  schema: "podglass.lab/1",
  name: "a",
  bootId: "b",
  createdAt: "2026-11-21T10:00:00.000Z",
  sandbox: "pause",
  cgroupPath: "/podglass-lab/a",
  pause: { ...identity, cgroupPath: "/podglass-lab/a/pause" },
  pins: { net: "/run/podglass/lab/a/net" },
  namespaces: { net: 1, ipc: 2, uts: 3 },
  address: "10.88.7.2",
  hostInterface: "pgl7",
  containers: [{ ...identity, cgroupPath: "/podglass-lab/a/c1", id: "c", name: "c1" }],
};
const manifests = [
  ["/run/podglass/pins/0f3a6c1d2b4e5a79/manifest.json", JSON.stringify(pins)],
  ["/run/podglass/lab/a/manifest.json", JSON.stringify(lab)],
] as const;
/** Frames of one session follow each other: what one leaves behind meets the next. */
let session = new FrameReader(NONCE);
let seq = 0;

export const doors: Record<string, { share: number; run: Door }> = {
  frames: {
    share: 700,
    run: async () => {
      if (seq % 100 === 0) session = new FrameReader(NONCE);
      seq += 1;
      const lines = Array.from({ length: 1 + random.below(6) }, () => record(NONCE)).join("");
      const begin = recordLine(NONCE, `begin ${seq} ${seq % 100 === 1 ? "whole" : "delta"} quick ${seq} ${seq}`);
      const text = begin + lines + recordLine(NONCE, `end ${seq} ${lines.split("\n").length}`);
      for await (const frame of feedSliced(session, Buffer.from(text, "latin1"))) session.reading(frame);
      assemble(session.reading({ takenAt: small.takenAt, lost: 0 }));
    },
  },
  "probe outputs": {
    share: 100,
    run: async () => void (await parseProbeText(once(spoiled(output))).then(assemble, refused)),
  },
  recordings: {
    share: 4,
    run: async (folder) => {
      const path = file(folder, "x.podglass", spoiled(recording));
      const opened = await openRecording(path).catch(refused);
      if (!opened) return;
      await opened.at(0).catch(refused);
      await opened.close();
    },
  },
  "snapshot files": {
    share: 40,
    run: async (folder) => void (await openFile(file(folder, "x.json", spoiled(snapshot))).catch(refused)),
  },
  known_hosts: {
    share: 60,
    run: async () =>
      void judge(
        parseKnownHosts(spoiled(knownHosts).toString("utf8"), "known_hosts"),
        "host",
        22,
        Buffer.from(KEY, "base64"),
      ),
  },
  manifests: {
    share: 60,
    run: async () => {
      const [path, whole] = pick(manifests);
      const text = spoiled(Buffer.from(whole)).toString("utf8");
      parsePinsManifest(text);
      parseLabManifest(text);
      assemble({ ...small, files: { [path]: text } });
    },
  },
  "runtime records": {
    share: 16,
    run: async () => {
      const [path, text] = pick(records);
      assemble({ ...small, files: { [path]: spoiled(Buffer.from(text)).toString("utf8") } });
    },
  },
  ssh_config: {
    share: 20,
    run: async (folder) => {
      const path = file(folder, "config", spoiled(sshConfig));
      try {
        settingsFor(parseTarget("a"), readConfig(path), { configFile: path }, () => true);
      } catch (error) {
        // A sentence for a person, never a fault of ours.
        if (!(error instanceof ConnectionError)) throw error;
      }
    },
  },
};

/**
 * The recorded nodes are recordings of the app's own kind, and what they show is what their raw texts say. Where we have
 * learned to say something else of the same texts, PODGLASS_RERECORD=1 writes the recordings anew.
 */

import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { Reading } from "../../src-shared/reading.ts";
import { parseProbeText } from "../probe/parse.ts";
import { sniff } from "../recordings/sniff.ts";
import { fixtureReading, recordedReading } from "./fixture.ts";
import { CAPTURED, PRINTED, READ, recordedPath, recordedSnapshot, recordedTexts } from "./recorded.ts";
import { rerecord } from "./rerecord.ts";

const readings: [name: (typeof CAPTURED | typeof READ | typeof PRINTED)[number], () => Promise<Reading>][] = [
  ...CAPTURED.map((name) => [name, async () => fixtureReading(name)] as const),
  ...READ.map((name) => [name, async () => recordedReading(name)] as const),
  ...PRINTED.map(
    (name) =>
      [name, () => parseProbeText(Readable.from([Buffer.from(recordedTexts(name)["probe.txt"] ?? "")]))] as const,
  ),
].map(([name, reading]) => [name, reading]);

test.each(readings)("%s opens as a recording, and shows the pods that its texts tell of", async (name, reading) => {
  expect(await sniff(recordedPath(name))).toBe("recording");
  const read = assemble(await reading());
  if (process.env.PODGLASS_RERECORD) await rerecord(recordedPath(name), recordedTexts(name), read);
  const shown = await recordedSnapshot(name);
  const told = ({ pods, processes, node }: typeof read) => ({
    mode: node.cgroupMode,
    pids: processes.map((one) => one.pid),
    pods: pods.map((pod) => [pod.key, pod.name, pod.sandbox.state, pod.containers, pod.namespaces]),
  });
  expect(told(shown)).toEqual(told(read));
});

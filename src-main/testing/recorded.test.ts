/**
 * The recorded nodes are recordings of the app's own kind, and what they show is what their raw texts say. Where we have
 * learned to say something else of the same texts, PODGLASS_RERECORD=1 writes the recordings anew.
 */

import { expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { sniff } from "../recordings/sniff.ts";
import { readingOf } from "./fixture.ts";
import { RECORDED, recordedPath, recordedSnapshot, recordedTexts } from "./recorded.ts";
import { rerecord } from "./rerecord.ts";

test.each(RECORDED)("%s opens as a recording, and shows the pods that its texts tell of", async (name) => {
  expect(await sniff(recordedPath(name))).toBe("recording");
  const read = assemble(await readingOf(name));
  if (process.env.PODGLASS_RERECORD) await rerecord(recordedPath(name), recordedTexts(name), read);
  const shown = await recordedSnapshot(name);
  const told = ({ pods, processes, node }: typeof read) => ({
    mode: node.cgroupMode,
    pids: processes.map((one) => one.pid),
    pods: pods.map((pod) => [pod.key, pod.name, pod.sandbox.state, pod.containers, pod.namespaces]),
  });
  expect(told(shown)).toEqual(told(read));
});

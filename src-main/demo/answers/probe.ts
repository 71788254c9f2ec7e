/** Answers the probe from the model: one frame by hand, or a frame for each tick of a live session. */
import type { Reading } from "../../../src-shared/reading.ts";
import { encodeHeader, FrameWriter } from "../../probe/index.ts";
import type { Answer } from "./answer.ts";

const TICK = /^tick (\d{1,9}) (whole|delta) (quick|deep)$/;

export const answerProbe: Answer = async ({ node, args, line, write }) => {
  const [, nonce = "0123456789", mode = "once", tier = "quick"] = args;
  const writer = new FrameWriter(nonce);
  await write(encodeHeader(nonce));
  let tables: Reading["mounts"] = [];
  const frame = (seq: number, whole: boolean, deep: boolean) => {
    node.live();
    const reading = node.reading({ deep });
    // A quick frame looks at pid 1's mounts alone, and leaves the tables that the last deep one told as they were.
    if (deep) tables = reading.mounts;
    else reading.mounts = stillThere(reading, tables);
    return write(writer.frame(reading, { seq, whole, deep }));
  };
  if (mode !== "live") {
    await frame(1, true, tier === "deep");
    return 0;
  }
  for (let text = await line(); text !== undefined && text !== "bye"; text = await line()) {
    const tick = TICK.exec(text);
    if (tick) await frame(Number(tick[1]), tick[2] === "whole", tick[3] === "deep");
  }
  return 0;
};

function stillThere(reading: Reading, tables: Reading["mounts"]): Reading["mounts"] {
  const read = new Set(reading.mounts.map(({ mountNamespace }) => mountNamespace));
  const living = new Set(reading.processes.map(({ ns }) => ns.mnt));
  return [
    ...reading.mounts,
    ...tables.filter(({ mountNamespace }) => !read.has(mountNamespace) && living.has(mountNamespace)),
  ];
}

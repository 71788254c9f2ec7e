/** Answers the probe from the model: one frame by hand, or a frame for each tick of a live session. */
import { encodeHeader, FrameWriter } from "../../probe/index.ts";
import type { Answer } from "./answer.ts";

const TICK = /^tick (\d{1,9}) (whole|delta) (quick|deep)$/;

export const answerProbe: Answer = async ({ node, args, line, write }) => {
  const [, nonce = "0123456789", mode = "once", tier = "quick"] = args;
  const writer = new FrameWriter(nonce);
  await write(encodeHeader(nonce));
  const frame = (seq: number, whole: boolean, deep: boolean) => {
    node.live();
    return write(writer.frame(node.reading({ deep }), { seq, whole, deep }));
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

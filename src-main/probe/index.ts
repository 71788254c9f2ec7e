/** What other rooms use of the probe. */
export { encodeHeader, FrameWriter } from "./encode.ts";
export { openLive } from "./live.ts";
export { parseProbeText } from "./parse.ts";
export { type ReadOptions, readNode } from "./read.ts";
export { probeScript } from "./script.ts";

/** What other rooms use of the probe. */
export { encodeHeader, encodeReading, FrameWriter } from "./encode.ts";
export { type Live, type LiveOptions, openLive } from "./live.ts";
export { parseProbeText } from "./parse.ts";
export { type ReadOptions, readNode } from "./read.ts";
export { probeScript } from "./script.ts";

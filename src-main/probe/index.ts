/** What other rooms use of the probe. */
export { parseProbeText } from "./parse.ts";
export { type ReadOptions, readNode } from "./read.ts";
export { probeScript } from "./script.ts";

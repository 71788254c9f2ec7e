import type { SandboxState } from "../../src-shared/model.ts";
import type { IconName } from "./icons.tsx";

/** A sandbox's state as sign and word, the same everywhere. */
export const SANDBOX: Record<SandboxState, { icon: IconName; word: string; long: string }> = {
  process: { icon: "pause", word: "pause", long: "a pause process holds the sandbox" },
  dropped: { icon: "pin", word: "pinned", long: "pause was dropped; pins hold the namespaces" },
  dead: { icon: "dead", word: "dead", long: "the sandbox process died while containers live on" },
  none: { icon: "none", word: "none", long: "no sandbox was ever made" },
  starting: { icon: "clock", word: "starting", long: "the sandbox is being made" },
};

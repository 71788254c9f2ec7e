import { createHash } from "node:crypto";

/** Where a pod's pins are on its node: the contract's `/run/podglass/pins/<sha256(key), 16 digits>`. */
export const pinsFolder = (key: string): string =>
  `/run/podglass/pins/${createHash("sha256").update(key, "utf8").digest("hex").slice(0, 16)}`;

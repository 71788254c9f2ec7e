/** Ids that look like a runtime's and stay the same from start to start, so that a lesson or a test can name them. */
import { createHash } from "node:crypto";

/** 64 hex digits, as containers have. */
export const hexId = (...parts: (string | number)[]): string =>
  createHash("sha256")
    .update(`podglass demo/${parts.join("/")}`)
    .digest("hex");

export function uuid(...parts: (string | number)[]): string {
  const hex = hexId("uuid", ...parts);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

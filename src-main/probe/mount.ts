/** One line of a mountinfo: kernel Documentation/filesystems/proc.rst, 3.5. */
import type { RawMount } from "../../src-shared/reading.ts";

/** Spaces and the like stand as three octal digits there. */
const plain = (field: string): string => {
  if (!field.includes("\\")) return field;
  const bytes = Buffer.from(field, "utf8")
    .toString("latin1")
    .replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(bytes, "latin1").toString("utf8");
};

/** undefined where the line is not a mountinfo line. */
export function parseMount(line: string): RawMount | undefined {
  const dash = line.indexOf(" - ");
  if (dash < 0) return undefined;
  const [id, parent, , root, mountPoint, options, ...propagation] = line.slice(0, dash).split(" ");
  const [fstype, source, whole] = line.slice(dash + 3).split(" ");
  if (root === undefined || mountPoint === undefined || fstype === undefined) return undefined;
  return {
    root: plain(root),
    mountPoint: plain(mountPoint),
    fstype,
    source: plain(source ?? ""),
    propagation,
    // No mount has the number 0: so an encoder writes what it was not told.
    ...(NUMBER.test(id ?? "") && NUMBER.test(parent ?? "") && options !== undefined
      ? { id: Number(id), parent: Number(parent), readOnly: isReadOnly(options) || isReadOnly(whole ?? "") }
      : {}),
  };
}

const NUMBER = /^[1-9]\d{0,15}$/;
const isReadOnly = (options: string): boolean => options.split(",").includes("ro");

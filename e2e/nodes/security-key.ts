/** A FIDO key in software: what `ssh-keygen -w` and SSH_SK_PROVIDER take. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Into `folder`; gives its path. Throws where there is no C compiler. */
export function buildSecurityKey(folder: string): string {
  const file = join(folder, "security-key.so");
  const source = join(import.meta.dirname, "security-key.c");
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", file, source, "-l:libcrypto.so.3"]);
  return file;
}

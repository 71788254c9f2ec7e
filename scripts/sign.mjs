// Signatures beside files, by the keys that the environment names; a program that fails or lacks is said, never passed over.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";

/** The namespace of ssh signatures: one made for something else is none of ours (ssh-keygen(1), -Y sign). */
const NAMESPACE = "podglass-release";

function sign(program, args, path) {
  const done = spawnSync(program, [...args, path], { stdio: ["ignore", 2, 2] });
  if (done.error)
    throw new Error(
      `${path} was not signed: ${done.error.code === "ENOENT" ? `${program} is not installed` : done.error.message}`,
    );
  if (done.status !== 0)
    throw new Error(`${path} was not signed: ${program} ended with ${done.status}; its words are above`);
}

/**
 * SSH_SIGNING_KEY, an OpenSSH private key's file: PATH.sig. COSIGN_KEY or COSIGN_KEYLESS: PATH.sigstore. Returns what was
 * made; none where the environment names no key. Throws where one was named and did not sign.
 */
export function signAll(paths, { SSH_SIGNING_KEY: ssh, COSIGN_KEY: key, COSIGN_KEYLESS: keyless }) {
  const made = [];
  for (const path of paths) {
    if (ssh) {
      rmSync(`${path}.sig`, { force: true }); // ssh-keygen would ask before it writes over one
      sign("ssh-keygen", ["-Y", "sign", "-q", "-n", NAMESPACE, "-f", ssh], path);
      made.push(`${path}.sig`);
    }
    if (key || keyless) {
      sign("cosign", ["sign-blob", "--yes", ...(key ? ["--key", key] : []), "--bundle", `${path}.sigstore`], path);
      made.push(`${path}.sigstore`);
    }
  }
  return made;
}

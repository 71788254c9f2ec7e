/** Public keys as they are in known_hosts and on the wire. */
import { createHash } from "node:crypto";

/** "SHA256:…" as ssh-keygen -l prints it: base64 without padding. */
export const fingerprint = (blob: Uint8Array): string =>
  `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;

/** The algorithm name that a public key blob begins with (RFC 4253 6.6); "" when it is none. */
export function keyType(blob: Uint8Array): string {
  const view = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (view.length < 4) return "";
  const length = view.readUInt32BE(0);
  return length > 64 || view.length < 4 + length ? "" : view.toString("latin1", 4, 4 + length);
}

const SHORT: Record<string, string> = { "ssh-rsa": "RSA", "ssh-ed25519": "ED25519", "ssh-dss": "DSA" };

/** "ED25519", "RSA", "ECDSA": how ssh names a key type to people. */
export const keyTypeName = (type: string): string =>
  SHORT[type] ?? (type.startsWith("ecdsa-") ? "ECDSA" : type.replace(/@.*$/, "").toUpperCase());

/** Signature algorithms to offer for a key of this type. SHA-1 (ssh-rsa) is left out, as in OpenSSH since 8.8. */
export const algorithmsOf = (type: string): string[] =>
  type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];

/** What ssh2 can verify, strongest first, in the order in which OpenSSH prefers them. */
export const HOST_KEY_ALGORITHMS = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** Private key files: the public half without a passphrase where the file gives it, the private half when it is needed. */
import ssh2, { type ParsedKey } from "ssh2";
import { NoKeyText, readKeyText } from "./key-text.ts";

export interface KeyFile {
  path: string;
  /** The public half; null when only the passphrase would tell. */
  publicKey: ParsedKey | null;
  encrypted: boolean;
  text: string;
}

/** Reads a key file. Returns a reason, in a few words, where it cannot be used. */
export async function readKeyFile(path: string): Promise<KeyFile | { path: string; why: string; missing: boolean }> {
  let text: string;
  try {
    text = await readKeyText(path);
  } catch (error) {
    if (!(error instanceof NoKeyText)) throw error;
    return { path, why: error.message, missing: error.missing };
  }
  const plain = parse(text);
  if (!(plain instanceof Error)) {
    if (!plain.isPrivateKey()) return { path, why: "is a public key", missing: false };
    return { path, publicKey: plain, encrypted: false, text };
  }
  if (!isEncrypted(text)) return { path, why: `is not a key that can be read (${plain.message})`, missing: false };
  return { path, publicKey: publicHalf(text) ?? (await publicBeside(path)), encrypted: true, text };
}

/** The private key, or null when the passphrase is not the right one. */
export function unlock(file: KeyFile, passphrase?: string): ParsedKey | null {
  const key = parse(file.text, passphrase);
  return key instanceof Error || !key.isPrivateKey() ? null : key;
}

/** ssh2 throws on some files and returns an Error for others. */
function parse(text: string | Buffer, passphrase?: string): ParsedKey | Error {
  try {
    const key = ssh2.utils.parseKey(text, passphrase);
    return Array.isArray(key) ? (key[0] ?? new Error("empty")) : key;
  } catch (error) {
    return error as Error;
  }
}

const isEncrypted = (text: string): boolean =>
  /^Proc-Type:.*ENCRYPTED/m.test(text) || /BEGIN ENCRYPTED PRIVATE KEY/.test(text) || openSshCipher(text) !== "none";

/** "openssh-key-v1\0", cipher, kdf, kdf options, number of keys, public key, … (OpenSSH PROTOCOL.key). */
function openSshParts(text: string): Buffer[] | null {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return null;
  const bytes = Buffer.from(body, "base64");
  const magic = "openssh-key-v1\0";
  if (bytes.toString("latin1", 0, magic.length) !== magic) return null;
  const parts: Buffer[] = [];
  let at = magic.length;
  for (let index = 0; index < 4; index++) {
    if (index === 3) at += 4; // the number of keys
    if (at + 4 > bytes.length) return null;
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) return null;
    parts.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

const openSshCipher = (text: string): string => openSshParts(text)?.[0]?.toString("latin1") ?? "none";

function publicHalf(text: string): ParsedKey | null {
  const blob = openSshParts(text)?.[3];
  if (!blob || blob.length < 4) return null;
  const type = blob.toString("latin1", 4, 4 + blob.readUInt32BE(0));
  const key = parse(`${type} ${blob.toString("base64")}`);
  return key instanceof Error ? null : key;
}

async function publicBeside(path: string): Promise<ParsedKey | null> {
  const text = await readKeyText(`${path}.pub`).catch(() => null);
  const key = text === null ? null : parse(text);
  return key === null || key instanceof Error ? null : key;
}

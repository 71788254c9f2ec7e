/**
 * The keys to log in with, in OpenSSH's order: for each key file the agent's copy of it, then the agent's other keys
 * (not with IdentitiesOnly), then the files themselves. A passphrase is asked for only when the server would take the key.
 */

import ssh2, { type KnownPublicKeys, type ParsedKey, type SignCallback, type SigningRequestOptions } from "ssh2";
import type { Interaction } from "../transport/transport.ts";
import type { HostSettings } from "./config.ts";
import { type KeyFile, readKeyFile, unlock } from "./key-file.ts";
import { readKeyText } from "./key-text.ts";
import type { Keyring } from "./keyring.ts";

/** One key, as an agent that has it alone: ssh2 then asks after each key what to try next. */
export class Identity extends ssh2.BaseAgent<ParsedKey> {
  readonly publicKey: ParsedKey;
  readonly #sign: (data: Buffer, options: SigningRequestOptions) => Promise<Buffer>;

  constructor(publicKey: ParsedKey, sign: (data: Buffer, options: SigningRequestOptions) => Promise<Buffer>) {
    super();
    this.publicKey = publicKey;
    this.#sign = sign;
  }

  getIdentities(callback: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    callback(undefined, [this.publicKey]);
  }

  sign(_key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, callback?: SignCallback): void {
    const done = (typeof options === "function" ? options : callback) as SignCallback;
    this.#sign(data, typeof options === "function" ? {} : options).then(
      (signature) => done(undefined, signature),
      (error: Error) => done(error),
    );
  }
}

/** The keys of one login; forgotten when the login is over. */
export class Identities {
  readonly #settings: HostSettings;
  readonly #interaction: Pick<Interaction, "prompts">;
  readonly #keyring: Keyring;
  /** A person is thinking, asked by this login or by another. */
  readonly #thinking: (yes: boolean) => void;
  #over = false;
  #identities: Identity[] | null = null;
  /** For the message when nothing was accepted: "agent (2 keys)", "/root/.ssh/id_ed25519". */
  readonly tried: string[] = [];
  /** Key files that were named and could not be used, in words. */
  readonly unusable: string[] = [];

  constructor(
    settings: HostSettings,
    interaction: Pick<Interaction, "prompts">,
    keyring: Keyring,
    thinking: (yes: boolean) => void,
  ) {
    this.#thinking = thinking;
    this.#settings = settings;
    this.#interaction = interaction;
    this.#keyring = keyring;
  }

  /** The next key that was not tried yet; null after the last. */
  async next(): Promise<Identity | null> {
    this.#identities ??= await this.#load();
    return this.#identities.shift() ?? null;
  }

  /** Drops everything that was unlocked. */
  forget(): void {
    this.#over = true;
    this.#identities = [];
  }

  async #load(): Promise<Identity[]> {
    const files: KeyFile[] = [];
    for (const path of this.#settings.identityFiles) {
      const file = await readKeyFile(path);
      if ("why" in file) {
        if (this.#settings.identityFilesGiven || !file.missing) this.unusable.push(`${path} ${file.why}`);
      } else files.push(file);
    }
    const agent = await this.#agentKeys();
    const blob = (key: ParsedKey) => key.getPublicSSH().toString("base64");
    const wanted = new Set(files.flatMap((file) => (file.publicKey ? [blob(file.publicKey)] : [])));
    for (const path of this.#settings.identityFiles) {
      const beside = await publicOnly(path);
      if (beside) wanted.add(blob(beside));
    }
    const named = agent.filter((one) => wanted.has(blob(one.publicKey)));
    const others = this.#settings.identitiesOnly ? [] : agent.filter((one) => !wanted.has(blob(one.publicKey)));
    const held = new Set(agent.map((one) => blob(one.publicKey)));
    const own: Identity[] = [];
    for (const file of files) {
      if (file.publicKey && held.has(blob(file.publicKey))) continue;
      const identity = await this.#fileIdentity(file);
      if (identity) own.push(identity);
    }
    if (named.length + others.length > 0) this.tried.push(`the agent's ${count(named.length + others.length, "key")}`);
    for (const file of files) this.tried.push(file.path);
    return [...named, ...others, ...own];
  }

  async #agentKeys(): Promise<Identity[]> {
    const socket = this.#settings.identityAgent;
    if (socket === null) return [];
    const agent = ssh2.createAgent(socket);
    const keys = await new Promise<ParsedKey[]>((resolve) =>
      agent.getIdentities((error, found) => {
        if (error) this.unusable.push(`the agent at ${socket} does not answer`);
        resolve(error ? [] : parsedKeys(found ?? []));
      }),
    );
    return keys.map(
      (publicKey) =>
        new Identity(
          publicKey,
          (data, options) =>
            new Promise((resolve, reject) =>
              agent.sign(publicKey, data, options, (error, signature) =>
                error || !signature ? reject(error ?? new Error("the agent gave no signature")) : resolve(signature),
              ),
            ),
        ),
    );
  }

  /** A key whose public half only the passphrase tells is unlocked at once; others when they are needed. */
  async #fileIdentity(file: KeyFile): Promise<Identity | null> {
    let unlocked: ParsedKey | null = file.encrypted ? null : unlock(file);
    if (file.encrypted && !file.publicKey) unlocked = await this.#unlocked(file);
    const publicKey = file.publicKey ?? unlocked;
    if (!publicKey) return null;
    return new Identity(publicKey, async (data, options) => {
      unlocked ??= await this.#unlocked(file);
      if (!unlocked) throw new Error(`${file.path} stayed locked`);
      const signature: Buffer | Error = unlocked.sign(data, options.hash);
      if (signature instanceof Error) throw signature;
      return signature;
    });
  }

  async #unlocked(file: KeyFile): Promise<ParsedKey | null> {
    if (this.#settings.batchMode) return null;
    this.#thinking(true);
    try {
      const key = await this.#keyring.unlocked(file.path, () => this.#askPassphrase(file));
      if (key === null) this.unusable.push(`${file.path} stayed locked`);
      return key;
    } finally {
      this.#thinking(false);
    }
  }

  async #askPassphrase(file: KeyFile): Promise<ParsedKey | null | "withdrawn"> {
    for (let attempt = 0; attempt < this.#settings.passwordPrompts; attempt++) {
      const answers = await this.#interaction.prompts({
        kind: "passphrase",
        title: `Passphrase for ${file.path}`,
        detail:
          attempt === 0
            ? `The key is needed to log in to ${this.#settings.alias}.`
            : "That was not the passphrase of this key.",
        prompts: [{ text: "Passphrase:", echo: false }],
      });
      if (answers === null) return this.#over ? "withdrawn" : null;
      const key = unlock(file, answers[0] ?? "");
      if (key) return key;
    }
    return null;
  }
}

/** `IdentityFile key.pub` names a key that only the agent has. */
async function publicOnly(path: string): Promise<ParsedKey | null> {
  for (const name of [path, `${path}.pub`]) {
    const text = await readKeyText(name).catch(() => "");
    if (!/^(ssh-|ecdsa-)/.test(text)) continue;
    const key = ssh2.utils.parseKey(text);
    if (!(key instanceof Error)) return key;
  }
  return null;
}

/** ssh2's own agents give parsed keys; its types allow raw ones too. Kinds that it cannot parse (sk-…, certificates) are left out. */
const parsedKeys = (keys: KnownPublicKeys): ParsedKey[] =>
  keys.flatMap((one) => {
    const key = ssh2.utils.parseKey(one as Buffer);
    return key instanceof Error ? [] : [key];
  });

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

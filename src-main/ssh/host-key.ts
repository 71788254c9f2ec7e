/**
 * Decides about the key that a host shows, before anything of the person's is sent. There is no way to switch this off,
 * and none to overwrite a changed key from inside Podglass.
 */
import { shellQuote } from "../../src-shared/shell-quote.ts";
import { ConnectionError, type Interaction } from "../transport/transport.ts";
import type { HostSettings } from "./config.ts";
import { algorithmsOf, fingerprint, HOST_KEY_ALGORITHMS, keyType, keyTypeName } from "./key-format.ts";
import { judge, type KnownHosts, type KnownKey, keysFor, knownHostsName } from "./known-hosts.ts";
import { addKnownHost, readKnownHosts } from "./known-hosts-file.ts";

/** Checks the keys of one host in one connection. */
export class HostKeyCheck {
  readonly #settings: HostSettings;
  readonly #interaction: Interaction;
  readonly #known: KnownHosts;
  readonly #host: string;
  readonly #port: number;
  /** Takes a question back. */
  readonly #over: AbortSignal;
  #accepted: Buffer | null = null;
  #toSave: Buffer | null = null;

  private constructor(settings: HostSettings, interaction: Interaction, known: KnownHosts, over: AbortSignal) {
    this.#settings = settings;
    this.#interaction = interaction;
    this.#known = known;
    this.#over = over;
    // A HostKeyAlias stands for the host whatever its port is (sshconnect.c get_hostfile_hostname_ipaddr).
    this.#host = settings.hostKeyAlias ?? settings.hostName;
    this.#port = settings.hostKeyAlias === null ? settings.port : 22;
  }

  static async open(settings: HostSettings, interaction: Interaction, over: AbortSignal): Promise<HostKeyCheck> {
    const files = [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles];
    return new HostKeyCheck(settings, interaction, await readKnownHosts(files), over);
  }

  /** Algorithms to offer: those first for which a key is known, so that a host known by its RSA key alone shows that one. */
  algorithms(): string[] {
    const keys = keysFor(this.#known, knownHostsName(this.#host, this.#port)).filter((key) => key.marker === "");
    const known = new Set(keys.flatMap((key) => algorithmsOf(key.type)));
    const order = (wanted: boolean) => HOST_KEY_ALGORITHMS.filter((name) => known.has(name) === wanted);
    return [...order(true), ...order(false)];
  }

  /** Resolves when the key may be trusted. Throws ConnectionError ("hostkey") with what to do when not. */
  async verify(blob: Buffer): Promise<void> {
    if (this.#accepted) {
      if (this.#accepted.equals(blob)) return;
      throw new ConnectionError(
        "hostkey",
        `${this.#name} changed its host key within a connection. The connection was ended.`,
      );
    }
    const verdict = judge(this.#known, this.#host, this.#port, blob);
    if (verdict.kind === "revoked") throw this.#revoked(verdict.known, blob);
    if (verdict.kind === "changed") throw this.#changed(verdict.known, blob);
    if (verdict.kind === "unknown") {
      if (this.#settings.strict === "yes") throw this.#unknownRefused(blob, verdict.authority);
      if (this.#settings.strict === "ask" && !(await this.#ask(blob, verdict.authority)))
        throw new ConnectionError(
          "hostkey",
          `The host key of ${this.#name} was not accepted, so nothing was sent there.`,
        );
      this.#toSave = blob;
    }
    this.#accepted = blob;
  }

  /**
   * Writes a key that was accepted to the person's own file. Called only once the server has proved that it has the
   * private half: verify() runs before its signature is checked. A file that cannot be written is worth a word, no more.
   */
  async remember(): Promise<void> {
    const blob = this.#toSave;
    const file = this.#settings.userKnownHostsFiles[0];
    this.#toSave = null;
    if (!blob || file === undefined) return;
    try {
      await addKnownHost(file, this.#host, this.#port, blob, this.#known.hashed || this.#settings.hashKnownHosts);
    } catch (error) {
      this.#interaction.progress(
        `the host key of ${this.#name} could not be written to ${file} (${(error as NodeJS.ErrnoException).code}); it will be asked about again`,
      );
    }
  }

  get #name(): string {
    return knownHostsName(this.#host, this.#port);
  }

  #ask(blob: Buffer, authority: KnownKey | undefined): Promise<boolean> {
    const file = this.#settings.userKnownHostsFiles[0];
    const detail = [
      `Nobody has logged in from here to ${this.#name} with this key before. Compare the fingerprint with the one that the host's owner gives you.`,
      authority ? authorityNote(authority) : "",
      file === undefined
        ? "No known_hosts file is set, so the answer holds for this time only."
        : `If you accept, the key is added to ${file}.`,
    ];
    const question = {
      host: this.#name,
      keyType: keyTypeName(keyType(blob)),
      fingerprint: fingerprint(blob),
      detail: detail.filter(Boolean).join(" "),
    };
    return this.#interaction.hostKey(question, this.#over);
  }

  #changed(known: KnownKey, blob: Buffer): ConnectionError {
    return new ConnectionError(
      "hostkey",
      `The host key of ${this.#name} has changed, so nothing was sent there. ${known.file}:${known.line} has ${show(known.type, known.blob)}; the server shows ${show(keyType(blob), blob)}. ` +
        `Either the host was made anew, or somebody stands between you and it. Ask its owner; if the change is right, remove the old key with: ssh-keygen -f ${shellQuote(known.file)} -R ${shellQuote(this.#name)}`,
    );
  }

  #revoked(known: KnownKey, blob: Buffer): ConnectionError {
    return new ConnectionError(
      "hostkey",
      `The host key of ${this.#name}, ${show(keyType(blob), blob)}, is marked @revoked in ${known.file}:${known.line}. Nothing was sent there. Ask the host's owner for a new key.`,
    );
  }

  #unknownRefused(blob: Buffer, authority: KnownKey | undefined): ConnectionError {
    return new ConnectionError(
      "hostkey",
      `The host key of ${this.#name} is not known: it shows ${show(keyType(blob), blob)}, and nothing may be accepted here (StrictHostKeyChecking=yes).${authority ? ` ${authorityNote(authority)}` : ""} ` +
        `Log in once with ssh to accept it, or use -o StrictHostKeyChecking=ask.`,
    );
  }
}

const authorityNote = (authority: KnownKey): string =>
  `${authority.file}:${authority.line} trusts host certificates of an authority (@cert-authority) for this name; Podglass does not read host certificates, so only the plain key can be checked.`;
const show = (type: string, blob: Buffer): string => `${keyTypeName(type)} ${fingerprint(blob)}`;

/** The ways to log in to one host, tried in turn as the server allows them. Secrets live here, for the login only. */
import type { AnyAuthMethod, AuthHandlerMiddleware, Prompt } from "ssh2";
import type { Interaction } from "../transport/transport.ts";
import type { HostSettings } from "./config.ts";
import { Identities } from "./identities.ts";
import type { Keyring } from "./keyring.ts";

export class Login {
  readonly #settings: HostSettings;
  readonly #interaction: Pick<Interaction, "prompts">;
  readonly #identities: Identities;
  /** A person is thinking: clocks stand still. */
  readonly #thinking: (yes: boolean) => void;
  readonly #tried = new Map<string, number>();
  #allowed: string[] | null = null;
  #cancelled = false;

  /** `over`: takes a question back. */
  constructor(
    settings: HostSettings,
    interaction: Pick<Interaction, "prompts">,
    keyring: Keyring,
    thinking: (yes: boolean) => void,
    over: AbortSignal,
  ) {
    this.#settings = settings;
    this.#thinking = thinking;
    this.#interaction = {
      prompts: async (question) => {
        this.#thinking(true);
        try {
          const answers = await interaction.prompts(question, over);
          if (answers === null) this.#cancelled = true;
          return answers;
        } finally {
          this.#thinking(false);
        }
      },
    };
    this.#identities = new Identities(settings, this.#interaction, keyring, thinking);
  }

  /**
   * ssh2 asks for the next method. What it says is still accepted is out of date after a key (it goes on to the next key
   * by itself), so that comes from heard().
   */
  readonly next: AuthHandlerMiddleware = (_left, _partial, next) => {
    this.#choose().then(
      (method) => next((method ?? false) as AnyAuthMethod),
      () => next(false as unknown as AnyAuthMethod),
    );
  };

  /** Every line of ssh2's debug output; only the server's answer to a login is taken from it, nothing is kept or shown. */
  readonly heard = (line: string): void => {
    const methods = /^Inbound: Received USERAUTH_FAILURE \(([\w,@.-]*)\)$/.exec(line)?.[1]?.split(",");
    if (!methods) return;
    // Another list than before: a part of what is asked for was given, and what was tried may be asked for anew.
    if (this.#allowed && methods.join() !== this.#allowed.join()) this.#tried.clear();
    this.#allowed = methods;
  };

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Why nobody was let in: for a person who must now find out which key or name is wrong. */
  /** tooMany: the server hung up after its MaxAuthTries; every key that an agent offers is a try. */
  refusal(tooMany = false): string {
    const tried = [...this.#identities.tried];
    if (this.#tried.has("keyboard-interactive")) tried.push("answers to its questions");
    if (this.#tried.has("password")) tried.push("a password");
    const who = `${this.#settings.user}@${this.#settings.alias}`;
    const parts = [
      this.#cancelled
        ? `The login to ${who} was given up.`
        : tried.length > 0
          ? `${who} was not let in with ${list(tried)}.`
          : `There was nothing to log in to ${who} with.`,
    ];
    if (this.#identities.unusable.length > 0) parts.push(`Not used: ${this.#identities.unusable.join("; ")}.`);
    if (this.#allowed) parts.push(`The server accepts: ${this.#allowed.join(", ")}.`);
    if (tooMany)
      parts.push(
        "The server hung up after too many tries (MaxAuthTries, 6 by default), and each key of an agent is one: name the right one with IdentityFile and set IdentitiesOnly yes for this host in ssh_config, or remove keys from the agent (ssh-add -d).",
      );
    return parts.join(" ");
  }

  forget(): void {
    this.#identities.forget();
  }

  async #choose(): Promise<AnyAuthMethod | null> {
    const username = this.#settings.user;
    const allowed = this.#allowed;
    if (allowed === null) return { type: "none", username };
    if (this.#cancelled) return null;
    for (const method of this.#settings.methods) {
      if (!allowed.includes(method)) continue;
      const times = this.#tried.get(method) ?? 0;
      if (method === "publickey") {
        const agent = await this.#identities.next();
        if (agent) return { type: "agent", username, agent };
      }
      if (this.#settings.batchMode) continue;
      if (method === "keyboard-interactive" && times < this.#settings.passwordPrompts) {
        this.#tried.set(method, times + 1);
        return { type: "keyboard-interactive", username, prompt: (...args) => this.#keyboard(...args) };
      }
      if (method === "password" && times < this.#settings.passwordPrompts) {
        this.#tried.set(method, times + 1);
        const answers = await this.#interaction.prompts({
          kind: "password",
          title: `Password of ${username} on ${this.#settings.alias}`,
          detail:
            times === 0
              ? "It is sent to this host only, through the encrypted connection, and kept nowhere."
              : "That password was not accepted.",
          prompts: [{ text: "Password:", echo: false }],
        });
        if (answers === null) return null;
        return { type: "password", username, password: answers[0] ?? "" };
      }
    }
    return null;
  }

  #keyboard(
    name: string,
    instructions: string,
    _lang: string,
    prompts: Prompt[],
    finish: (answers: string[]) => void,
  ): void {
    this.#interaction
      .prompts({
        kind: "keyboard",
        title: cut(name, 200) || `${this.#settings.user} on ${this.#settings.alias}`,
        detail: cut(instructions, 2000),
        prompts: prompts.slice(0, 16).map((prompt) => ({ text: cut(prompt.prompt, 500), echo: prompt.echo === true })),
      })
      .then(
        (answers) => finish(prompts.map((_, index) => answers?.[index] ?? "")),
        () => finish(prompts.map(() => "")),
      );
  }
}

const cut = (text: string, most: number): string => text.trim().slice(0, most);
const list = (words: string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

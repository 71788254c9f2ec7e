/**
 * Passphrases of keys for the logins by the system's ssh that are under way just now: one that serves a hundred nodes is
 * asked once. They are held in memory alone, and forgotten with the last of those logins.
 */
import { execFile } from "node:child_process";
import type { Interaction } from "../../transport/transport.ts";
import { whileUnderWay } from "../keyring.ts";

/** ssh's own question for a key's file (sshconnect2.c, load_identity_file). A PIN is none: a token locks after a few wrong ones. */
const OF_A_KEY = /^Enter passphrase for key '[^\n]*': ?$/;

interface Given {
  answers: Promise<string[] | null>;
  /** The question was taken back with the login that asked it; nobody said no. */
  withdrawn: boolean;
}

export class Passphrases {
  readonly #given = new Map<string, Given>();
  readonly #tellsApart: () => Promise<boolean>;

  /** `tellsApart`: whether ssh marks what a server asks, so that no server can ask what was told for a key. */
  constructor(tellsApart = marksServers) {
    this.#tellsApart = tellsApart;
  }

  /** What one login asks with. It is given an answer once: asked again, it was wrong, and a person is asked anew. */
  forLogin(interaction: Interaction): Interaction {
    const had = new Map<string, Given>();
    return {
      ...interaction,
      prompts: async (question, signal) => {
        const { detail } = question;
        if (!OF_A_KEY.test(detail) || !(await this.#tellsApart())) return interaction.prompts(question, signal);
        for (;;) {
          const known = this.#given.get(detail);
          const given =
            known === undefined || known === had.get(detail)
              ? this.#ask(detail, interaction.prompts(question, signal), signal)
              : known;
          had.set(detail, given);
          const answers = await given.answers;
          if (given !== known || !given.withdrawn) return answers;
        }
      },
    };
  }

  #ask(detail: string, asked: Promise<string[] | null>, signal: AbortSignal | undefined): Given {
    const given: Given = { withdrawn: false, answers: asked };
    given.answers = asked.then((answers) => {
      if (answers !== null) return answers;
      given.withdrawn = signal?.aborted === true;
      // A no is for those who wait; who comes later may ask.
      if (this.#given.get(detail) === given) this.#given.delete(detail);
      return null;
    });
    this.#given.set(detail, given);
    return given;
  }

  forget(): void {
    this.#given.clear();
  }
}

/** The memory of the logins that are under way, for the time of one. */
export const withPassphrases = whileUnderWay(() => new Passphrases());

let marks: Promise<boolean> | undefined;

/** Since 8.5 ssh puts "(user@host) " before a server's own questions (its release notes, bz#3224). */
function marksServers(): Promise<boolean> {
  marks ??= new Promise((resolve) =>
    execFile("ssh", ["-V"], (_error, _stdout, stderr) => {
      const [, major, minor] = /^OpenSSH_(\d+)\.(\d+)/.exec(stderr) ?? [];
      resolve(Number(major) * 1000 + Number(minor) >= 8005);
    }),
  );
  return marks;
}

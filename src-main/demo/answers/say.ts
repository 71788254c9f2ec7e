/** The small language in which our changing scripts speak (actions/common.sh): a word, a name, the rest. */
import { KernelError } from "../kernel.ts";
import type { Answer, Call } from "./answer.ts";

/** As `refuse` and `fail` in common.sh: a check does not hold, or the kernel said no. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly check: string;
  constructor(check: string, detail: string) {
    super(detail);
    this.check = check;
  }
}

export type Say = (...words: (string | number)[]) => void;

/** As ask_manifest in common.sh: the text that the app answers with. */
export type AskManifest = (...made: (string | number)[]) => Promise<string>;

/** Runs the work, then sends what it said; a refusal is exit status 10, a failure 11. */
export const scripted =
  (work: (call: Call, say: Say, ask: AskManifest) => void | Promise<void>): Answer =>
  async (call) => {
    const lines: string[] = [];
    const say: Say = (...words) => lines.push(words.join(" "));
    const send = () =>
      call.write(
        lines
          .splice(0)
          .map((line) => `${line}\n`)
          .join(""),
      );
    const ask: AskManifest = async (...made) => {
      say("ask", "manifest", ...made);
      await send();
      const manifest = await call.line();
      if (manifest === undefined) throw new Refusal("failed", "nobody answered with the manifest");
      return manifest;
    };
    let code = 0;
    try {
      await work(call, say, ask);
    } catch (error) {
      if (error instanceof Refusal) {
        code = error.check === "failed" ? 11 : 10;
        say("no", error.check, error.message);
      } else if (error instanceof KernelError) {
        code = 11;
        say("no", "failed", error.message);
      } else throw error;
    }
    await send();
    return code;
  };

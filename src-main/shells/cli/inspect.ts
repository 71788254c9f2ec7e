/** The Inspector as a command asks it: requests with their types, a terminal's own powers, and its answers to questions. */

import type { ApiEvent, Results } from "../../../src-shared/api.ts";
import { inert } from "../../../src-shared/format.ts";
import type { RequestInput, RequestName } from "../../../src-shared/requests.ts";
import { Sequencer } from "../../../src-shared/sequencer.ts";
import { Inspector, type InspectorOptions } from "../../inspector.ts";
import { stateDir } from "../../storage/places.ts";
import type { ShellPowers } from "../shell.ts";
import { answerOf, say } from "./terminal.ts";

const notHere = (): never => {
  throw new Error("A command takes the names of files as words.");
};

/** What a terminal can: a command is its own confirmation, unless `confirm` asks for a word more. */
const powers = (show: ShellPowers["show"], confirm: ShellPowers["confirm"] = async () => true): ShellPowers => ({
  typed: true,
  show,
  actions: "confirm",
  confirm,
  saveFile: notHere,
  openFile: notHere,
});

type Ask = <N extends RequestName>(
  name: N,
  input: RequestInput<N>,
  confirm?: ShellPowers["confirm"],
) => Promise<Results[N]>;

export interface Inspecting {
  /** Rejects as the Inspector does, with the errors' own classes: exit.ts makes statuses of them. */
  ask: Ask;
  subscribe(listener: (event: ApiEvent) => void): () => void;
  /** The connection itself, for a stream that is handed through. Throws where the target is a file. */
  wayTo: Inspector["wayTo"];
}

/** Its questions are put to whoever sits at this terminal, one after another; what is said of a way in is said once. */
export function inspect(options: Pick<InspectorOptions, "readOnly" | "source">): Inspecting {
  const inspector = new Inspector({ ...options, stateDir: stateDir(), actions: "confirm", recent: false });
  let shown = false;
  const show = (what: string, text: string): void => {
    // Of many nodes the first one's text stands for all.
    say(shown ? `${what}.` : `${what}:\n${text}`);
    shown = true;
  };
  const ask: Ask = (name, input, confirm) => inspector.request(name, input, powers(show, confirm)) as Promise<never>;
  const questions = new Sequencer();
  const open = new Set<string>();
  const noted = new Set<string>();
  inspector.subscribe((event) => {
    if (event.type === "node" && event.state.note !== undefined && !noted.has(event.state.nodeId)) {
      noted.add(event.state.nodeId);
      say(inert(event.state.note, 500));
    }
    if (event.type === "asked") open.delete(event.askId);
    if (event.type !== "ask") return;
    const question = event.ask;
    open.add(question.askId);
    void questions.run(async () => {
      if (!open.has(question.askId)) return;
      const answers = await answerOf(question);
      // The server may have hung up meanwhile: then nobody waits for it any more.
      if (open.has(question.askId)) await ask("ask.answer", { askId: question.askId, answers });
    });
  });
  return {
    ask,
    subscribe: (listener) => inspector.subscribe(listener),
    wayTo: (nodeId) => inspector.wayTo(nodeId),
  };
}

/** The embedded node: Podglass reaches it over SSH exactly as it reaches a real one. */

import { actionAnswers } from "./answers/actions.ts";
import type { Answer } from "./answers/answer.ts";
import { labAnswers } from "./answers/lab.ts";
import { answerProbe } from "./answers/probe.ts";
import { DemoNode } from "./node.ts";
import { sceneOf } from "./scenes/index.ts";
import { type DemoServer, startServer } from "./server.ts";

export interface Demo extends DemoServer {
  model: DemoNode;
}

/** Every script that the demo node knows, by the name in its first line. */
const answers: ReadonlyMap<string, Answer> = new Map([["probe", answerProbe], ...actionAnswers, ...labAnswers]);

/** `scene` is an id of scenes/; RangeError where there is none of that name. */
export async function startDemo(options: { scene?: string; clock?: () => number } = {}): Promise<Demo> {
  const model = new DemoNode(sceneOf(options.scene), options.clock);
  return { ...(await startServer(model, answers)), model };
}

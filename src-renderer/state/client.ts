import type { Api, Results } from "../../src-shared/api.ts";
import type { RequestInput, RequestName } from "../../src-shared/requests.ts";
import { notify } from "./notices.ts";

let current: Api | undefined;

/** The shell's API, set once at start (and by tests). */
export function setApi(api: Api): void {
  current = api;
}

export function shellApi(): Api {
  if (current === undefined) throw new Error("The window asked before its shell answered; reload the window.");
  return current;
}

/** Asks the Inspector. Rejects with a sentence for a person. */
export const request = <N extends RequestName>(name: N, input: RequestInput<N>): Promise<Results[N]> =>
  shellApi().request(name, input);

/** Asks, and shows a refusal as a notice; for requests whose failure has no better place on the screen. */
export async function attempt<N extends RequestName>(name: N, input: RequestInput<N>): Promise<Results[N] | undefined> {
  try {
    return await request(name, input);
  } catch (error) {
    notify({ tone: "bad", text: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

/** Exit statuses, a published contract. */
import { ConnectionError, ReadingError } from "../../transport/transport.ts";

export const EXIT = { done: 0, no: 1, usage: 2, unreachable: 3, unreadable: 4 } as const;

/** A check or an action said no, or the pod named is none or several; words already said what. */
export class Refusal extends Error {
  override name = "Refusal";
}

/** The command was not understood. */
export class Usage extends Error {
  override name = "Usage";
}

export function statusOf(error: unknown): number {
  if (error instanceof Refusal) return EXIT.no;
  if (error instanceof Usage) return EXIT.usage;
  if (error instanceof ConnectionError) return error.kind === "config" ? EXIT.usage : EXIT.unreachable;
  if (error instanceof ReadingError) return EXIT.unreadable;
  return EXIT.no;
}

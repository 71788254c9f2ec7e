/** What a choice of "what if" does to the picture; keys as in the layout, namespaces by id. */
export interface WhatIfState {
  /** The holder that would go: a row's or a holder's key. */
  chosen: string;
  spaces: ReadonlyMap<string, "dies" | "stays">;
  rows: ReadonlyMap<string, "ends" | "runs" | "stuck">;
}

/** The table of actions. */
import type { ActionName } from "../../src-shared/actions.ts";
import type { Action } from "./action.ts";
import { drop } from "./drop/drop.ts";
import { pin } from "./pin/pin.ts";
import { restore } from "./restore/restore.ts";
import { unpin } from "./unpin/unpin.ts";

const TABLE: Record<ActionName, Action> = { pin, unpin, drop, restore };

export const actionOf = (name: ActionName): Action => TABLE[name];

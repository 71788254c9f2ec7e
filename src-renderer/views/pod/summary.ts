import { listed } from "../../../src-shared/format.ts";
import { NAMESPACE_TYPES, type NamespaceType } from "../../../src-shared/model.ts";
import { isNotKnown } from "../../../src-shared/reasons.ts";
import type { PodReport } from "../../../src-shared/reports.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";

export interface Summary {
  tone: "plain" | "bad";
  /** The answer, in one clause. */
  bold: string;
  /** For whom, and what else holds. */
  rest: string;
}

const sharedOf = (report: PodReport) =>
  NAMESPACE_TYPES.flatMap((type) => {
    const holder = report.holders[type];
    return holder && !holder.initial ? [{ type, ...holder }] : [];
  });

const names = (list: readonly { type: NamespaceType }[]): string => listed(list.map(({ type }) => type));
const verb = (list: readonly unknown[], one: string, many: string): string => (list.length === 1 ? one : many);

/** The sentence that a tired person can act on: who holds this pod's namespaces, and what hangs on it. */
export function summaryOf(report: PodReport, model?: RailsModel): Summary {
  const spaces = sharedOf(report);
  const apps = model
    ? model.rows.filter(({ kind }) => kind === "app" || kind === "init").map(({ name }) => name)
    : report.containers.filter(({ kind, pid }) => kind !== "sandbox" && pid !== null).map(({ name }) => name);
  const whom = apps.length === 0 ? "" : apps.length > 4 ? ` for ${apps.length} containers` : ` for ${listed(apps)}`;
  const pinned = spaces.filter(({ heldBy }) => heldBy.includes("pin"));
  const { state } = report.pod.sandbox;
  if (spaces.length === 0 && model?.rows.some(({ unread }) => unread.length > 0))
    return {
      tone: "plain",
      bold: "who shares what could not be read",
      rest: ": this login may not look into the pod's processes. Log in as root, or open the node with sudo.",
    };
  if (isNotKnown(report.pod.sandbox)) return { tone: "plain", bold: "whether pause lives is not known", rest: "." };
  if (state === "process") {
    const held = spaces.filter(({ heldBy }) => heldBy.includes("sandbox"));
    const dying = held.filter(({ verdict }) => verdict === "yes");
    const open = held.filter(({ verdict }) => verdict === "unknown");
    const loose = held.filter(
      ({ heldBy, verdict }) => verdict === "no" && !heldBy.includes("pin") && !heldBy.includes("fd"),
    );
    const bold = held.length > 0 ? `pause holds ${names(held)}` : "pause runs and holds nothing of the pod";
    const rest = [
      pinned.length > 0
        ? ` ${names(pinned)} ${verb(pinned, "is", "are")} also pinned, so ${verb(pinned, "it", "they")} would survive pause.`
        : "",
      dying.length > 0 ? ` ${names(dying)} would end with it.` : "",
      open.length > 0
        ? ` Whether ${names(open)} would end with it is not known: not all that may hold ${verb(open, "it", "them")} was read.`
        : "",
      loose.length > 0 ? ` Without pause, ${names(loose)} would live only as long as a member runs.` : "",
    ].join("");
    return { tone: "plain", bold, rest: `${held.length > 0 ? whom : ""}.${rest}` };
  }
  if (state === "dropped")
    return {
      tone: "plain",
      bold: pinned.length > 0 ? `pins hold ${names(pinned)}` : "pause was dropped",
      rest: `${pinned.length > 0 ? whom : ""}.`,
    };
  if (state === "dead") {
    const loose = spaces.filter(({ heldBy }) => !heldBy.includes("pin") && !heldBy.includes("fd"));
    // The reasons beside it may say it already, with the names of the members.
    const said = report.pod.sandbox.reasons?.some(({ code }) => code === "borrowed") ?? false;
    const rest =
      loose.length > 0 && !said
        ? `; ${names(loose)} ${verb(loose, "lives", "live")} only as long as a member runs.`
        : ".";
    return { tone: "bad", bold: "the sandbox is dead", rest };
  }
  return {
    tone: "plain",
    bold:
      spaces.length > 0
        ? `${names(spaces)} ${verb(spaces, "is", "are")} shared without a sandbox`
        : "nothing is shared",
    rest: ".",
  };
}

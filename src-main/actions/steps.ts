/** Commands that the plans of several actions show, as an operator would type them. */
import type { Plan } from "../../src-shared/actions.ts";
import { shellQuote } from "../../src-shared/shell-quote.ts";
import type { Question } from "./question.ts";
import { identityArguments, type Target } from "./target.ts";

export type Step = Plan["steps"][number];

/** Before a mount's command, where our shell is in another mount namespace than pid 1's. */
export const firstMounts = ({ look }: Question): string => (look.entered ? "nsenter -t 1 -m -- " : "");

export const identitySteps = (target: Target): Step[] => {
  const process = target.sandbox ?? target.entry;
  if (!process) return [];
  const [pid, start, , cgroup] = identityArguments(process);
  return [
    {
      title: "Enter the process and make sure that it is the one of this plan",
      command: `cd /proc/${pid} && cut -d' ' -f22 stat && cat cgroup && ls -Li ns   # start ${start}, group ${shellQuote(cgroup)}`,
    },
  ];
};

/** "$manifest" is the new text, one line of JSON (docs/actions.md). */
export const writeManifest = ({ folder }: Target): string =>
  `printf '%s\\n' "$manifest" >${folder}/manifest.json.new && sync && mv ${folder}/manifest.json.new ${folder}/manifest.json`;

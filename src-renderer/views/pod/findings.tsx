import { inert } from "../../../src-shared/format.ts";
import type { Finding } from "../../../src-shared/reports.ts";
import { Icon } from "../../ui/icons.tsx";

const SIGN = { critical: "bad", warning: "warn", info: "info" } as const;
const TONE = { critical: "bad", warning: "warn", info: "" } as const;

/** What is wrong or surprising about this pod, worst first. */
export function PodFindings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return <p className="dim none">Nothing wrong or surprising was found in this pod.</p>;
  return (
    <ul className="flags">
      {findings.map((finding) => (
        <li key={`${finding.rule} ${finding.where} ${finding.title}`}>
          <Icon name={SIGN[finding.severity]} className={TONE[finding.severity]} label={finding.severity} />
          <div>
            <b>{inert(finding.title)}</b>
            <p>{inert(finding.why, 600)}</p>
            <p className="dim">{inert(finding.todo, 600)}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

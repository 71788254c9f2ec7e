import { useEffect, useMemo, useState } from "react";
import { version } from "../../../package.json";
import type { LogEntry } from "../../../src-shared/api.ts";
import { endingOf, logText } from "../../../src-shared/log-text.ts";
import { attempt } from "../../state/client.ts";
import { useRoute } from "../../state/route.ts";
import { copyText } from "../../ui/copy.ts";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty } from "../../ui/parts.tsx";
import "../../ui/view-head.css";
import "./log.css";
import { Head } from "../../ui/table.tsx";

const EVERY_MS = 1000;
const SHOWN = ["everything", "failures"] as const;

/** What was asked of which node, when, how long it took and what failed; newest first. */
export default function LogPage() {
  const [lines, setLines] = useState<readonly LogEntry[]>();
  const [shown, setShown] = useState<(typeof SHOWN)[number]>("everything");
  const [filter, setFilter] = useState("");
  const here = useRoute((route) => route.view === "log");
  useEffect(() => {
    if (!here) return;
    const load = async () => setLines((await attempt("log.list", {})) ?? []);
    void load();
    const timer = setInterval(() => void load(), EVERY_MS);
    return () => clearInterval(timer);
  }, [here]);
  const rows = useMemo(() => {
    const wanted = filter.toLowerCase();
    return (lines ?? [])
      .filter(({ state }) => shown === "everything" || state === "failed")
      .filter(({ target, what }) => `${target} ${what}`.toLowerCase().includes(wanted))
      .toSorted((a, b) => b.lastMs - a.lastMs);
  }, [lines, shown, filter]);
  const copy = (redact: boolean) =>
    copyText(
      logText(rows.toReversed(), { redact, head: `Podglass ${version}, log${redact ? ", redacted" : ""}` }),
      redact ? "the log without names and addresses" : "the log",
    );
  return (
    <Page label="Log" byHand={["podglass pods TARGET --verbose"]}>
      <header className="view-head">
        <h1>Log</h1>
        <p>What was asked of which node, and how it went. Kept in memory alone, until Podglass ends.</p>
        <span className="sep" />
        <Button icon="copy" disabled={rows.length === 0} onClick={() => void copy(true)}>
          Copy, redacted
        </Button>
        <Button kind="quiet" disabled={rows.length === 0} onClick={() => void copy(false)}>
          Copy as it is
        </Button>
      </header>
      <FilterBar
        of="the log"
        placeholder="Filter by node or words"
        words={filter}
        onWords={setFilter}
        label="Lines"
        shown={shown}
        choices={SHOWN}
        onShown={setShown}
      />
      {lines !== undefined && rows.length === 0 ? (
        <Empty icon="list" title={lines.length === 0 ? "Nothing was asked yet" : "No line matches"}>
          <p>
            {lines.length === 0
              ? "Open a node: each script that is run there, each reading and each failure is told here."
              : "Take the filter away, or show everything."}
          </p>
        </Empty>
      ) : (
        <div className="log-body">
          <table className="log-table">
            <Head of={["time", "node", "what", "how it went"]} />
            <tbody>
              {rows.map((line) => (
                <tr key={`${line.target} ${line.atMs} ${line.what} ${line.state}`} className={line.state}>
                  <td className="num">
                    <time dateTime={new Date(line.lastMs).toISOString()}>
                      {new Date(line.lastMs).toLocaleTimeString("en-GB")}
                    </time>
                  </td>
                  <td className="cut" title={line.target}>
                    {line.target}
                  </td>
                  <td className="log-what">{line.what}</td>
                  <td>
                    {line.state === "failed" && <Icon name="bad" className="bad" />} {endingOf(line)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}

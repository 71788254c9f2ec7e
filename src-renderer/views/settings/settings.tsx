import type { ReactNode } from "react";
import { license, version } from "../../../package.json";
import { shellApi } from "../../state/client.ts";
import { MUTED, useMuted } from "../../state/muted.ts";
import { useNodes } from "../../state/nodes.ts";
import { isText, oneOf, setSetting, useSetting, useSettings } from "../../state/settings.ts";
import { Page } from "../../ui/page.tsx";
import { Button, Segments } from "../../ui/parts.tsx";
import { SIZES, type TextSize, THEMES } from "../../ui/theme.ts";
import "../../ui/view-head.css";
import "./settings.css";

const CONTRASTS = ["system", "normal", "more"] as const;

/** What a person arranges for all nodes, and what this program is. Everything takes effect at once. */
export default function SettingsPage() {
  const [theme, setTheme] = useSetting("theme", "system", oneOf(...THEMES));
  const [contrast, setContrast] = useSetting("contrast", "system", oneOf(...CONTRASTS));
  const [size, setSize] = useSetting<TextSize>("textSize", "normal", oneOf(...SIZES));
  const [terminal, setTerminal] = useSetting("terminal", "", isText);
  const muted = useMuted();
  const readOnly = useNodes(({ open }) => Object.values(open).filter(({ state }) => state.readOnly).length);
  return (
    <Page label="Settings">
      <header className="view-head">
        <h1>Settings</h1>
        <p>Podglass {version}</p>
      </header>
      <div className="set-body">
        <h2>Looks and behaviour</h2>
        <Setting title="Theme">
          <Segments label="Theme" value={theme} options={named(THEMES)} onChange={setTheme} />
        </Setting>
        <Setting title="Contrast" note="More contrast has no tints and thicker lines.">
          <Segments label="Contrast" value={contrast} options={named(CONTRASTS)} onChange={setContrast} />
        </Setting>
        <Setting title="Text size" note="Everything grows with it, for a projector or tired eyes.">
          <Segments label="Text size" value={size} options={named(SIZES)} onChange={setSize} />
        </Setting>
        {shellApi().shell.kind === "desktop" && (
          <Setting
            title="Terminal program"
            note="Starts when a terminal is opened in a pod, with the command's words after its own: kitty, gnome-terminal --. Empty: the one that this computer has."
          >
            <input
              aria-label="Terminal program"
              maxLength={200}
              defaultValue={terminal}
              onChange={(event) => setTerminal(event.target.value)}
            />
          </Setting>
        )}
        <Setting
          title="Muted rules"
          note="Their findings are expected here: folded away on every node, and counted nowhere."
        >
          {muted.length === 0 ? (
            <span className="dim">none</span>
          ) : (
            <ul className="set-rules" aria-label="Muted rules">
              {muted.map((rule) => (
                <li key={rule}>
                  <code>{rule}</code>
                  <Button
                    kind="quiet"
                    onClick={() =>
                      setSetting(
                        MUTED,
                        muted.filter((one) => one !== rule),
                      )
                    }
                  >
                    Unmute
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </Setting>
        <Setting
          title="Refresh, deep scan, recording"
          note="A node's own: behind its state in the top bar (Live · every 1 s)."
        />
        <Setting title="Read-only" note="Chosen when a node is opened; then no action is offered or accepted there.">
          <span className="dim">{readOnly === 0 ? "no open node" : `${readOnly} of the open nodes`}</span>
        </Setting>
        <Setting
          title="Start again"
          note="Forgets how tables, panels, filters, theme and mutes were arranged. Nodes, recordings and the journal stay."
        >
          <Button onClick={forgetArrangement}>Reset settings</Button>
        </Setting>
        <h2>About</h2>
        <Setting title="Version">
          <span className="mono select">{version}</span>
        </Setting>
        <Setting title="Licence">
          <span>{license}</span>
        </Setting>
        <Setting
          title="Where files are kept"
          note="Settings, journal, recordings and the last hour of live nodes stay on this computer, in the folder that PODGLASS_STATE_DIR names; else ~/.local/state/podglass on Linux, Application Support on a Mac, LocalAppData on Windows."
        />
        <Setting
          title="What is sent where"
          note="Nothing, to nobody: no telemetry, no update check. Podglass speaks to the nodes that you open, over your own ssh, and to nothing else."
        />
      </div>
    </Page>
  );
}

const named = <T extends string>(values: readonly T[]) => values.map((value) => ({ value, label: value }));

/** Where nodes are remembered is not how the window is arranged. */
const KEPT = /^nodes\./;

function forgetArrangement(): void {
  for (const key of Object.keys(useSettings.getState().values)) if (!KEPT.test(key)) setSetting(key, null);
}

function Setting({ title, note, children }: { title: string; note?: string; children?: ReactNode }) {
  return (
    <section className="set-row">
      <h3>{title}</h3>
      <div>
        {children}
        {note && <p className="dim">{note}</p>}
      </div>
    </section>
  );
}

import { type ReactNode, useEffect, useState } from "react";
import { license, version } from "../../../package.json";
import { attempt, shellApi } from "../../state/client.ts";
import { MUTED, useMuted } from "../../state/muted.ts";
import { FIRST_VIEWS, go, isFirstView } from "../../state/route.ts";
import { isNumber, isText, oneOf, setSetting, useSetting, useSettings } from "../../state/settings.ts";
import { allowNotices, noticesAvailable } from "../../state/system-notices.ts";
import { copyText } from "../../ui/copy.ts";
import { Page } from "../../ui/page.tsx";
import { Button, Segments } from "../../ui/parts.tsx";
import { SIZES, type TextSize, THEMES } from "../../ui/theme.ts";
import "../../ui/view-head.css";
import { Licences } from "./licences.tsx";
import "./settings.css";

const CONTRASTS = ["system", "normal", "more"] as const;

const SSH = [
  { value: "auto", label: "as needed" },
  { value: "builtin", label: "built in" },
  { value: "system", label: "the system's" },
] as const;

const REFRESH = { "every 1 s": 1000, "2 s": 2000, "5 s": 5000, "30 s": 30_000, once: 0 };
const RESTING = { "every 10 s": 10, "30 s": 30, "5 min": 300, "as if in sight": 0 };
const SLOW = { "every 30 s": 30, "5 min": 300, "when asked": 0 };
const KEPT_FOR = { "not at all": 0, "15 min": 15, "1 hour": 60, "4 hours": 240 };
const KEPT_SIZE = { "16 MB": 16, "64 MB": 64, "256 MB": 256 };

/** A number among few, by its words; what a hand wrote into the file stays until another is chosen. */
function Numbers(props: { label: string; setting: string; fallback: number; options: Record<string, number> }) {
  const [value, setValue] = useSetting(props.setting, props.fallback, isNumber);
  return (
    <Segments
      label={props.label}
      value={Object.keys(props.options).find((name) => props.options[name] === value) ?? ""}
      options={named(Object.keys(props.options))}
      onChange={(name) => setValue(props.options[name] ?? props.fallback)}
    />
  );
}

/** What a person arranges for all nodes, and what this program is. Everything takes effect at once. */
export default function SettingsPage() {
  const [theme, setTheme] = useSetting("theme", "system", oneOf(...THEMES));
  const [contrast, setContrast] = useSetting("contrast", "system", oneOf(...CONTRASTS));
  const [size, setSize] = useSetting<TextSize>("textSize", "normal", oneOf(...SIZES));
  const [terminal, setTerminal] = useSetting("terminal", "", isText);
  const [ssh, setSsh] = useSetting<(typeof SSH)[number]["value"]>("ssh", "auto", oneOf("auto", "builtin", "system"));
  const [first, setFirst] = useSetting<(typeof FIRST_VIEWS)[number]>("firstView", "pods", isFirstView);
  const muted = useMuted();
  const [readOnly, setReadOnly] = useSetting("readOnly", false, (value) => typeof value === "boolean");
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
        <Setting title="First page" note="Where a node opens, and where a click on its name leads.">
          <Segments label="First page" value={first} options={named(FIRST_VIEWS)} onChange={setFirst} />
        </Setting>
        {shellApi().shell.kind === "desktop" && (
          <Setting
            title="Terminal program"
            note="Starts when a terminal is opened in a pod, with the command's words after its own: kitty, gnome-terminal --. Empty: the one that this computer has."
          >
            <input
              className="field"
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
        <h2>Nodes</h2>
        <Setting
          title="Refresh"
          note="Of nodes that are opened from now on. One node's own is behind its state in the top bar."
        >
          <Numbers label="Refresh" setting="everyMs" fallback={1000} options={REFRESH} />
        </Setting>
        <Setting
          title="Deep scan"
          note="How often the slow places are read too: mounts, open files, threads, sockets, the kernel's log. A node's state in the top bar asks for one at any time."
        >
          <Numbers label="Deep scan" setting="slowSeconds" fallback={30} options={SLOW} />
        </Setting>
        <Setting
          title="Out of sight"
          note="How often a node is read at which no window has looked for a minute and a half; the four looked at last go on. A summary is kept of it; what you open is live within a second."
        >
          <Numbers label="Out of sight" setting="restSeconds" fallback={30} options={RESTING} />
        </Setting>
        <Setting title="Read-only" note="Nodes that are opened from now on offer and accept no action.">
          <Segments
            label="Read-only"
            value={readOnly ? "on" : "off"}
            options={named(["off", "on"] as const)}
            onChange={(value) => setReadOnly(value === "on")}
          />
        </Setting>
        <Setting
          title="SSH"
          note="Who does a login. As needed: Podglass's own client, and the system's ssh where ~/.ssh/config asks for what only that can do. Of nodes that are opened from now on; openssh:HOST takes the system's for one."
        >
          <Segments label="SSH" value={ssh} options={SSH} onChange={setSsh} />
        </Setting>
        <Notify />
        <Setting
          title="Look back"
          note="How long what a live node was like is kept on this computer, readable by you alone and removed when the node is closed."
        >
          <Numbers label="Kept for" setting="historyMinutes" fallback={60} options={KEPT_FOR} />
        </Setting>
        <Setting title="Look back, at most" note="What one node's past may take of the disk; the oldest goes first.">
          <Numbers label="At most a node" setting="historyMegabytes" fallback={64} options={KEPT_SIZE} />
        </Setting>
        <h2>All of these</h2>
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
        <Inside />
        <Where />
        <Setting
          title="What is sent where"
          note="Nothing, to nobody: no telemetry, no update check. Podglass speaks to the nodes that you open, over your own ssh, and to nothing else. The log has each thing that was asked of each."
        >
          <Button onClick={() => go("log")}>Show the log</Button>
        </Setting>
      </div>
    </Page>
  );
}

function Inside() {
  const [shown, setShown] = useState(false);
  const desktop = shellApi().shell.kind === "desktop";
  return (
    <Setting
      title="What is inside"
      note={
        desktop
          ? "Besides Electron and Chromium, whose licences are LICENSES.chromium.html beside the program."
          : undefined
      }
    >
      <Button onClick={() => setShown(true)}>Packages and licences</Button>
      {shown && <Licences onClose={() => setShown(false)} />}
    </Setting>
  );
}

function Where() {
  const [folder, setFolder] = useState("");
  useEffect(() => {
    void attempt("files.where", {}).then((where) => setFolder(where?.folder ?? ""));
  }, []);
  return (
    <Setting
      title="Where files are kept"
      note="Settings, journal, recordings and the past of live nodes stay on this computer, in this folder; PODGLASS_STATE_DIR names another."
    >
      <span className="set-path">
        <code className="select">{folder}</code>
        <Button kind="quiet" icon="copy" onClick={() => void copyText(folder, "the folder")}>
          Copy
        </Button>
      </span>
    </Setting>
  );
}

/** Off until a person wants it; a browser asks for itself. */
function Notify() {
  const [on, setOn] = useSetting("notify", false, (value) => typeof value === "boolean");
  const [refused, setRefused] = useState(false);
  const choose = async (want: boolean) => {
    const allowed = !want || (await allowNotices());
    setRefused(!allowed);
    setOn(want && allowed);
  };
  return (
    <Setting
      title="Notify"
      note={
        noticesAvailable()
          ? "A notice of the system when a node is lost or something critical is found on it, while this window is in the background; at most one a minute of each node."
          : "This browser has no notices of the system for a page; the desktop window has."
      }
    >
      {noticesAvailable() && (
        <Segments
          label="Notify"
          value={on ? "on" : "off"}
          options={named(["off", "on"] as const)}
          onChange={(value) => void choose(value === "on")}
        />
      )}
      {refused && <p role="status">The browser did not allow it: its own settings for this page say so.</p>}
    </Setting>
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

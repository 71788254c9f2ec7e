import { useEffect, useRef, useState } from "react";
import type { HostEntry } from "../../../src-shared/api.ts";
import { attempt, request } from "../../state/client.ts";
import { useFirstFocus } from "../../state/first-focus.ts";
import { useKeys } from "../../state/keys.ts";
import { ownName, useFavourites } from "../../state/names.ts";
import { useNodes } from "../../state/nodes.ts";
import { OPEN_NODES, openAgain, openFile, openTarget, openTour } from "../../state/open.ts";
import { go, goToNode } from "../../state/route.ts";
import { isTexts, useSettings } from "../../state/settings.ts";
import { openHelp, openPalette } from "../../state/sheets.ts";
import { Icon, type IconName, Mark } from "../../ui/icons.tsx";
import { Button } from "../../ui/parts.tsx";
import { Figure } from "./figure.tsx";
import { KeptFiles } from "./kept.tsx";
import { ScenesDialog } from "./scenes.tsx";
import { TargetForm } from "./target-form.tsx";
import "./welcome.css";

const SIGN: Record<HostEntry["kind"], IconName> = {
  demo: "play",
  local: "screen",
  ssh: "node",
  program: "node",
  file: "file",
};

function Big({ host, number, first }: { host: HostEntry; number: number; first: boolean }) {
  const ref = useRef<HTMLButtonElement>(null);
  useFirstFocus(() => ref.current, first);
  return (
    <button
      ref={ref}
      type="button"
      className={`wel-host ${first ? "first" : ""}`}
      onClick={() => void openTarget(host.target)}
    >
      <span className="wel-sign">
        <Icon name={SIGN[host.kind]} />
      </span>
      <span className="cut">
        <b>{host.kind === "local" ? "This machine" : host.label}</b>
        <small>{host.kind === "local" ? `${host.label}. ${host.detail ?? ""}` : (host.detail ?? host.target)}</small>
      </span>
      <span className="sep" />
      <kbd>{first ? "Enter" : number}</kbd>
    </button>
  );
}

function Small({ host, number }: { host: HostEntry; number: number }) {
  const open = useNodes((nodes) => nodes.order.some((id) => nodes.open[id]?.state.target === host.target));
  return (
    <button
      type="button"
      className="wel-host small"
      title={[host.target, host.detail].filter(Boolean).join(": ")}
      onClick={() => void openTarget(host.target)}
    >
      <Icon name={host.kind === "file" ? "file" : "node"} />
      <b className="cut">{host.label}</b>
      <span className="sep" />
      <small className="cut">{open ? "open" : host.detail}</small>
      {number < 10 && <kbd>{number}</kbd>}
    </button>
  );
}

/** How many hosts of a long ~/.ssh/config stand on the first page; the field finds the others. */
const SHOWN = 8;

/** Files have a list of their own, but for scenes that ship with the app. */
const isKept = ({ kind, target }: HostEntry): boolean => kind === "file" && !target.startsWith("demo:");

/** The start: where one can go, and how to read what one will see. */
export function Welcome() {
  const [hosts, setHosts] = useState<HostEntry[]>();
  const [running, setRunning] = useState<HostEntry[]>([]);
  // As it was when the start appeared: opening nodes from here changes the setting.
  const [last] = useState(() => {
    const value = useSettings.getState().values[OPEN_NODES];
    return isTexts(value) ? value : [];
  });
  const [choosing, setChoosing] = useState(false);
  const firstOpen = useNodes((nodes) => nodes.order[0]);
  useEffect(() => {
    void attempt("hosts.list", {}).then((list) => setHosts(list ?? []));
    // Nobody waits for programs that may be slow or not there.
    void request("hosts.running", {}).then(setRunning, () => undefined);
  }, []);
  const favourites = useFavourites();
  const big = (hosts ?? []).filter(({ kind }) => kind === "demo" || kind === "local");
  const known = new Set((hosts ?? []).map(({ target }) => target));
  const places = [...(hosts ?? []), ...running.filter(({ target }) => !known.has(target))];
  const liked = favourites
    .filter((target) => !big.some((host) => host.target === target))
    .map((target): HostEntry => {
      const place = places.find((host) => host.target === target);
      const label = ownName(target) ?? place?.label ?? target;
      return { kind: "ssh", source: "favourites", ...place, target, label };
    });
  const groups = [
    { source: "favourites", list: hosts === undefined ? [] : liked },
    ...[...new Set(places.map(({ source }) => source))].map((source) => ({
      source,
      list: places
        .filter(
          (host) => host.source === source && !isKept(host) && !big.includes(host) && !favourites.includes(host.target),
        )
        .slice(0, SHOWN),
    })),
  ].filter(({ list }) => list.length > 0);
  const all = [...big, ...groups.flatMap(({ list }) => list)];
  const back = () => (firstOpen === undefined ? false : goToNode(firstOpen));
  useKeys({
    "mod+k": openPalette,
    "?": openHelp,
    escape: back,
    ...Object.fromEntries(all.slice(0, 9).map((host, i) => [String(i + 1), () => void openTarget(host.target)])),
  });
  return (
    <div className="wel">
      <main className="wel-l">
        <div className="wel-mark">
          <Mark />
          Podglass
          <span className="sep" />
          {firstOpen && (
            <Button kind="quiet" icon="left" onClick={back}>
              Back <kbd>Esc</kbd>
            </Button>
          )}
        </div>
        <h1>See what holds a pod together.</h1>
        <p className="wel-p">
          Namespaces, pause, pins and cgroups of a Linux node, read over SSH. Nothing is installed there.
        </p>
        <div className="wel-list" aria-busy={hosts === undefined}>
          {big.map((host, i) => (
            <Big key={host.target} host={host} number={i + 1} first={i === 0} />
          ))}
          {groups.map(({ source, list }) => (
            <section key={source} aria-label={`From ${source}`}>
              <h2>{source === "recent" ? "Recent" : source === "favourites" ? "Favourites" : `From ${source}`}</h2>
              <div className="wel-hosts">
                {list.map((host) => (
                  <Small key={host.target} host={host} number={all.indexOf(host) + 1} />
                ))}
              </div>
            </section>
          ))}
          <KeptFiles />
        </div>
        <TargetForm hosts={hosts ?? []} />
        <div className="wel-foot">
          {firstOpen === undefined && last.length > 0 && (
            <button type="button" onClick={() => void openAgain(last)}>
              <Icon name="refresh" />
              <span className="cut">Open again: {last.join(", ")}</span>
            </button>
          )}
          <button type="button" onClick={() => setChoosing(true)}>
            <Icon name="play" />
            Demo scenes and recordings
          </button>
          <button type="button" onClick={() => void openTour()}>
            <Icon name="right" />
            Tour of one pod
          </button>
          <button type="button" onClick={() => go("lessons")}>
            <Icon name="book" />
            Lessons: learn what a pod is
          </button>
          <button type="button" onClick={() => void openFile()}>
            <Icon name="file" />
            Open a recording or a probe's output
          </button>
        </div>
      </main>
      <Figure />
      {choosing && <ScenesDialog onClose={() => setChoosing(false)} />}
    </div>
  );
}

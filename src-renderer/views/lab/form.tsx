import { type FormEvent, useEffect, useState } from "react";
import { labOptions } from "../../../src-shared/requests.ts";
import { request } from "../../state/client.ts";
import { Button, Segments } from "../../ui/parts.tsx";
import type { LabPlan } from "./plan.ts";

const MIB = 1024 ** 2;

/** Makes a lab pod. What the main process would refuse is said here, beside the field. */
export function LabForm({
  nodeId,
  taken,
  onMade,
  onPlan,
}: {
  nodeId: string;
  taken: readonly string[];
  onMade: () => void;
  onPlan: (plan: LabPlan) => void;
}) {
  const [name, setName] = useState("");
  const [sandbox, setSandbox] = useState<"pause" | "pinned">("pause");
  const [containers, setContainers] = useState("2");
  const [memory, setMemory] = useState("");
  const [cpu, setCpu] = useState("");
  const [zombies, setZombies] = useState("");
  const [sharePid, setSharePid] = useState(false);
  const [hog, setHog] = useState(false);
  const [said, setSaid] = useState<{ bad: boolean; words: string }>();
  const [busy, setBusy] = useState(false);

  useEffect(
    () => onPlan({ sandbox, containers: Number(containers) || 0, sharePid }),
    [onPlan, sandbox, containers, sharePid],
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const options = labOptions.safeParse({
      name: name.trim() || freeName(taken),
      sandbox,
      containers: Number(containers),
      ...(memory.trim() !== "" && { memoryBytes: Math.round(Number(memory) * MIB) }),
      ...(cpu.trim() !== "" && { cpuCores: Number(cpu) }),
      ...(zombies.trim() !== "" && { zombies: Number(zombies) }),
      ...(sharePid && { sharePid }),
      ...(hog && { hog }),
    });
    if (!options.success) {
      const issue = options.error.issues[0];
      setSaid({
        bad: true,
        words: FIELDS[String(issue?.path[0])] ?? "One of the fields is not a number that can be used.",
      });
      return;
    }
    setBusy(true);
    setSaid(undefined);
    try {
      const made = await request("lab.up", { nodeId, options: options.data });
      setSaid({ bad: false, words: `${made.name} is up.` });
      setName("");
      onMade();
    } catch (error) {
      setSaid({ bad: true, words: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="lab-form" onSubmit={(event) => void submit(event)}>
      <h3>Make one</h3>
      <label>
        name
        <input className="field" value={name} placeholder={freeName(taken)} onChange={(e) => setName(e.target.value)} />
      </label>
      <div className="lab-field">
        held by
        <Segments
          label="What holds its namespaces"
          value={sandbox}
          options={[
            { value: "pause", label: "pause" },
            { value: "pinned", label: "pins" },
          ]}
          onChange={setSandbox}
        />
      </div>
      <label>
        containers
        <input
          className="field"
          inputMode="numeric"
          value={containers}
          onChange={(e) => setContainers(e.target.value)}
        />
      </label>
      <label>
        memory, MiB
        <input
          className="field"
          inputMode="numeric"
          value={memory}
          placeholder={hog ? "64" : "no limit"}
          onChange={(e) => setMemory(e.target.value)}
        />
      </label>
      <label>
        cpu, cores
        <input
          className="field"
          inputMode="decimal"
          value={cpu}
          placeholder="no limit"
          onChange={(e) => setCpu(e.target.value)}
        />
      </label>
      <label>
        zombies
        <input
          className="field"
          inputMode="numeric"
          value={zombies}
          placeholder="none"
          onChange={(e) => setZombies(e.target.value)}
        />
      </label>
      <label className="check">
        <input type="checkbox" checked={sharePid} onChange={(e) => setSharePid(e.target.checked)} />
        one PID namespace for all
      </label>
      <label className="check">
        <input type="checkbox" checked={hog} onChange={(e) => setHog(e.target.checked)} />
        one eats memory until its limit kills it
      </label>
      <div className="lab-go">
        <Button type="submit" kind="primary" disabled={busy}>
          {busy ? "Making…" : "Make"}
        </Button>
        {said && (
          <span role="status" className={said.bad ? "bad" : "ok"}>
            {said.words}
          </span>
        )}
      </div>
    </form>
  );
}

const FIELDS: Record<string, string> = {
  name: "A name has small letters, digits and dashes, at most 63, and begins and ends with a letter or digit.",
  containers: "From 1 to 20 containers.",
  memoryBytes: "Memory is a number of MiB above nought.",
  cpuCores: "Cores are a number above nought, as 0.5.",
  zombies: "From 0 to 1000 zombies.",
};

function freeName(taken: readonly string[]): string {
  for (let n = 1; ; n += 1) if (!taken.includes(`lab-${n}`)) return `lab-${n}`;
}

/** The probe's text: one POSIX sh script, put together from the files it is written in. */
import { slim } from "../transport/script.ts";
import awkCgroups from "./awk/cgroups.awk?raw";
import awkCore from "./awk/core.awk?raw";
import awkMain from "./awk/main.awk?raw";
import awkNode from "./awk/node.awk?raw";
import awkPlaces from "./awk/places.awk?raw";
import awkProcesses from "./awk/processes.awk?raw";
import awkRaw from "./awk/raw.awk?raw";
import awkRecords from "./awk/records.awk?raw";
import awkSecrets from "./awk/secrets.awk?raw";
import awkWires from "./awk/wires.awk?raw";
import perlAsk from "./perl/ask.pl?raw";
import perlCgroups from "./perl/cgroups.pl?raw";
import perlCore from "./perl/core.pl?raw";
import perlDeep from "./perl/deep.pl?raw";
import perlMain from "./perl/main.pl?raw";
import perlNode from "./perl/node.pl?raw";
import perlPlaces from "./perl/places.pl?raw";
import perlProcesses from "./perl/processes.pl?raw";
import perlRecords from "./perl/records.pl?raw";
import perlSecrets from "./perl/secrets.pl?raw";
import perlWires from "./perl/wires.pl?raw";
import frame from "./probe.sh?raw";
import shellPlaces from "./sh/places.sh?raw";
import shellRaw from "./sh/raw.sh?raw";
import shellRecords from "./sh/records.sh?raw";
import shellStart from "./sh/start.sh?raw";
import shellTools from "./sh/tools.sh?raw";

const parts = {
  perl: [
    perlCore,
    perlAsk,
    perlNode,
    perlProcesses,
    perlCgroups,
    perlPlaces,
    perlSecrets,
    perlRecords,
    perlWires,
    perlDeep,
    perlMain,
  ].join(""),
  shell: [shellPlaces, shellRaw, shellRecords, shellTools, shellStart].join(""),
  awk: [awkCore, awkNode, awkProcesses, awkCgroups, awkRaw, awkPlaces, awkSecrets, awkRecords, awkWires, awkMain].join(
    "",
  ),
};
type PartName = keyof typeof parts;
const names: readonly PartName[] = ["perl", "shell", "awk"];

const filled = (fill: (name: PartName) => string): string =>
  names.reduce((text, name) => text.replace(`#@part ${name}\n`, () => fill(name)), frame);

/** What `podglass probe` prints: everything in one text. Begins `#podglass:probe/1`. */
export const probeScript: string = filled((name) => {
  const end = `PODGLASS_${name.toUpperCase()}`;
  return `cat <<'${end}'\n${parts[name]}${end}\n`;
});

/** What a session sends as the script: its parts follow in bulk, after the line of arguments. */
export const sessionScript: string = filled((name) => `take "$${name}_bytes"\n`);

// The shell part has a little python in it, whose indentation counts.
const lean = names.map((name) => (name === "shell" ? parts[name] : slim(`\n${parts[name]}`)));
export const sessionParts: string = lean.join("");
/** The last arguments of a session: how many bytes each part has. */
export const partSizes: readonly string[] = lean.map((text) => String(Buffer.byteLength(text)));

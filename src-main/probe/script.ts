/** The probe's text: one POSIX sh script, put together from the files it is written in. */

import cgroups from "./perl/cgroups.pl?raw";
import core from "./perl/core.pl?raw";
import deep from "./perl/deep.pl?raw";
import main from "./perl/main.pl?raw";
import node from "./perl/node.pl?raw";
import places from "./perl/places.pl?raw";
import processes from "./perl/processes.pl?raw";
import records from "./perl/records.pl?raw";
import probe from "./probe.sh?raw";

const parts: Record<string, string> = {
  "perl/core.pl": core,
  "perl/cgroups.pl": cgroups,
  "perl/deep.pl": deep,
  "perl/main.pl": main,
  "perl/node.pl": node,
  "perl/places.pl": places,
  "perl/processes.pl": processes,
  "perl/records.pl": records,
};

/** What `podglass probe` prints and what a session sends. Begins `#podglass:probe/1`. */
export const probeScript: string = probe.replace(/^#@include (\S+)\n/gm, (line, name: string) => {
  const part = parts[name];
  if (part === undefined) throw new Error(`probe.sh includes ${line.trim()}, which is not among its parts`);
  return part;
});

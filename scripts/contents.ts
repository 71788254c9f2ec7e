/**
 * What the build carries of others: each package of which a module went into the app, with its version and licence. The
 * window shows the list, its licences travel with every package of ours, and a release's SBOM is made from it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

export interface Part {
  name: string;
  version: string;
  licence: string;
}

/** The folder of the package that a module belongs to: what follows the last node_modules. */
function packageOf(id: string): string | undefined {
  const at = id.lastIndexOf("/node_modules/");
  const name = /^(?:@[^/]+\/)?[^/?]+/.exec(id.slice(at + "/node_modules/".length))?.[0];
  return at === -1 || name === undefined ? undefined : `${id.slice(0, at)}/node_modules/${name}`.replace(/^\0/, "");
}

function licenceText(folder: string): string {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return names.map((name) => readFileSync(join(folder, name), "utf8").trim()).join("\n\n");
}

/** One for all builds: what each adds is known when the last, the window's, is written. */
export class Contents {
  private readonly folders = new Set<string>();

  /** Put into each build; `last` writes contents.json and third-party.txt beside what it builds. */
  plugin(last = false): Plugin {
    const contents = this;
    return {
      name: "podglass-contents",
      generateBundle(_options, bundle) {
        const styles = [...this.getModuleIds()].filter((id) => id.endsWith(".css"));
        const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
        for (const id of [...modules, ...styles]) {
          const folder = packageOf(id);
          if (folder && existsSync(join(folder, "package.json"))) contents.folders.add(folder);
        }
        if (!last) return;
        const parts = contents.parts();
        const list = parts.map(({ text: _, ...part }) => part satisfies Part);
        this.emitFile({ type: "asset", fileName: "contents.json", source: `${JSON.stringify(list, null, 1)}\n` });
        this.emitFile({
          type: "asset",
          fileName: "third-party.txt",
          source: parts
            .map(({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text}\n`)
            .join(`\n${"-".repeat(80)}\n\n`),
        });
      },
    };
  }

  private parts(): (Part & { text: string })[] {
    const parts = [...this.folders].map((folder) => {
      // "licenses" is npm's older form: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#license
      const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const licence: unknown = license ?? licenses?.[0]?.type;
      if (typeof licence !== "string") throw new Error(`${folder}/package.json names no licence`);
      return { name: String(name), version: String(version), licence, text: licenceText(folder) };
    });
    return parts.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
  }
}

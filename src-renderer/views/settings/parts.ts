/** A package whose code is in the build (scripts/contents.ts writes both files). */
export interface Part {
  name: string;
  version: string;
  licence: string;
}

/** The licence texts of third-party.txt, which has them in the list's order, each below a line that names its package. */
export function licenceTexts(parts: readonly Part[], all: string): string[] {
  const starts: number[] = [];
  let from = 0;
  for (const { name, version, licence } of parts) {
    const head = `${name} ${version} (${licence})\n\n`;
    const at = all.startsWith(head, from) ? from : all.indexOf(`\n\n${head}`, from);
    if (at === -1) throw new Error(`third-party.txt has no text of ${name} ${version}`);
    from = at + head.length;
    starts.push(at);
  }
  return starts.map((start, i) =>
    all
      .slice(start, starts[i + 1] ?? all.length)
      .trim()
      .replace(/^[^\n]*\n\n/, "")
      .replace(/\n+-{80}$/, ""),
  );
}

export async function loadParts(): Promise<(Part & { text: string })[]> {
  const [list, texts] = await Promise.all(["contents.json", "third-party.txt"].map((name) => fetch(name)));
  if (!list?.ok || !texts?.ok)
    throw new Error("This window runs from its sources: only a build has the list. npm run build makes one.");
  const parts = (await list.json()) as Part[];
  const written = licenceTexts(parts, await texts.text());
  return parts.map((part, i) => ({ ...part, text: written[i] ?? "" }));
}

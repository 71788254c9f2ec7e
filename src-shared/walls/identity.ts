/** Who is who on the other side of a user namespace: user_namespaces(7), "User and group ID mappings". */

/** `outside` of `inside`, by a map's lines "inside outside count"; undefined: nobody. */
export function outsideId(map: string, inside: number): number | undefined {
  for (const line of map.split("\n")) {
    const [from, to, count] = line.trim().split(/\s+/).map(Number);
    if (from === undefined || to === undefined || count === undefined) continue;
    if (inside >= from && inside < from + count) return to + inside - from;
  }
  return undefined;
}

/** "root inside is 100000 outside". */
export function rootSentence(map: string | undefined, initial: boolean | undefined): string {
  if (initial === true) return "root inside is root on the node";
  if (map === undefined) return "who root inside is outside could not be read";
  const outside = outsideId(map, 0);
  if (outside === undefined) return "there is no root inside";
  return outside === 0 ? "root inside is root outside" : `root inside is ${outside} outside`;
}

/** A map line as a sentence: "0 to 65535 inside are 100000 to 165535 outside". */
export function mapSentences(map: string): string[] {
  return map.split("\n").flatMap((line) => {
    const [from, to, count] = line.trim().split(/\s+/).map(Number);
    if (from === undefined || to === undefined || count === undefined) return [];
    if (count === 1) return [`${from} inside is ${to} outside`];
    return [`${from} to ${from + count - 1} inside are ${to} to ${to + count - 1} outside`];
  });
}

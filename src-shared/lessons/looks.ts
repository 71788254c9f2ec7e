/** Which commands by hand only look, and so are answered by the demo node. What changes a node has its button. */

const PROGRAMS = ["cat", "ls", "readlink", "grep", "tail", "dmesg", "lsns", "nsenter"] as const;
export type LookProgram = (typeof PROGRAMS)[number];

/** Each program of a pipe with its words; undefined where the command is more than a look, or lacks a value yet. */
export function looking(command: string): [LookProgram, ...string[]][] | undefined {
  if (command.length > 1000 || command.includes("…")) return undefined;
  const pipe: string[][] = [[]];
  const rest = command.replace(/\s*('[^']*'|[^\s'|;&<>$`\\"()]+|\|)/gy, (_, word: string) => {
    if (word === "|") pipe.push([]);
    else pipe.at(-1)?.push(word.replace(/^'(.*)'$/s, "$1"));
    return "";
  });
  if (rest.trim() !== "" || !pipe.every(isLook)) return undefined;
  return pipe;
}

const isLook = (words: string[]): words is [LookProgram, ...string[]] => PROGRAMS.includes(words[0] as LookProgram);

import { execFileSync } from "node:child_process";

/** The working tree as it is now: its commit, what no commit has, and, later, whether either became another. */
export function treeAt(root) {
  const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 }).trim();
  const look = () => [git("rev-parse", "HEAD"), git("status", "--porcelain"), git("diff", "HEAD")];
  const [commit, dirty, changes] = look();
  return {
    commit,
    dirty,
    git,
    moved: () => look().some((now, i) => now !== [commit, dirty, changes][i]),
  };
}

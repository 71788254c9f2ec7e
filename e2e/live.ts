/**
 * A live node for the end-to-end tests: a throw-away sshd on this machine with podman and containerd pods behind it,
 * made once for all specs of a worker and taken away again. Where it cannot be made, the specs say why.
 */
import { expect, type Page } from "@playwright/test";
import { test as base } from "./fixtures.ts";
import { type CriPod, cannotContainerd, makeContainerd } from "./nodes/containerd.ts";
import { cannotPodman, makePodman } from "./nodes/podman.ts";
import { type SshdUser, startSshd, whyNoSshd } from "./nodes/sshd.ts";

export interface LiveNode {
  target: string;
  /** May become root through sudo without a password. */
  user: SshdUser;
  podman: { pause: string; none: string; noneName: string; shared: string };
  containerd: { web: string; hostnet: string };
  /** The CRI's own record of the pod "web". */
  web: CriPod;
}

const cannotLive = (): string | undefined => whyNoSshd() ?? cannotPodman() ?? cannotContainerd();

export const liveTest = base.extend<{ live: LiveNode }, { liveOrWhy: LiveNode | string }>({
  live: async ({ liveOrWhy }, use, info) => {
    info.skip(typeof liveOrWhy === "string", String(liveOrWhy));
    await use(liveOrWhy as LiveNode);
  },
  liveOrWhy: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const why = cannotLive();
      if (why) {
        await use(why);
        return;
      }
      const undo: (() => Promise<void>)[] = [];
      try {
        const sshd = await startSshd();
        undo.push(() => sshd.stop());
        const podman = await makePodman();
        undo.push(() => podman.close());
        const containerd = await makeContainerd();
        undo.push(() => containerd.close());
        const user = sshd.addUser({ sudo: "nopasswd" });
        await podman.pod("e2e-pause", "--network", "none");
        await podman.container("e2e-pause", "e2e-app");
        const none = await podman.pod("e2e-none", "--infra=false");
        await podman.container("e2e-none", "e2e-alone");
        await podman.pod("e2e-shared", "--network", "none", "--share", "pid,net,ipc,uts");
        await podman.container("e2e-shared", "e2e-zombies");
        const web = await containerd.pod({
          name: "e2e-web",
          namespace: "shop",
          qos: "burstable",
          limits: { memory: 256 << 20, cpu: 1 },
          containers: [{ name: "app" }, { name: "sidecar", memory: 64 << 20, cpu: 0.5 }],
        });
        await containerd.pod({
          name: "e2e-hostnet",
          qos: "guaranteed",
          limits: { memory: 128 << 20, cpu: 0.5 },
          namespaces: { network: "NODE", pid: "CONTAINER", ipc: "POD" },
          containers: [{ name: "agent", memory: 128 << 20, cpu: 0.5 }],
        });
        await use({
          target: sshd.target(user.name),
          user,
          podman: { pause: "e2e-pause", none: none.slice(0, 12), noneName: "e2e-none", shared: "e2e-shared" },
          containerd: { web: "e2e-web", hostnet: "e2e-hostnet" },
          web,
        });
      } finally {
        for (const step of undo.reverse()) await step();
      }
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

/** From the welcome screen to the pods of a node: host key where it is not known yet, password, sudo. Says whether it was. */
export async function openLive(page: Page, live: LiveNode): Promise<{ keyAsked: boolean }> {
  await page.getByPlaceholder(/root@/).fill(live.target);
  await page.getByLabel("with sudo").check();
  await page.getByRole("button", { name: "Open", exact: true }).click();
  const password = page.getByRole("dialog").locator("input[type=password]");
  const trust = page.getByRole("dialog").getByRole("button", { name: "Trust this key" });
  await expect(trust.or(password)).toBeVisible({ timeout: 20_000 });
  // An earlier spec of this worker may have made the key known.
  const keyAsked = await trust.isVisible();
  if (keyAsked) {
    await expect(page.getByRole("dialog")).toContainText("SHA256:");
    await trust.click();
  }
  await password.fill(live.user.password);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /Log in|Answer/ })
    .click();
  // Found by filter: the table draws the rows in sight alone, and the machine may have many pods besides.
  const filter = page.getByPlaceholder("Filter");
  await expect(filter).toBeVisible({ timeout: 40_000 });
  await filter.fill(live.containerd.web);
  await expect(page.getByText(live.containerd.web, { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await filter.fill("");
  return { keyAsked };
}

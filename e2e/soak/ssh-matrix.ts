/** Every way to log in × every path × every standing of the host key: Podglass gives what ssh itself gives. */
import { AUTHS, HOST_KEYS, LoginWorld, PATHS } from "../nodes/login-world.ts";

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const world = await new LoginWorld().start();
  const failures: string[] = [];
  let passed = 0;
  try {
    for (const auth of AUTHS)
      for (const path of PATHS)
        for (const hostKey of HOST_KEYS)
          for (const strict of ["yes", "accept-new"]) {
            // Each server of the chain in turn has the key that is not as it should be.
            const servers = path === "direct" ? [0] : path === "one hop" ? [0, 1] : [0, 1, 2];
            for (const broken of hostKey === "known" || hostKey === "hashed" ? [0] : servers) {
              const cell = `${auth}, ${path}, ${hostKey} (server ${broken}), ${strict}`;
              const wanted = world.ssh(world.prepare(auth, path, hostKey, { strict, broken }));
              const told: string[] = [];
              const got = await world.podglass(world.prepare(auth, path, hostKey, { strict, broken }), told);
              if (got !== wanted) failures.push(`${cell}: ssh gives "${wanted}", Podglass "${got}"`);
              else if (world.secrets.some((secret) => told.join("\n").includes(secret)))
                failures.push(`${cell}: a secret was said`);
              else passed += 1;
            }
          }
  } finally {
    await world.stop();
  }
  return { passed, failures };
}

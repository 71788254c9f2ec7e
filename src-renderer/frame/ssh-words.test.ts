import { expect, it } from "vitest";
import { sshWords } from "./ssh-words.ts";

it("says how to reach a target by hand, with the port where ssh wants it", () => {
  expect(sshWords("node-a")).toBe("ssh node-a");
  expect(sshWords("root@127.0.0.1:2222")).toBe("ssh -p 2222 root@127.0.0.1");
  expect(sshWords("root@[fe80::1]:22")).toBe("ssh -p 22 root@fe80::1");
  expect(sshWords("fe80::1")).toBe("ssh fe80::1");
  expect(sshWords("ssh://root@node-a:2222")).toBe("ssh ssh://root@node-a:2222");
  expect(sshWords("openssh:root@node-a")).toBe("ssh root@node-a");
  expect(sshWords("a;reboot")).toBe("ssh 'a;reboot'");
});

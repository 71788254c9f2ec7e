import { describe, expect, it } from "vitest";
import { assemble } from "./assemble/assemble.ts";
import { listedWords } from "./listed.ts";
import { emptyReading, type Reading } from "./reading.ts";

const read = (change: (reading: Reading) => void) => {
  const reading = emptyReading();
  change(reading);
  return assemble(reading);
};
const gapsOf = (change: (reading: Reading) => void) =>
  read(change).gaps.filter(({ what }) => what === "namespaces that the kernel lists");

describe("namespaces that the kernel lists", () => {
  it("are not known where it was not asked: nothing is said to be whole", () => {
    const { node } = read(() => {});
    expect(node.listed).toBeUndefined();
    expect(listedWords(node.listed)).toBeUndefined();
  });

  it("are in the snapshot, with the kernel's own number, whoever holds them", () => {
    const snapshot = read((reading) => {
      reading.node.listed = 1;
      reading.listed = [{ type: "net", inode: 4026532001, id: "18446744073709551615" }];
    });
    expect(snapshot.namespaces).toMatchObject([{ type: "net", inode: 4026532001, kernelId: "18446744073709551615" }]);
    expect(snapshot.node.listed).toEqual({ namespaces: 1, unnamed: 0, unheld: 1 });
    expect(listedWords(snapshot.node.listed)).toBe(
      "the kernel lists 1 namespace in use, and all of them are here; who holds 1 of them was not seen",
    );
  });

  it("that nothing read holds are a gap, which a deep reading may close", () => {
    const one = (deep: boolean) => (reading: Reading) => {
      reading.deep = deep;
      reading.node.listed = 1;
      reading.listed = [{ type: "net", inode: 7, id: "9" }];
    };
    expect(gapsOf(one(false))).toMatchObject([{ count: 1, mend: "--deep" }]);
    expect(gapsOf(one(true))).toMatchObject([{ count: 1, why: expect.stringMatching(/^nothing that was read holds/) }]);
    expect(gapsOf(one(true))[0]).not.toHaveProperty("mend");
  });

  it("are held by whatever was read of them: an open file, or what a user namespace owns", () => {
    const held = (reading: Reading) => {
      reading.deep = true;
      reading.node.listed = 2;
      reading.listed = [
        { type: "uts", inode: 5, id: "1" },
        { type: "user", inode: 6, id: "2" },
      ];
      reading.fds = [{ pid: 1, fd: 7, type: "uts", inode: 5 }];
      reading.relations = [{ type: "uts", inode: 5, owner: 6 }];
    };
    expect(read(held).node.listed).toEqual({ namespaces: 2, unnamed: 0, unheld: 0 });
    expect(gapsOf(held)).toEqual([]);
  });

  it("that could not be opened are missing, and counted", () => {
    const snapshot = read((reading) => {
      reading.node.listed = 3;
      reading.listed = [{ type: "net", inode: 7, id: "9" }];
    });
    expect(snapshot.node.listed?.unnamed).toBe(2);
    expect(listedWords(snapshot.node.listed)).toBe(
      "the kernel lists 3 namespaces in use, and 2 of them are missing here",
    );
  });
});

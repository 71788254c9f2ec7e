// What a release says of itself: a CycloneDX SBOM of what the app carries, and how its files were made.

const REPOSITORY = "https://github.com/podglass/podglass";

/** npm's integrity ("sha512-…", base64) as CycloneDX writes hashes. */
function hashes(integrity) {
  const [, algorithm, digest] = /^sha(512|384|256)-(.+)$/.exec(integrity ?? "") ?? [];
  return algorithm ? [{ alg: `SHA-${algorithm}`, content: Buffer.from(digest, "base64").toString("hex") }] : [];
}

const purl = (name, version) => `pkg:npm/${name.replace("@", "%40")}@${version}`;

/**
 * https://cyclonedx.org/docs/1.6/json/ from contents.json (what the build really took in) and package-lock.json. `at` is
 * the commit's time, so that the same commit gives the same file; `electron` the version that was packaged.
 */
export function cyclonedx({ version, at, contents, lock, electron }) {
  const locked = new Map(
    Object.entries(lock.packages).map(([path, entry]) => [
      `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${entry.version}`,
      entry,
    ]),
  );
  const components = contents.map((part) => ({
    type: "library",
    "bom-ref": purl(part.name, part.version),
    name: part.name,
    version: part.version,
    purl: purl(part.name, part.version),
    licenses: [{ license: { id: part.licence } }],
    hashes: hashes(locked.get(`${part.name}@${part.version}`)?.integrity),
  }));
  const self = `pkg:npm/podglass@${version}`;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(at).toISOString(),
      component: {
        type: "application",
        "bom-ref": self,
        name: "podglass",
        version,
        purl: self,
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components: [
      ...components,
      {
        type: "framework",
        "bom-ref": purl("electron", electron),
        name: "electron",
        version: electron,
        purl: purl("electron", electron),
        licenses: [{ license: { id: "MIT" } }],
        description: "the desktop packages alone; it carries Chromium and Node.js",
      },
    ],
    dependencies: [
      { ref: self, dependsOn: [...components.map((part) => part["bom-ref"]), purl("electron", electron)] },
    ],
  };
}

/** https://slsa.dev/spec/v1.0/provenance as an in-toto statement; it says what was run, a signature makes it proof. */
export function provenance({ commit, dirty, node, files }) {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: files.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: `${REPOSITORY}/blob/main/docs/release.md`,
        externalParameters: { command: "npm run release", platform: process.platform, architecture: process.arch },
        resolvedDependencies: [{ uri: `git+${REPOSITORY}`, digest: { gitCommit: commit }, annotations: { dirty } }],
      },
      runDetails: { builder: { id: `${REPOSITORY}/blob/main/scripts/release.mjs`, version: { node } } },
    },
  };
}

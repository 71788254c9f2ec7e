// deb and rpm from the packaged folder, by the system's own dpkg-deb and rpmbuild. Neither has a script that runs as root
// when it is installed: dpkg's and rpm's own triggers refresh the menus, and all that is installed goes with the package.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./setup.mjs";

const { version, description } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const MIME = "application/vnd.podglass.recording";
const ARCHITECTURES = { x64: ["amd64", "x86_64"], arm64: ["arm64", "aarch64"] };

const DESKTOP = `[Desktop Entry]
Type=Application
Name=Podglass
GenericName=Pod inspector
Comment=${description}
Exec=/usr/bin/podglass -- %u
Icon=podglass
Terminal=false
Categories=Development;System;Monitor;
Keywords=pod;container;namespace;cgroup;pause;kubernetes;
MimeType=${MIME};x-scheme-handler/podglass;
StartupWMClass=Podglass
`;

const MIME_INFO = `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="${MIME}">
    <comment>Podglass recording</comment>
    <glob pattern="*.podglass"/>
  </mime-type>
</mime-info>
`;

/** Everything below / as it will be installed. */
function stage(folder, top) {
  const put = (path, text) => {
    mkdirSync(join(top, path, ".."), { recursive: true });
    writeFileSync(join(top, path), text);
  };
  mkdirSync(join(top, "opt"), { recursive: true });
  cpSync(folder, join(top, "opt/Podglass"), { recursive: true, filter: (path) => !path.endsWith("/.ready") });
  mkdirSync(join(top, "usr/bin"), { recursive: true });
  symlinkSync("/opt/Podglass/podglass", join(top, "usr/bin/podglass"));
  put("usr/share/applications/podglass.desktop", DESKTOP);
  put("usr/share/mime/packages/podglass.xml", MIME_INFO);
  for (const name of readdirSync(join(root, "assets/icons"))) {
    const size = /^(\d+x\d+)\.png$/.exec(name)?.[1];
    if (size) put(`usr/share/icons/hicolor/${size}/apps/podglass.png`, readFileSync(join(root, "assets/icons", name)));
  }
  put("usr/share/icons/hicolor/scalable/apps/podglass.svg", readFileSync(join(root, "assets/icons/podglass.svg")));
  const licence =
    "Podglass is under the Apache License 2.0 (/opt/Podglass/LICENSE); what it carries of others is listed in\n/opt/Podglass/LICENSES.podglass.txt, LICENSE.electron.txt and LICENSES.chromium.html.\n";
  put("usr/share/doc/podglass/copyright", licence);
  // Chromium's own sandbox needs this where the system gives no user namespaces to ordinary users.
  tool("chmod", ["4755", join(top, "opt/Podglass/chrome-sandbox")]);
  tool("chmod", ["-R", "u+rwX,go+rX,go-w", top]);
}

function tool(command, args) {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.error) throw new Error(done.error.code === "ENOENT" ? `${command} is not installed` : done.error.message);
  if (done.status !== 0) throw new Error(`${command}: ${done.stderr.trim().split("\n").at(-1)}`);
  return done.stdout;
}

function inRoom(work) {
  const room = mkdtempSync(join(tmpdir(), "podglass-package-"));
  try {
    return work(room);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/** dist/podglass_<version>_<arch>.deb from the folder of electron-builder. */
export function makeDeb(folder) {
  tool("dpkg-deb", ["--version"]);
  const [arch] = ARCHITECTURES[process.arch] ?? [process.arch];
  return inRoom((room) => {
    const top = join(room, "root");
    stage(folder, top);
    const kib = tool("du", ["-sk", "--apparent-size", top]).split("\t")[0];
    mkdirSync(join(top, "DEBIAN"));
    writeFileSync(
      join(top, "DEBIAN/control"),
      `Package: podglass
Version: ${version}
Architecture: ${arch}
Maintainer: The Podglass authors <podglass@users.noreply.github.com>
Installed-Size: ${kib}
Depends: libgtk-3-0 | libgtk-3-0t64, libnss3, libasound2 | libasound2t64, libgbm1, libxss1, xdg-utils
Recommends: openssh-client
Section: admin
Priority: optional
Description: ${description.split(":")[0]}
 ${description}
`,
    );
    const file = join(root, "dist", `podglass_${version}_${arch}.deb`);
    tool("dpkg-deb", ["--root-owner-group", "-Zxz", "-z3", "--build", top, file]);
    return file;
  });
}

/** dist/podglass-<version>-1.<arch>.rpm from the folder of electron-builder. */
export function makeRpm(folder) {
  tool("rpmbuild", ["--version"]);
  const [, arch] = ARCHITECTURES[process.arch] ?? [];
  return inRoom((room) => {
    const top = join(room, "root");
    stage(folder, top);
    writeFileSync(
      join(room, "podglass.spec"),
      `Name: podglass
Version: ${version.replace(/-/g, "~")}
Release: 1
Summary: ${description.split(":")[0]}
License: Apache-2.0
Requires: gtk3, nss, alsa-lib, mesa-libgbm, xdg-utils
AutoReqProv: no
%define _build_id_links none
%define debug_package %{nil}
%define __os_install_post %{nil}
%define _binary_payload w3.zstdio
%description
${description}
%install
cp -a ${top}/. %{buildroot}/
%files
%defattr(-,root,root)
%dir /opt/Podglass
/opt/Podglass/*
%attr(4755,root,root) /opt/Podglass/chrome-sandbox
/usr/bin/podglass
/usr/share/applications/podglass.desktop
/usr/share/mime/packages/podglass.xml
/usr/share/icons/hicolor/*/apps/podglass.*
/usr/share/doc/podglass
`,
    );
    tool("rpmbuild", [
      "-bb",
      "--target",
      arch,
      "--define",
      `_topdir ${join(room, "rpm")}`,
      join(room, "podglass.spec"),
    ]);
    const made = join(room, "rpm/RPMS", arch);
    for (const name of readdirSync(made)) cpSync(join(made, name), join(root, "dist", name));
  });
}

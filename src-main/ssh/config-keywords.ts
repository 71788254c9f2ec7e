/** Which keywords of ssh_config(5) Podglass follows, which do not concern it, and which it cannot follow and says so. */

/** Followed: config.ts reads them. */
const FOLLOWED = new Set(
  `host match include hostname user port identityfile identityagent identitiesonly proxyjump proxycommand
  userknownhostsfile globalknownhostsfile stricthostkeychecking hostkeyalias hashknownhosts connecttimeout
  serveraliveinterval serveralivecountmax addressfamily bindaddress preferredauthentications pubkeyauthentication
  passwordauthentication kbdinteractiveauthentication challengeresponseauthentication numberofpasswordprompts batchmode
  hostkeyalgorithms kexalgorithms ciphers macs ignoreunknown`.split(/\s+/),
);

/** About things that Podglass never does: terminals, forwarding, shared connections, logs, compression. */
const NO_CONCERN = new Set(
  `addkeystoagent checkhostip clearallforwardings compression compressionlevel connectionattempts controlmaster controlpath controlpersist
  dynamicforward enableescapecommandline escapechar exitonforwardfailure fingerprinthash forkafterauthentication
  forwardagent forwardx11 forwardx11timeout forwardx11trusted gatewayports ipqos localcommand localforward loglevel
  logverbose nohostauthenticationforlocalhost obscurekeystroketiming permitlocalcommand permitremoteopen protocol rekeylimit remotecommand remoteforward requesttty
  sendenv setenv sessiontype stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tag channeltimeout
  tcpkeepalive tunnel tunneldevice updatehostkeys visualhostkey xauthlocation usekeychain refuseconnection versionaddendum`.split(
    /\s+/,
  ),
);

/**
 * Those that would make a connection less checked than the operator asked for if they were passed over:
 * a host that has one is refused.
 */
const REFUSED: Record<string, string> = {
  revokedhostkeys: "RevokedHostKeys (put the keys in known_hosts with @revoked instead)",
  knownhostscommand: "KnownHostsCommand",
  canonicalizehostname: "CanonicalizeHostname",
};
const OFF = new Set(["no", "none", "false"]);

export type Standing = "followed" | "no concern" | "unsupported" | "refused";

/** How a keyword with this value is treated; both as written, case does not matter. */
export function standing(keyword: string, value: string): Standing {
  const key = keyword.toLowerCase();
  if (FOLLOWED.has(key)) return "followed";
  if (NO_CONCERN.has(key)) return "no concern";
  if (OFF.has(value.toLowerCase())) return "no concern";
  return REFUSED[key] === undefined ? "unsupported" : "refused";
}

export const refusedName = (keyword: string): string => REFUSED[keyword.toLowerCase()] ?? keyword;

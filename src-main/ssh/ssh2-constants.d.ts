/** What this build of ssh2 can do depends on the crypto of the Node or Electron below it; the lists are not in its public types. */
declare module "ssh2/lib/protocol/constants.js" {
  const lists: {
    DEFAULT_KEX: string[];
    SUPPORTED_KEX: string[];
    DEFAULT_CIPHER: string[];
    SUPPORTED_CIPHER: string[];
    DEFAULT_MAC: string[];
    SUPPORTED_MAC: string[];
    SUPPORTED_SERVER_HOST_KEY: string[];
  };
  export default lists;
}

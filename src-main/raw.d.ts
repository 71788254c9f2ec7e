declare module "*.sh?raw" {
  const text: string;
  export default text;
}
declare module "*.md?raw" {
  const text: string;
  export default text;
}
declare module "*.b64?raw" {
  const text: string;
  export default text;
}
declare module "*.pl?raw" {
  const text: string;
  export default text;
}
declare module "*.py?raw" {
  const text: string;
  export default text;
}
declare module "*.awk?raw" {
  const text: string;
  export default text;
}
interface ImportMeta {
  /** Files carried by the build as text (vite). The arguments must be literals. */
  glob(pattern: string, options: { query: "?raw"; import: "default"; eager: true }): Record<string, string>;
}
declare module "*.c?raw" {
  const text: string;
  export default text;
}

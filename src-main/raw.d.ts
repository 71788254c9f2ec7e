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

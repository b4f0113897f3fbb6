/** The part of solc's JavaScript API that tools/compile-contracts.ts uses; the package brings no types. */
declare module 'solc' {
  const solc: {
    /** Takes and returns the compiler's standard JSON. */
    compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string
    version(): string
  }
  export default solc
}

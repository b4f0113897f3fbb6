import { parseArgs } from 'node:util'

/** Numbers by name, or what is wrong with the command line. */
export type ParsedNumbers<N extends string> =
  | { readonly result: 'ok'; readonly numbers: Readonly<Record<N, number>> }
  | { readonly result: 'usage'; readonly message: string }

/** Whole numbers: flags (`--runs=5`), else the environment (`RUNS`), else the defaults. Pure. */
export function parseNumbers<N extends string>(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  defaults: Readonly<Record<N, number>>,
): ParsedNumbers<N> {
  const names = Object.keys(defaults)
  let values: Readonly<Record<string, unknown>>
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
    values = parseArgs({ args: [...args], options }).values
  } catch (error) {
    return { result: 'usage', message: error instanceof Error ? error.message : String(error) }
  }
  const numbers: Record<N, number> = { ...defaults }
  for (const name in numbers) {
    const text = String(values[name] ?? (env[name.toUpperCase()] || numbers[name]))
    if (!/^\d{1,9}$/.test(text)) {
      return { result: 'usage', message: `${name.toUpperCase()} must be a whole number, not ${text}` }
    }
    numbers[name] = Number(text)
  }
  return { result: 'ok', numbers }
}

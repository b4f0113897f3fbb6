import { parseArgs } from 'node:util'
import type { ControlPlaneVersion } from '../control-plane/module-info.ts'

export type Options = {
  readonly seed: number
  readonly runs: number
  readonly first: number
  readonly workers: number
  readonly cluster: 'control-plane' | 'sandbox'
  readonly version: ControlPlaneVersion
  readonly plant: string | undefined
}

export type ParsedOptions =
  | { readonly result: 'ok'; readonly options: Options }
  | { readonly result: 'usage'; readonly message: string }

/** The options of `tools/fuzz.ts`: flags, else the environment of the same name, else what stands here. */
export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedOptions {
  const names = ['seed', 'runs', 'first', 'workers', 'cluster', 'version'] as const
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  })
  const text = (name: (typeof names)[number], otherwise: string): string => {
    const flag = values[name]
    return (typeof flag === 'string' ? flag : env[name.toUpperCase()]) || otherwise
  }
  const cluster = text('cluster', 'control-plane')
  const version = text('version', 'newest')
  const numbers = {
    seed: text('seed', '1'),
    runs: text('runs', '1000'),
    first: text('first', '0'),
    workers: text('workers', '8'),
  }
  const bad = Object.entries(numbers).find(([, value]) => !/^\d{1,9}$/.test(value))
  if (bad !== undefined) return usage(`${bad[0].toUpperCase()} must be a whole number, not ${bad[1]}`)
  if (cluster !== 'control-plane' && cluster !== 'sandbox')
    return usage(`CLUSTER is control-plane or sandbox, not ${cluster}`)
  if (version !== 'newest' && version !== '1.34') return usage(`VERSION is newest or 1.34, not ${version}`)
  const plant = env['OBOL_FUZZ_PLANT'] || undefined
  const { seed, runs, first, workers } = numbers
  const counts = { seed: Number(seed), runs: Number(runs), first: Number(first), workers: Math.max(1, Number(workers)) }
  return { result: 'ok', options: { ...counts, cluster, version, plant } }
}

function usage(message: string): ParsedOptions {
  return { result: 'usage', message }
}

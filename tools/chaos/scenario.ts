import { type Random, randomOf } from '../fuzz/random.ts'
import { JOURNAL_PHASES, type JournalDeath } from './dying-file.ts'

/** Where the first attempt is killed. */
export type KillPoint =
  | ({ readonly at: 'journal' } & JournalDeath)
  /** before: the node never hears of it; during: it has done it, the answer is not read; after: the answer is there. */
  | { readonly at: 'rpc'; readonly exchange: number; readonly when: 'before' | 'during' | 'after' }

/** What else happens. */
export const MIXES = [
  'nothing else',
  'mined while dead',
  'dropped from the pool',
  'journal lost',
  'foreign transaction',
  'reorganisation',
  'two processes',
  'faulty answers',
] as const
export type Mix = (typeof MIXES)[number]

export type Scenario = { readonly run: number; readonly point: KillPoint; readonly mix: Mix; readonly random: Random }

/** How many journal writes and RPC exchanges a run that nobody disturbs has. */
export type Extent = { readonly writes: number; readonly exchanges: number }

/** Every place where a run can be killed: each journal write in four phases, and around each RPC call. */
export function killPoints({ writes, exchanges }: Extent): readonly KillPoint[] {
  const journal = count(writes).flatMap((write) =>
    JOURNAL_PHASES.map((phase) => ({ at: 'journal' as const, write, phase })),
  )
  const rpc = count(exchanges).flatMap((exchange) =>
    (['before', 'during', 'after'] as const).map((when) => ({ at: 'rpc' as const, exchange, when })),
  )
  return [...journal, ...rpc]
}

/** How many of the mixes leave the first attempt alone, so that it surely comes to its kill point. */
const UNDISTURBED = 6
/** After one round through the kill points with those, one with each mix. */
export const LISTED_ROUNDS = 1 + MIXES.length

/**
 * The scenario of a run. The first runs go through every kill point, then through them again with the next mix, until all
 * pairs were there; later ones are drawn by the seed. The same seed and run give the same scenario. Pure.
 */
export function scenarioOf(seed: number, run: number, points: readonly KillPoint[]): Scenario {
  const random = randomOf(seed, run)
  const round = Math.floor(run / points.length)
  const isListed = round < LISTED_ROUNDS
  const at = isListed ? run % points.length : random.int(points.length)
  const listed = round === 0 ? at % UNDISTURBED : (at + round) % MIXES.length
  const mix = MIXES[isListed ? listed : random.int(MIXES.length)]
  const point = points[at]
  if (point === undefined || mix === undefined) throw new Error('there is no kill point')
  return { run, point, mix, random }
}

/** In few words, for a report. */
export function describeScenario({ point, mix }: Pick<Scenario, 'point' | 'mix'>): string {
  const where =
    point.at === 'journal'
      ? `journal write ${point.write}, ${point.phase}`
      : `RPC call ${point.exchange}, ${point.when}`
  return `killed at ${where}; ${mix}`
}

function count(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => i + 1)
}

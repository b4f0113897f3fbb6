import { setTimeout as delay } from 'node:timers/promises'
import { type KindKey, kindKey } from '../kube/ref.ts'
import type { ServedKind } from '../plan/observed.ts'
import type { ReadPorts } from './run-reads.ts'
import { servedKinds, type WantedKind } from './served-kinds.ts'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000
const LIMIT_MS = 15_000

/**
 * The API server lists the objects of a new CRD some seconds before it publishes their schema: waits until those of the
 * lagging kinds are there, at most 15 s. SIDE EFFECTS: requests; fills the schema cache.
 */
export async function awaitSchemas(
  wanted: readonly WantedKind[],
  lagging: readonly WantedKind[],
  { reader, cache, signal }: Pick<ReadPorts, 'reader' | 'cache' | 'signal'>,
): Promise<ReadonlyMap<KindKey, ServedKind>> {
  let pause = FIRST_PAUSE_MS
  for (let waited = 0; ; waited += pause, pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const index = await reader.openApiIndex(signal)
    const kinds = await servedKinds(reader, wanted, { index, cache, signal })
    if (waited >= LIMIT_MS || lagging.every((kind) => kinds.has(kindKey(kind)))) return kinds
    await delay(pause, undefined, { signal })
  }
}

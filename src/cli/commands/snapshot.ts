import { resolve } from 'node:path'
import { packSnapshot } from '../../snapshot/pack-snapshot.ts'
import type { Snapshot } from '../../snapshot/types.ts'
import { groupDigits } from '../../util/group-digits.ts'
import { plural } from '../../util/plural.ts'
import type { Context } from '../context.ts'
import { takeSnapshot } from '../take-snapshot.ts'
import { writeWhole } from '../write-whole.ts'
import type { SnapshotCommandFlags } from './snapshot-command.ts'

/**
 * `obol snapshot --out FILE`: what was read goes to the file, whole or not at all; what a narrow Role left out to stderr.
 * SIDE EFFECTS: reads files, the cluster and chains; writes FILE, and `state/plan.key` when it is needed and missing.
 */
export async function snapshot(this: Context, flags: SnapshotCommandFlags): Promise<void> {
  const { snapshot: taken, notes } = await takeSnapshot(this, flags)
  const packed = packSnapshot(taken)
  await writeWhole(resolve(this.cwd, flags.out), packed, 'the snapshot could not be written')
  for (const note of notes) this.stderr.write(`${note}\n`)
  const counts = countsOf(taken)
  if (flags.json === true) {
    const { takenAt, workspaceId } = taken
    const report = { formatVersion: 1, file: flags.out, takenAt, workspaceId, bytes: packed.length, ...counts, notes }
    this.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
    return
  }
  const { context } = taken.cluster
  const kilobytes = groupDigits(Math.ceil(packed.length / 1000))
  const what = `${plural(counts.objects, 'object')} of ${plural(counts.kinds, 'kind')}, ${plural(counts.chains, 'chain')}`
  this.stderr.write(`snapshot of ${context}: ${what}, ${kilobytes} kB in ${flags.out}\n`)
}

function countsOf({ cluster, chains }: Snapshot): {
  readonly objects: number
  readonly kinds: number
  readonly chains: number
} {
  const objects = cluster.kinds.reduce((sum, kind) => sum + kind.objects.all().length, 0)
  return { objects, kinds: cluster.kinds.length, chains: chains.networks.length }
}

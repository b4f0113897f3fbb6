import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SchemaCache } from '../cluster/openapi-cache.ts'
import type { ClusterWriter } from '../cluster/types.ts'
import { ObolError } from '../errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import { EMPTY_STATE, type WorkspaceState } from '../journal/reduce-journal.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import type { Desired } from '../plan/desired.ts'
import type { Diagnostic } from '../plan/types.ts'
import { checkScope } from '../snapshot/check-scope.ts'
import { type Comparable, compareSecrets } from '../snapshot/compare-secrets.ts'
import { type RecordedChains, replayChains } from '../snapshot/replay-chains.ts'
import { markSettled } from '../snapshot/settled.ts'
import { snapshotCache } from '../snapshot/snapshot-cache.ts'
import { snapshotReader } from '../snapshot/snapshot-reader.ts'
import type { Snapshot } from '../snapshot/types.ts'
import { unpackSnapshot } from '../snapshot/unpack-snapshot.ts'
import { plural } from '../util/plural.ts'
import { shellWord } from '../util/shell-word.ts'
import type { Context } from './context.ts'
import { knownPlanKey } from './plan-secret.ts'
import { VERSION } from './version.ts'

/** What a plan is made from in place of cluster, chains, host and journal. */
export type OpenedSnapshot = {
  readonly cluster: ClusterWriter
  readonly cache: SchemaCache
  readonly state: WorkspaceState
  /** Of the host where it was taken. */
  readonly hostAddress?: string
  /** The time of the readings: the clock of `observe`. */
  readonly takenAt: Date
  /** That it is old, if it is. */
  readonly diagnostics: readonly Diagnostic[]
  readonly chains: RecordedChains
  /**
   * The desired objects as they compare with the recorded ones, and notes for `withNotes`. Throws OBOL-T011 when one of
   * them is recorded by name alone.
   */
  comparable(desired: Desired): Comparable
}

const HOUR_MS = 3_600_000
const OLD_MS = 24 * HOUR_MS
/** How far the clocks of two machines may differ. */
const AHEAD_MS = 300_000

/**
 * Opens a snapshot of the workspace, whole and checked; the path is relative to the current folder. Rejects with ObolError
 * (SNAPSHOT_ERRORS). SIDE EFFECTS: reads the file and the key of its tokens; opens no connection.
 */
export async function openSnapshot(
  context: Pick<Context, 'cwd' | 'env' | 'now'>,
  file: string,
  { folder, workspace }: { readonly folder: string; readonly workspace: Pick<WorkspaceConfig, 'id'> },
): Promise<OpenedSnapshot> {
  const path = resolve(context.cwd, file)
  const [snapshot, key] = await Promise.all([readSnapshot(path), knownPlanKey(context, folder)])
  const takenAt = new Date(snapshot.takenAt)
  const ageMs = context.now().getTime() - takenAt.getTime()
  const where = { file: path }
  const hint = `obol snapshot --out ${shellWord(file)}`
  if (snapshot.workspaceId !== workspace.id) {
    const details = [`taken for workspace ${snapshot.workspaceId}, this one is ${workspace.id}`]
    throw new ObolError(SNAPSHOT_ERRORS.OTHER_WORKSPACE, { where, details, hint })
  }
  if (ageMs < -AHEAD_MS) {
    const details = [`taken at ${snapshot.takenAt}, and here it is ${context.now().toISOString()}`]
    throw new ObolError(SNAPSHOT_ERRORS.FUTURE, { where, details })
  }
  const { cluster, state, hostAddress } = snapshot
  return {
    cluster: snapshotReader(snapshot),
    cache: snapshotCache(cluster),
    state: { ...EMPTY_STATE, ...state },
    ...(hostAddress === undefined ? {} : { hostAddress }),
    takenAt,
    diagnostics: ageMs > OLD_MS ? [oldNote(ageMs, hint)] : [],
    chains: replayChains(snapshot),
    comparable: (desired) => {
      const refs = desired.objects.map(({ ref }) => ref)
      checkScope(cluster, refs)
      // Another release may plan otherwise.
      const marked = snapshot.tool === VERSION ? markSettled(desired, cluster) : desired
      return compareSecrets(marked, snapshot, key)
    },
  }
}

async function readSnapshot(path: string): Promise<Snapshot> {
  const packed = await readFile(path).catch((cause: unknown) => {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
    throw new ObolError(SNAPSHOT_ERRORS.UNREADABLE, { where: { file: path }, details: [reason], cause })
  })
  try {
    return await unpackSnapshot(packed)
  } catch (error) {
    throw error instanceof ObolError ? inFile(error, path) : error
  }
}

/** The same error, which did not know of the file. */
function inFile({ code, message, details, hint, exitCode }: ObolError, file: string): ObolError {
  const descriptor = Object.values(SNAPSHOT_ERRORS).find((candidate) => candidate.code === code)
  if (descriptor === undefined || descriptor.exitCode !== exitCode) throw new Error(`${code} is not of a snapshot`)
  return new ObolError(descriptor, { message, details, where: { file }, ...(hint === undefined ? {} : { hint }) })
}

function oldNote(ageMs: number, hint: string): Diagnostic {
  const hours = Math.floor(ageMs / HOUR_MS)
  const age = hours < 48 ? plural(hours, 'hour') : plural(Math.floor(hours / 24), 'day')
  const { code } = SNAPSHOT_ERRORS.OLD
  return { severity: 'warning', code, message: `the snapshot is ${age} old`, hint }
}

import { resolve } from 'node:path'
import { beginObservation } from '../cluster/observe.ts'
import type { Listing } from '../cluster/plan-reads.ts'
import { ObolError } from '../errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import type { Context } from './context.ts'
import type { Door } from './open-cluster.ts'
import { type OpenedSnapshot, openSnapshot } from './open-snapshot.ts'

/** A snapshot in place of a cluster, and the door to it. */
export type Recording = { readonly opened: OpenedSnapshot; readonly door: Door }

/**
 * Opens a snapshot as a cluster is opened. `placesOf` says where objects of ours may be, by the state that was recorded.
 * Rejects with ObolError. SIDE EFFECTS: reads the file and the key of its tokens; opens no connection.
 */
export async function openRecording(
  context: Context,
  file: string,
  workspace: { readonly folder: string; readonly workspace: WorkspaceConfig },
  placesOf: (state: OpenedSnapshot['state']) => readonly Listing[],
): Promise<Recording> {
  const opened = await openSnapshot(context, resolve(context.cwd, file), workspace)
  const { cluster, cache, takenAt } = opened
  const wanted = { places: placesOf(opened.state), workspaceId: workspace.workspace.id }
  const observation = beginObservation(cluster, wanted, { cache, now: () => takenAt, signal: context.signal })
  const forward = async (): Promise<never> => {
    throw new ObolError(SNAPSHOT_ERRORS.READ_ONLY)
  }
  return { opened, door: { cluster, observation, forward } }
}

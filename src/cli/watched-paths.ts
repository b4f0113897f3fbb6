import { resolve } from 'node:path'
import { readWorkspace } from '../offers/read-workspace.ts'
import { WORKSPACE_FILE } from '../offers/workspace-file.ts'

/**
 * What `obol watch` looks at: the workspace file, and the given paths or else those that the workspace names.
 * SIDE EFFECTS: reads the workspace file.
 */
export async function watchedPaths(folder: string, given: readonly string[]): Promise<readonly string[]> {
  const found = await readWorkspace(folder)
  const offers = found.result === 'found' ? found.workspace.offers : ['offers']
  const paths = given.length > 0 ? given : offers.map((path) => resolve(folder, path))
  return [resolve(folder, WORKSPACE_FILE), ...paths]
}

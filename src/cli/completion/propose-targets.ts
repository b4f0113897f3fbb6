import { loadOffers } from '../../offers/load-offers.ts'
import { readWorkspace } from '../../offers/read-workspace.ts'
import { fieldNames } from '../../offers/validate-offer.gen.js'
import type { Context } from '../context.ts'
import { workspaceFolder } from '../workspace-folder.ts'

/** Fields one decides about, without what is in lists. */
const PATHS = Object.entries(fieldNames)
  .filter(([place]) => place.startsWith('/spec') && !place.includes('*'))
  .flatMap(([place, names]) => names.map((name) => `${place.slice(1).replaceAll('/', '.')}.${name}`))
  .toSorted()

/**
 * Targets of `--take` and its kin that begin with `partial`: offers of the workspace as `namespace/name:`, then their fields.
 * Never rejects. SIDE EFFECTS: reads the workspace's files.
 */
export async function proposeTargets(context: Context, partial: string): Promise<readonly string[]> {
  const colon = partial.indexOf(':')
  if (colon >= 0) {
    const object = partial.slice(0, colon + 1)
    return PATHS.map((path) => `${object}${path}`).filter((text) => text.startsWith(partial))
  }
  const offers = partial.startsWith('spec') ? [] : await offersOf(context).catch(() => [])
  return [...offers, ...PATHS].filter((text) => text.startsWith(partial))
}

async function offersOf(context: Context): Promise<readonly string[]> {
  const folder = workspaceFolder(undefined, context)
  const found = await readWorkspace(folder)
  if (found.result !== 'found') return []
  const { id, offers, hostAddress } = found.workspace
  const options = { base: folder, workspaceId: id, hostAddress: async () => hostAddress ?? '192.0.2.1' }
  const { desired } = await loadOffers(offers, options)
  return desired.offers.map(({ namespace, name }) => `${namespace}/${name}:`)
}

import { resolve } from 'node:path'
import { ObolError, type Place } from '../errors/obol-error.ts'
import { OFFER_ERRORS } from '../errors/offers.ts'
import { WORKSPACE_ERRORS } from '../errors/workspace.ts'
import { nodeHostPorts } from '../host/node-host-ports.ts'
import { resolveHostAddress } from '../host/resolve-host-address.ts'
import { type LoadResult, loadOffers } from '../offers/load-offers.ts'
import { formatProblem, hasErrors, type Problem } from '../offers/problem.ts'
import { readWorkspace } from '../offers/read-workspace.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import { shellWord } from '../util/shell-word.ts'
import type { Context } from './context.ts'
import { workspaceMissing } from './workspace-missing.ts'

/** Where the offers of a plan come from. */
export type From = {
  /** The workspace's folder, absolute. */
  readonly folder: string
  readonly workspace: WorkspaceConfig
  /** Only these files and folders; none: what the workspace names. */
  readonly paths: readonly string[]
}

/** The workspace in a folder. Throws ObolError when there is none, or a broken one. SIDE EFFECTS: reads its file. */
export async function findWorkspace(folder: string, context: Context): Promise<WorkspaceConfig> {
  const found = await readWorkspace(folder)
  if (found.result === 'missing') throw workspaceMissing(folder, context)
  if (found.result === 'found') return found.workspace
  const { problems } = found
  throw new ObolError(WORKSPACE_ERRORS.WORKSPACE_INVALID, {
    details: problems.map(formatProblem),
    places: placesOf(problems),
  })
}

/**
 * The offers, compiled. `hostAddress` tells under which address the cluster reaches this host where the workspace does not.
 * Throws ObolError with every mistake. SIDE EFFECTS: reads files, or standard input for `-`.
 */
export async function loadInputs(
  context: Context,
  { folder, workspace, paths }: From,
  hostAddress: () => Promise<string | undefined>,
): Promise<LoadResult> {
  const sources = paths.length === 0 ? workspace.offers : paths.map((path) => fromHere(path, context.cwd))
  const loaded = await loadOffers(sources, {
    base: folder,
    stdin: context.stdin,
    workspaceId: workspace.id,
    confirmations: workspace.chains,
    hostAddress: async () => workspace.hostAddress ?? (await hostAddress()),
  })
  const { problems } = loaded
  if (!hasErrors(problems)) return loaded
  const hint = ['obol validate', ...paths.map(shellWord)].join(' ')
  const details = problems.map(formatProblem)
  throw new ObolError(OFFER_ERRORS.OFFERS_INVALID, { details, places: placesOf(problems), hint })
}

/** Under which address the cluster reaches this machine. SIDE EFFECTS: resolves names, looks at network interfaces. */
export async function askMachine(): Promise<string | undefined> {
  return (await resolveHostAddress(nodeHostPorts()))?.address
}

function fromHere(path: string, cwd: string): string {
  return path === '-' ? path : resolve(cwd, path)
}

function placesOf(problems: readonly Problem[]): readonly Place[] {
  return problems
}

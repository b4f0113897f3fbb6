import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ObolError } from '../errors/obol-error.ts'
import { SAVED_ERRORS } from '../errors/saved.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import { compareSaved, type Staleness } from '../saved/compare-saved.ts'
import { describeStaleness } from '../saved/describe-staleness.ts'
import { type SecretKey, secretKey } from '../saved/digest.ts'
import { holdFees } from '../saved/hold-fees.ts'
import { openPlan } from '../saved/open-plan.ts'
import type { SavedPlan } from '../saved/types.ts'
import { printable } from '../util/printable.ts'
import { shellWord } from '../util/shell-word.ts'
import type { Context } from './context.ts'
import type { PlanFlags } from './flags.ts'
import { findWorkspace } from './load-inputs.ts'
import { makePlan, type Planned } from './make-plan.ts'
import { knownPlanKey } from './plan-secret.ts'
import { compareInputs, inputFiles, isKeyed } from './saved-inputs.ts'
import { planView } from './show-plan.ts'

/** The plan in a file, checked. Throws OBOL-V001, OBOL-V002 or OBOL-U012. SIDE EFFECTS: reads the file. */
export async function readSavedPlan(context: Context, name: string): Promise<SavedPlan> {
  const file = resolve(context.cwd, name)
  try {
    return openPlan(await readFile(file, 'utf8'), name)
  } catch (error) {
    if (error instanceof ObolError) throw error
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new ObolError(SAVED_ERRORS.BROKEN, {
      message: `the saved plan cannot be read (${reason})`,
      where: { file: name },
    })
  }
}

type Place = { readonly folder: string; readonly state: WorkspaceState }

export type SavedFlags = PlanFlags & { readonly plan: string; readonly allowUnrelated?: boolean }

/**
 * Plans anew what is in a file, and gives that plan only when it would do just what was shown. Throws the errors of
 * `SAVED_ERRORS`, each with all of its reasons. SIDE EFFECTS: those of `makePlan`.
 */
export async function savedPlanAgain(
  context: Context,
  flags: SavedFlags,
  paths: readonly string[],
  place: Place,
): Promise<Planned & { readonly savedPlan: string }> {
  refuseOtherFlags(flags, paths)
  const saved = await readSavedPlan(context, flags.plan)
  const key = await refuseEarly(context, saved, place)
  const files = saved.paths.map((path) => resolve(place.folder, path))
  const planned = await makePlan(context, flagsOfSaved(saved, flags), files, place.state)
  try {
    const checked = await sameAsSaved(context, saved, planned, { key, flags })
    return { ...checked, savedPlan: saved.id }
  } catch (error) {
    await planned.cluster.close()
    throw error
  }
}

/** The flags that a saved plan was made with; of the command line those that do not change what is planned. */
function flagsOfSaved({ options }: SavedPlan, flags: PlanFlags): PlanFlags {
  const decided = (wanted: string): readonly { readonly path: string; readonly object?: string }[] =>
    options.decisions.flatMap(({ decision, ...target }) => (decision === wanted ? [target] : []))
  return {
    ...flags,
    take: decided('take'),
    yield: decided('yield'),
    share: decided('share'),
    prune: options.prune,
    ...(options.maxPrune === undefined ? {} : { maxPrune: options.maxPrune }),
  }
}

/** Throws OBOL-U003 for flags that would change a plan which is already made. */
function refuseOtherFlags(flags: PlanFlags, paths: readonly string[]): void {
  const { take, yield: yields, share, prune, maxPrune } = flags
  const given = { '--take': take, '--yield': yields, '--share': share, '--prune': prune, '--max-prune': maxPrune }
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined || value === false ? [] : [name]))
  const all = [...names, ...(paths.length > 0 ? ['PATH'] : [])]
  if (all.length === 0) return
  const message = `with --plan there is nothing left to choose: ${all.join(', ')}`
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message, hint: 'obol apply --plan plan.json' })
}

/**
 * What can be told without the cluster: that the plan is live, unused, and of these files. Throws OBOL-V007, OBOL-V003,
 * OBOL-V006 or OBOL-V004. SIDE EFFECTS: reads the files.
 */
async function refuseEarly(context: Context, saved: SavedPlan, { folder, state }: Place): Promise<SecretKey> {
  if (saved.source === 'snapshot') throw new ObolError(SAVED_ERRORS.FROM_SNAPSHOT)
  const used = state.usedPlans.get(saved.id)
  if (used !== undefined) {
    const when = used === '' ? '' : ` at ${printable(used)}`
    throw new ObolError(SAVED_ERRORS.USED, { message: `${SAVED_ERRORS.USED.title}${when}`, details: [saved.id] })
  }
  const workspace = await findWorkspace(folder, context)
  const key = await keyFor(context, saved, folder)
  const files = await inputFiles(folder, workspace, saved.paths)
  refuse(compareInputs(saved, workspace, files, key), saved)
  return key
}

async function keyFor(context: Context, saved: SavedPlan, folder: string): Promise<SecretKey> {
  const bytes = await knownPlanKey(context, folder)
  const key = secretKey(bytes ?? new Uint8Array(32))
  if (saved.keyId === undefined || saved.keyId === key.id) return key
  const details = saved.inputs.filter(isKeyed).map(({ path }) => path)
  throw new ObolError(SAVED_ERRORS.NO_KEY, { details })
}

/**
 * The plan made anew, with the fees that were shown, when it is what was saved. Throws OBOL-V004 with every reason why it is
 * not, or OBOL-V005 where `allowUnrelated` would do. SIDE EFFECTS: reads a block per chain.
 */
async function sameAsSaved(
  context: Context,
  saved: SavedPlan,
  planned: Planned,
  options: { readonly key: SecretKey; readonly flags: SavedFlags },
): Promise<Planned> {
  const { key, flags } = options
  const { plan, observed, chains } = planned
  const reorganised = new Set<string>()
  for (const { network, seen } of saved.chains) {
    if (seen === undefined) continue
    const hash = await chains?.blockHash(network, BigInt(seen.block)).catch(() => undefined)
    // Not being able to tell is no proof; then the step itself is unknown, which is seen as a change.
    if (hash !== undefined && hash !== seen.blockHash) reorganised.add(network)
  }
  const view = planView(context, planned, { ...flags, all: false })
  const reasons = compareSaved(saved, { plan, observed, view, key, reorganised })
  const grave = reasons.filter(({ type }) => type !== 'object-moved-unrelated')
  if (grave.length > 0) refuse(reasons, saved)
  if (reasons.length > 0 && flags.allowUnrelated !== true) {
    const hint = `obol apply --plan ${shellWord(flags.plan)} --allow-unrelated`
    throw new ObolError(SAVED_ERRORS.MOVED, { details: reasons.flatMap(describeStaleness), hint })
  }
  return { ...planned, plan: holdFees(plan, saved) }
}

function refuse(reasons: readonly Staleness[], { view }: SavedPlan): void {
  if (reasons.length === 0) return
  const message = `${SAVED_ERRORS.STALE.title}: what it was made from at ${printable(view.header.readAt)} has changed`
  throw new ObolError(SAVED_ERRORS.STALE, { message, details: reasons.flatMap(describeStaleness) })
}

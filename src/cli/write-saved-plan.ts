import { relative, resolve } from 'node:path'
import { ObolError } from '../errors/obol-error.ts'
import { SAVED_ERRORS } from '../errors/saved.ts'
import { type SecretKey, secretKey } from '../saved/digest.ts'
import { savePlan } from '../saved/save-plan.ts'
import type { SavedPlan } from '../saved/types.ts'
import type { Context } from './context.ts'
import type { PlanFlags } from './flags.ts'
import type { Planned } from './make-plan.ts'
import { planKey } from './plan-secret.ts'
import { digestInputs, inputFiles, secretFiles } from './saved-inputs.ts'
import { planView } from './show-plan.ts'
import { VERSION } from './version.ts'
import { writeWhole } from './write-whole.ts'

export type SaveRequest = {
  readonly file: string
  readonly flags: PlanFlags
  /** As on the command line. */
  readonly paths: readonly string[]
  readonly source: 'live' | 'snapshot'
}

/**
 * Saves a plan to a file, relative to the current folder. Throws OBOL-V008 for standard input, OBOL-U011 when it cannot be
 * written. SIDE EFFECTS: writes the file at once and whole; may make the workspace's key when the plan holds a secret.
 */
export async function writeSavedPlan(context: Context, planned: Planned, request: SaveRequest): Promise<SavedPlan> {
  if (request.paths.includes('-')) throw new ObolError(SAVED_ERRORS.STDIN)
  const paths = request.paths.map((path) => relative(planned.folder, resolve(context.cwd, path)))
  const files = await inputFiles(planned.folder, planned.workspace, paths)
  const draft = save(context, planned, { ...request, paths }, files, secretKey(new Uint8Array(32)))
  // A key is made only for a plan that needs one.
  const saved =
    draft.keyId === undefined
      ? draft
      : save(context, planned, { ...request, paths }, files, secretKey(await planKey(context, planned.folder)))
  await writeWhole(
    resolve(context.cwd, request.file),
    `${JSON.stringify(saved, undefined, 1)}\n`,
    'the plan could not be saved',
  )
  return saved
}

function save(
  context: Context,
  planned: Planned,
  { flags, paths, source }: SaveRequest,
  files: Awaited<ReturnType<typeof inputFiles>>,
  key: SecretKey,
): SavedPlan {
  const { plan, desired, observed, workspace, options } = planned
  const { base: _, ...alone } = planned
  return savePlan({
    plan,
    desired,
    observed,
    view: planView(context, alone, { ...flags, all: false }),
    tool: VERSION,
    source,
    paths,
    options: {
      decisions: options.decisions,
      prune: flags.prune === true,
      ...(flags.maxPrune === undefined ? {} : { maxPrune: flags.maxPrune }),
    },
    inputs: digestInputs(workspace, files, secretFiles(files, desired), key),
    key,
  })
}

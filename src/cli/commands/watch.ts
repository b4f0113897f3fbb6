import { resolve } from 'node:path'
import { watch as watchFiles } from 'chokidar'
import { readState, stateFolder } from '../../apply/read-state.ts'
import { applyJson, exitCodeOf, resultLines, summaryLine } from '../apply-report.ts'
import type { Context } from '../context.ts'
import { makePlan, type Planned } from '../make-plan.ts'
import { renderErrors, toObolErrors } from '../render-error.ts'
import { lockWorkspace, runApply } from '../run-apply.ts'
import { showPlan } from '../show-plan.ts'
import { Triggers } from '../triggers.ts'
import { watchedPaths } from '../watched-paths.ts'
import { workspaceFolder } from '../workspace-folder.ts'
import type { WatchFlags } from './watch-command.ts'

const DEFAULT_INTERVAL_S = 60
const SETTLE_MS = 100
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 300_000

/**
 * `obol watch`: level-triggered. Every round plans from all files and a fresh reading of the cluster; a change of a file
 * only says when. A round that fails is repeated with doubling pauses.
 * SIDE EFFECTS: those of plan, and with --apply of apply, until the signal.
 */
export async function watch(this: Context, flags: WatchFlags, ...paths: string[]): Promise<void> {
  const folder = workspaceFolder(flags.workspace, this)
  const targets = await watchedPaths(
    folder,
    paths.map((path) => resolve(this.cwd, path)),
  )
  const triggers = new Triggers(SETTLE_MS, this.signal)
  const watcher = watchFiles([...targets], { ignoreInitial: true })
  watcher.on('all', () => triggers.fire())
  try {
    await rounds(this, flags, paths, triggers)
  } finally {
    await watcher.close()
  }
}

async function rounds(
  context: Context,
  flags: WatchFlags,
  paths: readonly string[],
  triggers: Triggers,
): Promise<void> {
  const pause = (flags.interval ?? DEFAULT_INTERVAL_S) * 1000
  let shown = ''
  let retry = FIRST_RETRY_MS
  while (!context.signal.aborted) {
    const round = await oneRound(context, flags, paths)
    if (context.signal.aborted) return
    // The same plan, or the same failure, is said once.
    if (round.text !== shown) context.stdout.write(round.text)
    shown = round.text
    retry = round.isGood ? FIRST_RETRY_MS : Math.min(retry * 2, LONGEST_RETRY_MS)
    await triggers.next(round.isGood ? pause : Math.min(retry, pause))
  }
}

type Round = { readonly text: string; readonly isGood: boolean }

async function oneRound(context: Context, flags: WatchFlags, paths: readonly string[]): Promise<Round> {
  try {
    return flags.apply === true ? await applyRound(context, flags, paths) : await planRound(context, flags, paths)
  } catch (error) {
    const { style } = context.stdout
    return { text: renderErrors(toObolErrors(error), style, context.env['OBOL_DEBUG'] === '1'), isGood: false }
  }
}

async function planRound(context: Context, flags: WatchFlags, paths: readonly string[]): Promise<Round> {
  const state = await readState(stateFolder(workspaceFolder(flags.workspace, context)))
  const planned = await makePlan(context, flags, paths, state)
  await planned.cluster.close()
  return { text: showPlan(context, planned, flags), isGood: true }
}

async function applyRound(context: Context, flags: WatchFlags, paths: readonly string[]): Promise<Round> {
  const folder = stateFolder(workspaceFolder(flags.workspace, context))
  const lock = await lockWorkspace(context, folder)
  try {
    const state = await readState(folder)
    const planned = await makePlan(context, flags, paths, state)
    try {
      return await converge(context, flags, planned, { state, stateFolder: folder })
    } finally {
      await planned.cluster.close()
    }
  } finally {
    await lock.release()
  }
}

async function converge(
  context: Context,
  flags: WatchFlags,
  planned: Planned,
  at: Pick<Parameters<typeof runApply>[2], 'state' | 'stateFolder'>,
): Promise<Round> {
  const { style } = context.stdout
  const text = showPlan(context, planned, flags)
  const isIdle = planned.plan.steps.every((step) => step.kind === 'object' && step.op === 'noop')
  if (isIdle) return { text, isGood: true }
  const started = context.now().getTime()
  const concurrency = flags.concurrency ?? planned.workspace.apply.concurrency
  const result = await runApply(context, planned, { ...at, rebind: false, concurrency, onProgress: () => undefined })
  const isGood = exitCodeOf(result) === 0
  if (flags.json === true) return { text: `${JSON.stringify(applyJson(planned.plan, result))}\n`, isGood }
  const lines = result.steps.map((step) => resultLines(step, style)).join('')
  const seconds = (context.now().getTime() - started) / 1000
  return { text: `${text}${lines}\n${style.bold(summaryLine(planned.plan, result, seconds))}\n\n`, isGood }
}

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { watch as watchFiles } from 'chokidar'
import { readState, stateFolder } from '../../journal/read-state.ts'
import { WORKSPACE_FILE } from '../../offers/workspace-file.ts'
import { planVerdict } from '../../plan/plan-verdict.ts'
import { applyJson, exitCodeOf, resultLines, summaryLine } from '../apply-report.ts'
import { hintCompleter } from '../complete-hint.ts'
import type { Context } from '../context.ts'
import { makePlan, type Planned } from '../make-plan.ts'
import { planKey } from '../plan-key.ts'
import { refuseCeiling } from '../refuse-ceiling.ts'
import { errorsToJson, renderErrors, toObolErrors } from '../render-error.ts'
import { retryPause } from '../retry-pause.ts'
import { lockFolder, runApply } from '../run-apply.ts'
import { planJson, showPlan } from '../show-plan.ts'
import { Triggers } from '../triggers.ts'
import { watchedPaths } from '../watched-paths.ts'
import { workspaceFolder } from '../workspace-folder.ts'
import { workspaceMissing } from '../workspace-missing.ts'
import type { WatchFlags } from './watch-command.ts'

const DEFAULT_INTERVAL_S = 60
const SETTLE_MS = 100

/**
 * `obol watch`: level-triggered. Every round plans from all files and a fresh reading of the cluster; a change of a file
 * only says when. A round that fails is repeated with growing pauses. With `--json` each line is a document. The signal
 * is its normal end. Throws OBOL-W001 where there is no workspace.
 * SIDE EFFECTS: those of plan, and with --apply of apply, until the signal.
 */
export async function watch(this: Context, flags: WatchFlags, ...paths: string[]): Promise<void> {
  const folder = workspaceFolder(flags.workspace, this)
  if (!existsSync(join(folder, WORKSPACE_FILE))) throw workspaceMissing(folder, this)
  const triggers = new Triggers(SETTLE_MS, this.signal)
  const given = paths.map((path) => resolve(this.cwd, path))
  const targets = await watchedPaths(folder, given)
  const watcher = watchFiles([...targets], { ignoreInitial: true })
  watcher.on('all', () => triggers.fire())
  // Without it, changes are still found at each interval.
  watcher.on('error', (error) => {
    this.stderr.write(`${this.stderr.style.yellow('warning')}: files are not watched: ${String(error)}\n`)
  })
  try {
    // A change before that would be taken for what was there at the start.
    await once(watcher, 'ready', { signal: this.signal }).catch(() => undefined)
    const watched = new Set(targets)
    const watchFurther = async (): Promise<void> => {
      const missing = (await watchedPaths(folder, given)).filter((path) => !watched.has(path))
      for (const path of missing) watched.add(path)
      if (missing.length > 0) watcher.add([...missing])
    }
    await rounds(this, { flags, paths, triggers, watchFurther })
  } finally {
    await watcher.close()
  }
}

type Watching = {
  readonly flags: WatchFlags
  readonly paths: readonly string[]
  readonly triggers: Triggers
  /** Starts to watch what obol.yaml names by now. */
  readonly watchFurther: () => Promise<void>
}

async function rounds(context: Context, watching: Watching): Promise<void> {
  const { flags, triggers } = watching
  const interval = (flags.interval ?? DEFAULT_INTERVAL_S) * 1000
  let shown = ''
  let failures = 0
  while (!context.signal.aborted) {
    // Before the files are read, so that no change falls between the two.
    await watching.watchFurther()
    const round = await oneRound(context, watching)
    if (round === 'interrupted') return
    if (round.key !== shown) round.write()
    shown = round.settled ?? round.key
    failures = round.isGood ? 0 : failures + 1
    await triggers.next(round.isGood ? interval : Math.min(retryPause(failures), interval))
  }
}

type Round = {
  /** What is said, without what differs from round to round: said again only when it differs. */
  readonly key: string
  /** The key of the round that follows when nothing changes, if it is another one. */
  readonly settled?: string
  readonly isGood: boolean
  readonly write: () => void
}

async function oneRound(context: Context, watching: Watching): Promise<Round | 'interrupted'> {
  try {
    return watching.flags.apply === true ? await applyRound(context, watching) : await planRound(context, watching)
  } catch (error) {
    return context.signal.aborted ? 'interrupted' : failedRound(context, watching.flags, error)
  }
}

function failedRound(context: Context, flags: WatchFlags, error: unknown): Round {
  const { stdout, stderr } = context
  const debug = context.env['OBOL_DEBUG'] === '1'
  const errors = toObolErrors(error)
  const complete = hintCompleter(flags, context)
  const key = JSON.stringify(errorsToJson(errors, debug, complete))
  const write = (): void =>
    flags.json === true ? stdout.write(`${key}\n`) : stderr.write(renderErrors(errors, stderr.style, debug, complete))
  return { key, isGood: false, write }
}

async function planRound(context: Context, { flags, paths }: Watching): Promise<Round> {
  const state = await readState(stateFolder(workspaceFolder(flags.workspace, context)))
  const planned = await makePlan(context, flags, paths, state)
  await planned.cluster.close()
  return { key: planKey(planned.plan), isGood: true, write: () => writePlan(context, planned, flags) }
}

async function applyRound(context: Context, { flags, paths }: Watching): Promise<Round> {
  const folder = stateFolder(workspaceFolder(flags.workspace, context))
  const lock = await lockFolder(context, folder)
  try {
    const state = await readState(folder)
    const planned = await makePlan(context, flags, paths, state)
    try {
      refuseCeiling(planned)
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
  const { plan } = planned
  const isIdle = planVerdict(plan) === 'unchanged'
  const idle = planKey({ ...plan, steps: [] })
  if (isIdle) return { key: idle, isGood: true, write: () => writePlan(context, planned, flags) }
  const started = context.now().getTime()
  const concurrency = flags.concurrency ?? planned.workspace.apply.concurrency
  const result = await runApply(context, planned, { ...at, rebind: false, concurrency, onProgress: () => undefined })
  const seconds = (context.now().getTime() - started) / 1000
  const isGood = exitCodeOf(result) === 0
  const outcome = result.steps.map(({ id, result: word, diagnostics }) => [id, word, diagnostics])
  return {
    key: isGood ? result.run : JSON.stringify([planKey(plan), outcome]),
    ...(isGood ? { settled: idle } : {}),
    isGood,
    write: () => writeResult(context, planned, flags, { result, seconds }),
  }
}

function writePlan(context: Context, planned: Planned, flags: WatchFlags): void {
  const text =
    flags.json === true ? JSON.stringify(planJson(context, planned, flags)) : showPlan(context, planned, flags)
  context.stdout.write(`${text}\n`)
}

function writeResult(
  context: Context,
  planned: Planned,
  flags: WatchFlags,
  { result, seconds }: { readonly result: Awaited<ReturnType<typeof runApply>>; readonly seconds: number },
): void {
  const { stdout } = context
  const complete = hintCompleter(flags, context)
  if (flags.json === true) {
    stdout.write(`${JSON.stringify(applyJson(planned.plan, result, complete))}\n`)
    return
  }
  const lines = result.steps.map((step) => resultLines(step, stdout.style, complete)).join('')
  const summary = stdout.style.bold(summaryLine(planned.plan, result, seconds))
  stdout.write(`${showPlan(context, planned, flags)}${lines}\n${summary}\n\n`)
}

import { checkFormats, type FormatRequest } from '../../formats/formats.ts'
import { describePlan } from '../../plan/describe-plan.ts'
import type { PlanVerdict } from '../../plan/plan-verdict.ts'
import { renderGraph } from '../../plan/render-graph.ts'
import { shellWord } from '../../util/shell-word.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { explain } from '../explain.ts'
import type { Planned } from '../make-plan.ts'
import { makeReport } from '../make-report.ts'
import { writeFormats } from '../write-formats.ts'
import type { PlanCommandFlags } from './plan-command.ts'

/**
 * `obol plan [PATH…]`: what apply would do, on stdout and in the formats asked for. SIDE EFFECTS: reads files, the cluster
 * and chains; dry-run applies with `--verify=server`; writes the files that the flags name. Changes nothing else.
 */
export async function plan(this: Context, flags: PlanCommandFlags, ...paths: string[]): Promise<void> {
  const formats = flags.format ?? []
  checkFormats(formats)
  const report = await makeReport(this, flags, paths)
  if (report.result === 'failed') {
    // For people, the errors follow on stderr.
    await writeFormats(
      this,
      report.view,
      formats.filter(({ format }) => format !== 'text'),
    )
    throw report.thrown
  }
  const { view, planned, verdict } = report
  if (flags.why !== undefined) this.stdout.write(explain(this, planned, flags.why, flags))
  else if (flags.graph !== undefined) {
    this.stdout.write(renderGraph(describePlan(planned.plan, { all: flags.all === true }), flags.graph))
  }
  await writeFormats(this, view, withDefault(formats, flags))
  if (flags.out !== undefined) await save(this, planned, flags.out, { flags, paths })
  this.setExitCode(exitCodeOf(verdict, flags.exitCode === true))
}

async function save(
  context: Context,
  planned: Planned,
  file: string,
  given: { readonly flags: PlanCommandFlags; readonly paths: readonly string[] },
): Promise<void> {
  const { writeSavedPlan } = await import('../write-saved-plan.ts')
  const { id } = await writeSavedPlan(context, planned, {
    file,
    ...given,
    source: planned.isRecorded ? 'snapshot' : 'live',
  })
  const next = `obol ${planned.isRecorded ? 'show' : 'apply --plan'} ${shellWord(file)}`
  context.stderr.write(`saved as ${file} (${id.slice(0, 19)}…); next: ${next}\n`)
}

/** What stdout gets where no format claims it. */
function withDefault(formats: readonly FormatRequest[], flags: PlanCommandFlags): readonly FormatRequest[] {
  const isTaken = formats.some(({ file }) => file === undefined)
  if (isTaken || flags.why !== undefined || flags.graph !== undefined) return formats
  return [{ format: flags.json === true ? 'json' : 'text' }, ...formats]
}

const EXIT_CODES: Readonly<Record<Exclude<PlanVerdict, 'changes'>, ExitCode>> = {
  refused: EXIT.refused,
  errors: EXIT.error,
  conflicts: EXIT.conflicts,
  unchanged: EXIT.done,
}

function exitCodeOf(verdict: PlanVerdict, isAsked: boolean): ExitCode {
  if (verdict !== 'changes') return EXIT_CODES[verdict]
  return isAsked ? EXIT.changesPending : EXIT.done
}
